"""When to remind whom: what the reminder engine plans, rations, looks at again and asks of the database, and what clients wish for."""
