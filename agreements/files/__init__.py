"""The client's file: what coordinators record, correct and take back, contacts and notes."""
