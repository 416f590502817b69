"""Offers for a client: what fits from the catalogue, what is suggested, and how far a placement is."""

from agreements.placements.types import PlacementResult, PlacementStatus
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.errors import NotFoundError
from people.types import Permission as May


async def fits(turn: Turn) -> Answer:
    """What fits from the catalogue for one milestone, each with the reasons."""
    milestone = await turn.services.agreements.milestone(turn.tx, turn.actor, turn.part("milestone_id"))
    found = await turn.services.cases.placements.matches(
        turn.tx, turn.actor, milestone.client_id, turn.now, milestone_id=milestone.id, limit=5
    )
    values = {"matches": found, "client_id": milestone.client_id, "milestone_id": milestone.id}
    return Page("fits.html", {**values, "unlisted": {}})


async def fits_client(turn: Turn) -> Answer:
    """What fits from the catalogue for a client, each with the reasons; of what was typed also entries that are not public."""
    client_id, text = turn.part("client_id"), turn.query("q").strip()[:200]
    found = await turn.services.cases.placements.matches(
        turn.tx, turn.actor, client_id, turn.now, text=text, limit=5
    )
    unlisted = await turn.services.offers.unlisted(turn.tx, text, 5) if text else {}
    values = {"matches": found, "client_id": client_id, "milestone_id": ""}
    return Page("fits.html", {**values, "q": text, "unlisted": unlisted})


async def suggest(turn: Turn) -> Answer:
    """Suggest an offer; the client hears of it in the chat, or is to be told in person. Or note where they have begun by themselves."""
    client_id, service = turn.part("client_id"), turn.services.cases.placements
    what, milestone_id = (
        (turn.tx, turn.actor, client_id, turn.typed("offer"), turn.now),
        turn.typed("milestone"),
    )
    if turn.typed("do") == "begun":
        await service.place(*what, milestone_id=milestone_id or None)
        return Go(f"/clients/{client_id}#placements", "placement_step")
    suggested = await service.suggest(*what, milestone_id=milestone_id or None)
    return Go(f"/clients/{client_id}#placements", "suggested" if suggested.told else "suggested_in_person")


async def step(turn: Turn) -> Answer:
    """Requested, started, finished, dropped."""
    status, result = turn.typed("status"), turn.typed("result")
    if status not in set(PlacementStatus) or (result and result not in set(PlacementResult)):
        raise NotFoundError
    placement = await turn.services.cases.placements.step(
        turn.tx,
        turn.actor,
        turn.part("placement_id"),
        PlacementStatus(status),
        turn.now,
        result=PlacementResult(result) if result else None,
    )
    return Go(f"/clients/{placement.client_id}#placements", "placement_step")


async def undo_step(turn: Turn) -> Answer:
    """The placement as it was before its last step."""
    placement = await turn.services.cases.placements.undo(
        turn.tx, turn.actor, turn.part("placement_id"), turn.now
    )
    return Go(f"/clients/{placement.client_id}#placements", "undone")


_FILE, _PLACEMENT, _MAY = "/clients/{client_id}", "/placements/{placement_id}", May.LIST_CLIENTS
ROUTES = (
    DeskRoute("GET", "/milestones/{milestone_id}/fits", fits, _MAY, "what fits from the catalogue"),
    DeskRoute("GET", _FILE + "/fits", fits_client, _MAY, "what fits from the catalogue for a client"),
    DeskRoute("POST", _FILE + "/placements", suggest, _MAY, "suggest an offer, or they are there already"),
    DeskRoute("POST", _PLACEMENT + "/step", step, _MAY, "the next step of a placement"),
    DeskRoute("POST", _PLACEMENT + "/undo", undo_step, _MAY, "take the last step back"),
)
