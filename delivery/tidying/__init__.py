"""What is taken back from a phone: opened details close again, and the last messages go when somebody wants it."""
