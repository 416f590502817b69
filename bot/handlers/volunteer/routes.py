"""The routes of the volunteer's phone, in the order in which they are tried."""

from bot.handlers.volunteer import codes, hub, meeting_entry, meetings, place, profiles, searches, suggest
from bot.routes import Route

ROUTES: tuple[Route, ...] = (
    *hub.ROUTES,
    *codes.ROUTES,
    *place.ROUTES,
    *profiles.ROUTES,
    *searches.ROUTES,
    *meetings.ROUTES,
    *meeting_entry.ROUTES,
    *suggest.ROUTES,
)
