"""The Logbuch: the folder in which clients keep their papers."""
