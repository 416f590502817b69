"""What came in and what must go out: inbox and outbox, claimed, retried, counted; knows persons, not Telegram."""
