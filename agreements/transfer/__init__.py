"""Clients, milestones and appointments out of a case-management program, and what changed back to it."""
