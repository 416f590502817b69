"""What is counted of looking after the house."""

from prometheus_client import Counter

DUTIES_FAILED = Counter("lotse_duties_failed", "Regular duties that broke off, by their name.", ["duty"])
