"""What is stored about the person who asks: said in their language, and as files to take along."""

import asyncio
import json
from functools import partial

from agreements import rules
from agreements.holds.types import Hold
from agreements.sheets.layout import pdf
from bot.screens import Document, Screen, closing
from bot.turn import Turn
from bot.views import mydata as views
from people.errors import NotFoundError


async def show(turn: Turn) -> Screen:
    """The summary of it."""
    privacy, house = turn.services.privacy, turn.services.house
    copy = await privacy.copy(turn.tx, turn.actor, turn.now)
    holds = await _holds(turn)
    return views.summary_screen(turn.words, views.told(turn.language, copy, holds, privacy.limits, house))


async def _holds(turn: Turn) -> dict[str, Hold]:
    found = await turn.services.privacy.own_holds(turn.tx, turn.actor, turn.now)
    return {client.case_number: hold for client, hold in found}


async def seen(turn: Turn) -> Screen:
    """Who looked at it."""
    privacy = turn.services.privacy
    found = await privacy.seen(turn.tx, turn.actor)
    return views.seen_screen(turn.words, found, privacy.limits, turn.services.house)


async def as_file(turn: Turn, form: str) -> Screen:
    """Everything as JSON, or the summary to print."""
    if form not in ("json", "pdf"):
        raise NotFoundError
    privacy, house = turn.services.privacy, turn.services.house
    copy = await privacy.copy(turn.tx, turn.actor, turn.now)
    if form == "json":
        content = json.dumps(copy.as_json(), ensure_ascii=False, indent=1).encode()
    else:
        holds = await _holds(turn)
        said = partial(views.told, copy=copy, holds=holds, limits=privacy.limits, house=house)
        # A fifth of a second of shaping and packing: other chats go on meanwhile.
        content = await asyncio.to_thread(pdf, views.sheet(turn.language, said, house.district), turn.now)
    name = f"lotse-{rules.today(turn.now).isoformat()}.{form}"
    return closing(Screen(turn.words("mydata.here"), document=Document(name, content)), "mydata.file", form)
