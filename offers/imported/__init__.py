"""What an import left of the rows it read, by which the next one sees what changed in its files."""
