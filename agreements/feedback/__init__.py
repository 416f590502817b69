"""One tap after a course date, counted for each offer without anybody: for those who want to be asked."""
