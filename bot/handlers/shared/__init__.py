"""Handlers that every phone has."""
