"""Cases go to a colleague: all or some of one's own, or by a lead those of somebody who is ill or has left; and back, while that is fresh."""

from collections.abc import Sequence

from agreements.team.types import HandOver
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.errors import NotFoundError
from people.types import Permission as May
from people.types import Role


async def choose(turn: Turn) -> Answer:
    """Which of the own cases, and to whom; nothing is chosen before."""
    caseload = await turn.services.cases.files.caseload(turn.tx, turn.actor)
    own = [client for client in caseload.clients if client.coordinator_id == turn.actor.id]
    every = await turn.services.cases.team.own_cases(turn.tx, turn.actor)
    values = {
        "clients": sorted(own, key=lambda client: client.case_number),
        "names": caseload.names,
        "every": len(every),
        "colleagues": await turn.services.accounts.colleagues(turn.tx, turn.actor, Role.COORDINATOR),
        "given": [one for one in await given(turn) if one.before_id == turn.actor.id],
        "shown": await turn.services.accounts.shown_names(turn.tx),
    }
    return Page("give.html", values)


async def give(turn: Turn) -> Answer:
    """Say how many cases go to whom, and after a yes to that give exactly these."""
    team, to_id, ids = turn.services.cases.team, turn.typed("colleague"), turn.chosen("client")
    if turn.typed("all") == "yes":
        ids = await team.own_cases(turn.tx, turn.actor)
    if not (to_id and ids):
        raise FieldMissingError
    if turn.typed("go") != "yes":
        hidden = [("colleague", to_id), *(("client", id_) for id_ in ids)]
        return await _sure(turn, "/clients/hand-over", "/clients/hand-over", len(set(ids)), to_id, hidden)
    done = await team.hand_over(turn.tx, turn.actor, to_id, turn.now, client_ids=ids)
    return Go(f"/clients?given={done.batch_id}", "handed_over")


async def give_of(turn: Turn) -> Answer:
    """A lead gives all cases of one coordinator to another, after a look at how many they are."""
    team, from_id, to_id = turn.services.cases.team, turn.typed("from"), turn.typed("colleague")
    if not (from_id and to_id):
        raise FieldMissingError
    if turn.typed("go") != "yes":
        numbers = await team.numbers(turn.tx, turn.actor, turn.now)
        count = numbers.caseloads.get(from_id, 0) + numbers.closed.get(from_id, 0)
        hidden = [("from", from_id), ("colleague", to_id)]
        return await _sure(turn, "/team/hand-over", "/team", count, to_id, hidden, from_id)
    await team.hand_over_of(turn.tx, turn.actor, from_id, to_id, turn.now)
    return Go("/team", "handed_over")


async def _sure(
    turn: Turn,
    action: str,
    back: str,
    count: int,
    to_id: str,
    hidden: Sequence[tuple[str, str]],
    from_id: str = "",
) -> Page:
    names = await turn.services.accounts.shown_names(turn.tx)
    if to_id not in names or (from_id and not count):
        raise NotFoundError
    values = {"action": action, "back": back, "count": count, "hidden": hidden}
    values |= {"to": names[to_id], "of": names.get(from_id, "")}
    return Page("give_sure.html", values, address=back)


async def take_back(turn: Turn) -> Answer:
    """The cases are where they were."""
    await turn.services.cases.team.take_back(turn.tx, turn.actor, turn.part("batch_id"), turn.now)
    return Go("/team" if turn.typed("to") == "/team" else "/clients", "undone")


async def given(turn: Turn) -> list[HandOver]:
    """What the actor handed over and can still take back."""
    return await turn.services.cases.team.fresh(turn.tx, turn.actor, turn.now)


_GIVE, _GIVE_OF = "/clients/hand-over", "/team/hand-over"
ROUTES = (
    DeskRoute("GET", _GIVE, choose, May.LIST_CLIENTS, "choose cases for a colleague"),
    DeskRoute("POST", _GIVE, give, May.LIST_CLIENTS, "give cases to a colleague"),
    DeskRoute("POST", _GIVE_OF, give_of, May.HAND_OVER_OTHERS, "cases of one go to another"),
    DeskRoute("POST", "/given/{batch_id}/take-back", take_back, May.USE_DESK, "take a hand-over back"),
)
