"""What is counted of the bot's work; no label ever holds anything that somebody wrote."""

from prometheus_client import Counter, Gauge, Histogram

UPDATES = Counter("lotse_updates", "Updates worked on, by what became of the attempt.", ["outcome"])
for _outcome in ("done", "again", "given_up", "unreadable"):
    # From 0 on: a number that appears with the first failure has not risen for Prometheus.
    UPDATES.labels(_outcome)
UPDATE_SECONDS = Histogram(
    "lotse_update_seconds",
    "From the moment an update was kept until its replies were handed to Telegram.",
    buckets=(0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60),
)
ANSWERS = Counter(
    "lotse_answers", "Questions in people's own words, by what understood them.", ["source", "clear"]
)
EMERGENCIES = Counter("lotse_emergencies", "Messages that the emergency rule answered.")
LAST_FETCH = Gauge(
    "lotse_last_fetch_timestamp_seconds", "When Telegram last answered a poll; 0 with a webhook."
)
LAST_UPDATE = Gauge(
    "lotse_last_update_timestamp_seconds", "When the last update came, or this process began to listen."
)
UNREAD = Counter("lotse_unread", "Messages and taps of chats that said more than is read of one.")
