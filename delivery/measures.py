"""What is counted of sending."""

from prometheus_client import Counter

SENDS = Counter("lotse_sends", "Messages handed to Telegram, by what came of it.", ["kind", "result"])
