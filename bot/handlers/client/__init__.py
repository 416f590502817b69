"""Handlers of the client phone."""
