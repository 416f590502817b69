"""The routes of the coordinator's phone, in the order in which they are tried."""

from bot.routes import Route

ROUTES: tuple[Route, ...] = ()
