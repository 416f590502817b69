"""The worlds of the bot's and the desk's tests, for what tries both."""

from tests.bot.conftest import clean_environment, interpreter, logs, lotse, prepared, server, settings
from tests.desk.conftest import browser, desk, unhurried

__all__ = [
    "browser",
    "clean_environment",
    "desk",
    "interpreter",
    "logs",
    "lotse",
    "prepared",
    "server",
    "settings",
    "unhurried",
]
