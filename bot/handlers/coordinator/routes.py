"""The routes of the coordinator's phone, in the order in which they are tried."""

from bot.handlers.coordinator import (
    agreement,
    appointments,
    campaigns,
    clients,
    day,
    editing,
    facts,
    invitations,
    milestones,
    new_offer,
    requests,
    review,
    team,
    translations,
)
from bot.routes import Route

ROUTES: tuple[Route, ...] = (
    *clients.ROUTES,
    *day.ROUTES,
    *agreement.ROUTES,
    *facts.ROUTES,
    *team.ROUTES,
    *campaigns.ROUTES,
    *milestones.ROUTES,
    *appointments.ROUTES,
    *requests.ROUTES,
    *review.ROUTES,
    *translations.ROUTES,
    *editing.ROUTES,
    *new_offer.ROUTES,
    *invitations.ROUTES,
)
