"""Measurements: ratios against a named peer within one run; no test, and nothing fails when it is slow."""
