"""The routes of the coordinator's phone, in the order in which they are tried."""

from bot.handlers.coordinator import (
    appointments,
    clients,
    day,
    editing,
    invitations,
    milestones,
    new_offer,
    requests,
    review,
    translations,
)
from bot.routes import Route

ROUTES: tuple[Route, ...] = (
    *clients.ROUTES,
    *day.ROUTES,
    *milestones.ROUTES,
    *appointments.ROUTES,
    *requests.ROUTES,
    *review.ROUTES,
    *translations.ROUTES,
    *editing.ROUTES,
    *new_offer.ROUTES,
    *invitations.ROUTES,
)
