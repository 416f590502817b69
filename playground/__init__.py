"""A Telegram on this machine: a strict Bot API and a page with phones, for trying and for tests; never beside a real token."""

from playground.constants import BOT_USERNAME, PLAYGROUND_TOKEN
from playground.phone import Phone
from playground.server import Server, StartRefused, create_app, serving

__all__ = ["BOT_USERNAME", "PLAYGROUND_TOKEN", "Phone", "Server", "StartRefused", "create_app", "serving"]
