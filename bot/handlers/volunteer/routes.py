"""The routes of the volunteer's phone, in the order in which they are tried."""

from bot.handlers.volunteer import hub, meeting_entry, meetings, place
from bot.routes import Route

ROUTES: tuple[Route, ...] = (*hub.ROUTES, *place.ROUTES, *meetings.ROUTES, *meeting_entry.ROUTES)
