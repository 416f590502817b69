"""The Telegram edge: updates come in, screens go out; the only folder that knows python-telegram-bot."""
