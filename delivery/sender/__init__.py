"""Which of several bot processes sends the pushes: Telegram's limits hold for the whole bot."""
