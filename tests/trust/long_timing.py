"""S2, timed: what is another's takes as long to be refused as what does not exist, so that nobody learns by waiting which ids there are."""

import statistics
import time

import pytest

from desk.pages.table import ROUTES
from desk.routes import DeskRoute
from tests.desk.test_rights import OF_A_CASE, Cast, ask, cast, ids_of
from tests.desk.world import Visitor
from tests.trust.promise import held

__all__ = ["cast"]
ROUNDS = 40
SHARE = 0.2
# What the clock of the processor cannot tell apart; an answer over a network takes many times as long.
LEAST_MS = 0.5
NOWHERE = "A" * 22


@pytest.mark.usefixtures("unhurried")
async def test_anothers_case_takes_as_long_as_none(cast: Cast) -> None:
    visitor = await cast.desk.signed_in(cast.actors["other"].id)
    worst, tried = ("", 0.0, 0.0), 0
    for route in ROUTES:
        wanted = [name for name in ids_of(route) if name in OF_A_CASE]
        if not wanted or route.method != "GET":
            continue
        theirs, nobodys = cast.path(route), cast.path(route, **dict.fromkeys(wanted, NOWHERE))
        first, second = await _milliseconds(visitor, route, theirs, nobodys)
        apart = abs(first - second)
        if apart > LEAST_MS and apart / max(first, second) > worst[1]:
            worst = (route.name, apart / max(first, second), apart)
        tried += 1
    said = f"{tried} pages, most apart {100 * worst[1]:.0f} %" + (
        f" ({worst[0]}, {worst[2]:.1f} ms)" if worst[0] else ""
    )
    held(
        "S2",
        "time of a refusal: another's, nobody's",
        "± 20 % on each page",
        said,
        tried >= 10 and worst[1] <= SHARE,
    )


async def _milliseconds(visitor: Visitor, route: DeskRoute, one: str, other: str) -> tuple[float, float]:
    """Medians of the processor's time for two paths that are asked in turn, the first round left out."""
    taken: dict[str, list[float]] = {one: [], other: []}
    for _ in range(ROUNDS + 1):
        for path, times in taken.items():
            began = time.process_time()
            status, _ = await ask(visitor, route, path, {})
            times.append((time.process_time() - began) * 1000)
            assert status == 404, route.name
    return statistics.median(taken[one][1:]), statistics.median(taken[other][1:])
