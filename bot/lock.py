"""The picture lock in front of a record: what a handler shows of it, and what a tap would write into it, waits until the pictures were right."""

from collections.abc import Sequence

from bot.screens import Screen
from bot.turn import Turn
from bot.views import lock as views

_DRAFT = "lock"
_NOTHING = "menu"


async def before(turn: Turn, screens: Sequence[Screen]) -> list[Screen]:
    """The screens, or the pad in their place where they show details and the chat is locked."""
    details = next((screen.opens for screen in screens if screen.opens), "")
    if not details or not await turn.services.people.locks.shut(turn.tx, turn.actor, turn.now):
        return list(screens)
    return [await pad_for(turn, details)]


async def instead(turn: Turn, opens: str) -> Screen | None:
    """The pad in the place of a tap that the lock is in front of, None where it is open."""
    shut = await turn.services.people.locks.shut(turn.tx, turn.actor, turn.now)
    return await pad_for(turn, opens) if shut else None


async def guarded(turn: Turn, screen: Screen, opens: str) -> Screen:
    """The screen where the lock is open, else the pad that leads to it."""
    return await instead(turn, opens) or screen


async def pad_for(turn: Turn, opens: str) -> Screen:
    """The pad, and what opens behind it; or how long nobody can try."""
    await turn.draft(_DRAFT, "wanted", opens=opens)
    until = await turn.services.people.locks.waits_until(turn.tx, turn.actor, turn.now)
    edit = turn.tapped_message is not None
    if until is not None:
        return views.waits(turn.words, until, edit=edit)
    return views.pad(turn.words, "pin.enter", "pin.is", "", edit=edit)


async def wanted(turn: Turn) -> str:
    """The tap that the pad was in front of."""
    draft = turn.drafts.get(_DRAFT)
    if draft is None:
        return _NOTHING
    await turn.end_draft(_DRAFT)
    return str(draft.data["opens"])
