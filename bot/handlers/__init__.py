"""Handlers by role: guard, one use case, view."""
