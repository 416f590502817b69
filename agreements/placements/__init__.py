"""Placing clients into offers: which ones fit and why, what was suggested and wished for, and how it went."""
