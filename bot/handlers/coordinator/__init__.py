"""Handlers of the coordinator phone."""
