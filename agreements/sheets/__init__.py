"""Printed sheets in two languages."""
