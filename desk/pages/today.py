"""My day: what waits for the coordinator, worst first, each line with its next action; and the stream that keeps it true."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime

from starlette.responses import StreamingResponse

from agreements import rules
from agreements.cases import Cases
from agreements.day.types import DayLine, LineKind
from agreements.goals.types import Task
from agreements.types import Appointment, Milestone
from db.engine import Transaction
from desk.pages.signing import desk_of
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.types import Actor
from people.types import Permission as May

LIVE_SECONDS = 1.5
"""How often the stream looks; a change is at the desk within this time."""
_BEAT = 15


async def today(turn: Turn) -> Answer:
    """The page; whoever has no cases begins elsewhere."""
    allowed = turn.services.people.accessor.allowed(turn.actor)
    if May.LIST_CLIENTS not in allowed:
        return Go("/people" if May.MANAGE_ACCOUNTS in allowed else "/me")
    return Page("today.html", await _values(turn))


async def lines(turn: Turn) -> Answer:
    """The lines alone, when the stream says that they changed."""
    return Page("today_lines.html", await _values(turn))


async def live(turn: Turn) -> Answer:
    """A line for the browser whenever something about the own cases changed."""
    return StreamingResponse(
        _changes(turn), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


async def _changes(turn: Turn) -> AsyncIterator[str]:
    desk, before, silent = desk_of(turn), "", 0.0
    token = turn.request.cookies.get(desk.cookie, "")
    while not await turn.request.is_disconnected():
        async with desk.services.database.read() as tx:
            signed = await desk.services.accounts.signed_in(tx, token, desk.wall())
            if signed is None or signed.locked:
                break
            digest = await look(desk.services.cases, tx, signed.actor, desk.now())
        if before and digest != before:
            yield "event: changed\ndata: .\n\n"
            silent = 0.0
        elif silent >= _BEAT or not before:
            yield ": .\n\n"
            silent = 0.0
        before = digest
        await asyncio.sleep(LIVE_SECONDS)
        silent += LIVE_SECONDS


async def look(cases: Cases, tx: Transaction, actor: Actor, now: datetime) -> str:
    """A short name for what the page would say: another one where something changed."""
    found = await cases.day.page(tx, actor, now)
    return hashlib.sha256(repr(found).encode("utf-8", "backslashreplace")).hexdigest()


async def _values(turn: Turn) -> dict[str, object]:
    found = await turn.services.cases.day.page(turn.tx, turn.actor, turn.now)
    groups: dict[LineKind, list[DayLine]] = {}
    for line in found.lines:
        groups.setdefault(line.kind, []).append(line)
    return {
        "groups": {kind: groups[kind] for kind in LineKind if kind in groups},
        "kinds": LineKind,
        "today": rules.today(turn.now),
        "requests": {line.request.id: line for line in found.requests},
        "milestones": {x.subject_id: x.about for x in found.lines if isinstance(x.about, Milestone)},
        "appointments": {x.subject_id: x.about for x in found.lines if isinstance(x.about, Appointment)},
        "tasks": {x.subject_id: x.about for x in found.lines if isinstance(x.about, Task)},
        "names": found.names,
    }


ROUTES = (
    DeskRoute("GET", "/", today, May.USE_DESK, "my day"),
    DeskRoute("GET", "/today", lines, May.LIST_CLIENTS, "the lines of my day", passive=True),
    DeskRoute("GET", "/live", live, May.LIST_CLIENTS, "the stream of changes", passive=True),
)
