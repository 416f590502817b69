"""What clients ask for, as it is stored."""
