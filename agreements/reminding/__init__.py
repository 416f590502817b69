"""What the reminder engine asks of the database, many rows at a time."""
