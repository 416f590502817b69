"""What is counted of sending."""

from prometheus_client import Counter

SENDS = Counter("lotse_sends", "Messages handed to Telegram, by what came of it.", ["kind", "result"])
BROKEN_OFF = Counter(
    "lotse_delivery_broken_off", "Steps of delivery that broke off for one message, by the step.", ["step"]
)
for _step in ("look", "recheck", "outcome", "start", "settle"):
    # A number that appears with the first failure has not risen for Prometheus.
    BROKEN_OFF.labels(_step)
