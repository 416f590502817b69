"""What the district decides about how Lotse works: quiet hours, reminders, review cycle; changed at the desk, followed by every process."""
