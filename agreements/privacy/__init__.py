"""What is held about whom: which table holds it, what becomes of it, how long it stays, and the copy that a person gets."""
