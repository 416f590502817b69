"""Entries that are probably the same: side by side, made one field by field, or kept both."""

from collections.abc import Iterator

from desk.pages.catalogue import refusing, tell_changes
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from offers import editing
from offers.twins.service import FIELDS
from offers.types import Offer
from people.errors import NotFoundError
from people.types import Permission as May

_MOST = 100


async def every(turn: Turn) -> Answer:
    """Which entries may be the same, the most alike first."""
    found = await turn.services.twins.proposed(turn.tx, turn.actor)
    return Page("twins.html", {"pairs": found[:_MOST], "count": len(found)})


async def two(turn: Turn) -> Answer:
    """Two entries side by side, with what differs."""
    first, second = await turn.services.twins.two(
        turn.tx, turn.actor, turn.part("first_id"), turn.part("second_id")
    )
    rows = list(_differing(first, second))
    values = {
        "first": first,
        "second": second,
        "rows": rows,
        "one": tuple(editing.ONE),
        "several": tuple(editing.SEVERAL),
    }
    return Page("twin.html", values)


def _differing(first: Offer, second: Offer) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...], str]]:
    """Field, what each says as parts, and which is proposed: what is there before what is not, else the first."""
    mine, theirs = ({**editing.fields_of(one), "kind": one.kind} for one in (first, second))
    pair: tuple[tuple[str, ...], tuple[str, ...]]
    for name in FIELDS:
        if name == "provider":
            pair = (first.provider.name,), (second.provider.name,)
            if first.provider.id == second.provider.id:
                continue
        elif name in editing.SEVERAL:
            pair = tuple(getattr(first, name)), tuple(getattr(second, name))
        else:
            pair = tuple(mine[name].splitlines()), tuple(theirs[name].splitlines())
        if pair[0] != pair[1]:
            yield name, *pair, "first" if any(pair[0]) or not any(pair[1]) else "second"


async def decide(turn: Turn) -> Answer:
    """They are two, or become one."""
    first, second, service = turn.part("first_id"), turn.part("second_id"), turn.services.twins
    keep, end = (first, second) if turn.typed("keep") != "second" else (second, first)
    match turn.typed("do"):
        case "apart":
            await service.tell_apart(turn.tx, turn.actor, first, second, turn.now)
            return Go("/catalogue/twins", "twins_apart")
        case "merge":
            other = "second" if keep == first else "first"
            taken = [name for name in FIELDS if turn.typed(f"f-{name}") == other]
            before = await turn.services.editing.look(turn.tx, turn.actor, keep)
            with refusing():
                merged = await service.merge(turn.tx, turn.actor, keep, end, taken, turn.now)
            await turn.services.cases.placements.offer_merged(
                turn.tx, turn.actor, merged.ended.id, merged.kept.id, turn.now
            )
            await tell_changes(turn, before, merged.kept)
            return Go(f"/offers/{merged.kept.id}", "twins_merged")
        case _:
            raise NotFoundError


_MAY, _TWO = May.KEEP_CATALOGUE, "/catalogue/twins/{first_id}/{second_id}"
ROUTES = (
    DeskRoute("GET", "/catalogue/twins", every, _MAY, "entries that may be the same"),
    DeskRoute("GET", _TWO, two, _MAY, "two entries side by side"),
    DeskRoute("POST", _TWO, decide, _MAY, "make them one, or keep both"),
)
