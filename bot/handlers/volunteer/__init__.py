"""Handlers of the volunteer phone."""
