"""Appointments that come again: made together, moved or cancelled one by one or all that follow."""
