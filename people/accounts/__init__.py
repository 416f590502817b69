"""Accounts with which staff sign in at the desk: passwords, one-time codes, sessions, the linked phone."""
