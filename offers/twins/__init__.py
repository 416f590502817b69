"""Entries of the catalogue that are probably the same: proposed, told apart for good, or made one."""
