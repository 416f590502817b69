"""Handlers of the volunteer's phone, and of whoever coordinates a helper circle."""
