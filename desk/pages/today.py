"""My day: what waits for the coordinator, worst first, each line with its next action; and the stream that keeps it true."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import StreamingResponse

from agreements import rules
from agreements.cases import Cases
from agreements.day.types import Day, LineKind
from agreements.errors import CaseRestrictedError
from agreements.goals.types import Task
from agreements.types import Appointment, Milestone
from db.engine import Transaction
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from offers.reviews.service import ReviewRounds
from offers.reviews.types import Pending
from people.errors import NotFoundError
from people.types import Actor
from people.types import Permission as May

LIVE_SECONDS = 1.5
"""How often the stream looks; a change is at the desk within this time."""
_KINDS = (Milestone, Task, Appointment)
_Shown = tuple[object, ...]
"""A line, how its client is called, its request, and which of `_KINDS` it is about: put together here, where it is cheap."""
SHOWN = 8
"""So many lines of a kind stand on the page before all of them are asked for: a deputy of several may have hundreds."""
_OFFERS = {"review": False, "draft": True}
"""The groups of lines about the catalogue, below those about clients, and whether drafts stand in them."""
_CHANGED = "event: changed\ndata: .\n\n"
_BEAT = 15
_LOOK_ANYWAY = timedelta(seconds=30)
"""What becomes late by itself, and a session that is over, are seen within this time."""


async def today(turn: Turn) -> Answer:
    """The page; whoever has no cases begins elsewhere."""
    allowed = turn.services.people.accessor.allowed(turn.actor)
    if May.LIST_CLIENTS not in allowed:
        return Go("/people" if May.MANAGE_ACCOUNTS in allowed else "/me")
    return Page("today.html", {**await _values(turn), "over": await _over(turn)})


async def _over(turn: Turn) -> str:
    """The milestone that was confirmed a click ago, to take that back; empty where there is none."""
    if not turn.query("over"):
        return ""
    try:
        found = await turn.services.agreements.milestone(turn.tx, turn.actor, turn.query("over"))
    except (NotFoundError, CaseRestrictedError):
        # The address stays in the browser; the case may be a colleague's by now, or erased.
        return ""
    return found.id if found.status in rules.FINAL else ""


async def lines(turn: Turn) -> Answer:
    """The lines alone, when the stream says that they changed."""
    return Page("today_lines.html", await _values(turn))


async def live(turn: Turn) -> Answer:
    """A line for the browser whenever something about the own cases changed."""
    return StreamingResponse(
        _changes(turn), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


async def _changes(turn: Turn) -> AsyncIterator[str]:
    # What changed between the page and the stream is a change too: the page says what it showed.
    desk, watch, silent = turn.desk, Watch(digest=turn.query("seen")), 0.0
    token = turn.request.cookies.get(desk.cookie, "")
    while not await turn.request.is_disconnected():
        now, state = desk.now(), await desk.services.database.state()
        changed = False
        if watch.must_look(state, now):
            async with desk.services.database.read() as tx:
                signed = await desk.services.accounts.signed_in(tx, token, desk.wall())
                if signed is None or signed.locked:
                    # The page asks for its lines and is sent to the lock: nobody's day stays on a screen that was left.
                    yield _CHANGED
                    break
                cases, reviews = desk.services.cases, desk.services.reviews
                changed = watch.saw(state, now, await look(cases, reviews, tx, signed.actor, now))
        if changed:
            yield _CHANGED
            silent = 0.0
        elif silent >= _BEAT or silent == 0.0:
            yield ": .\n\n"
            silent = 0.0
        await asyncio.sleep(LIVE_SECONDS)
        silent += LIVE_SECONDS


@dataclass
class Watch:
    """What a stream saw last, so that it looks again only where something was committed since, or time went on."""

    state: str = ""
    at: datetime | None = None
    digest: str = ""

    def must_look(self, state: str, now: datetime) -> bool:
        """Whether the page could say something else by now."""
        return self.at is None or state != self.state or abs(now - self.at) >= _LOOK_ANYWAY

    def saw(self, state: str, now: datetime, digest: str) -> bool:
        """Keep what was seen, `state` being what was there before the look; whether it differs from what was seen before."""
        changed = self.digest not in ("", digest)
        self.state, self.at, self.digest = state, now, digest
        return changed


async def look(cases: Cases, reviews: ReviewRounds, tx: Transaction, actor: Actor, now: datetime) -> str:
    """A short name for what the page would say, and how consents stand: another one where something changed."""
    return _digest(await cases.day.page(tx, actor, now), await reviews.pending(tx, actor, now))


def _digest(found: Day, offers: Sequence[Pending]) -> str:
    # There may be hundreds: a client with many lines is said once, with what the page shows, and all else by its bare values.
    named = [*(x.client for x in found.lines), *(x.client for x in found.requests)]
    clients = {x.id: (x.case_number, x.linked, x.reminders, x.restricted_at) for x in named}
    lines = [
        (x.kind.value, x.client.id, x.on, x.subject_id, x.stale, x.late, x.as_deputy, _values_of(x.about))
        for x in found.lines
    ]
    asked = [
        (x.client.id, *map(_values_of, (x.request, x.milestone, x.appointment, x.question)))
        for x in found.requests
    ]
    said = repr((clients, lines, asked, found.names, found.answered, offers))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()


def _values_of(item: object) -> tuple[object, ...] | None:
    return None if item is None else tuple(vars(item).values())


async def _values(turn: Turn) -> dict[str, object]:
    found = await turn.services.cases.day.page(turn.tx, turn.actor, turn.now)
    pending = await turn.services.reviews.pending(turn.tx, turn.actor, turn.now)
    requests = {line.request.id: line for line in found.requests}
    groups: dict[LineKind, list[_Shown]] = {}
    count = Counter(line.kind for line in found.lines)
    every = turn.query("all")
    for line in found.lines:
        if len(groups.get(line.kind, ())) == SHOWN and line.kind.value != every:
            continue
        about = [line.about if isinstance(line.about, kind) else None for kind in _KINDS]
        shown = line, found.names.get(line.client.id, ""), requests.get(line.subject_id or ""), *about
        groups.setdefault(line.kind, []).append(shown)
    return {
        "groups": {kind: groups[kind] for kind in LineKind if kind in groups},
        "count": count,
        "offers": {kind: of if every == kind else of[:SHOWN] for kind, of in _of_catalogue(pending) if of},
        "offer_count": {kind: len(of) for kind, of in _of_catalogue(pending)},
        "every": every if every in {*LineKind, *_OFFERS} else "",
        "today": rules.today(turn.now),
        "seen": _digest(found, pending),
    }


def _of_catalogue(pending: Sequence[Pending]) -> list[tuple[str, list[Pending]]]:
    """What waits in the catalogue: questions whether an entry is still right, and new drafts."""
    return [(kind, [one for one in pending if one.draft == draft]) for kind, draft in _OFFERS.items()]


ROUTES = (
    DeskRoute("GET", "/", today, May.USE_DESK, "my day"),
    DeskRoute("GET", "/today", lines, May.LIST_CLIENTS, "the lines of my day", passive=True),
    DeskRoute("GET", "/live", live, May.LIST_CLIENTS, "the stream of changes", passive=True),
)
