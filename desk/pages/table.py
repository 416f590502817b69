"""Every route of the desk, in the order of the navigation; the rights matrix is made from it."""

from desk.pages import (
    catalogue,
    clients,
    figures,
    file,
    handover,
    house,
    members,
    messages,
    offices,
    printed,
    requests,
    roadmap,
    signing,
    today,
    translations,
    twins,
    work,
)
from desk.routes import DeskRoute

ROUTES: tuple[DeskRoute, ...] = (
    *signing.ROUTES,
    *today.ROUTES,
    *clients.ROUTES,
    *file.ROUTES,
    *work.ROUTES,
    *printed.ROUTES,
    *handover.ROUTES,
    *requests.ROUTES,
    *messages.ROUTES,
    *catalogue.ROUTES,
    *offices.ROUTES,
    *twins.ROUTES,
    *translations.ROUTES,
    *figures.ROUTES,
    *roadmap.ROUTES,
    *members.ROUTES,
    *house.ROUTES,
)
