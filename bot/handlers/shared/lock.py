"""The picture lock: set, tapped, changed, taken away."""

from bot import lock
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import lock as views
from people.errors import NotFoundError
from people.locks import rules
from people.types import Permission

_SETTING = "lock_new"
"""The draft that keeps the salted hash of the pictures while they are tapped once more."""


async def show(turn: Turn) -> Screen:
    """Set a lock, or what can be done with the one there is."""
    on = await turn.services.people.locks.has(turn.tx, turn.actor)
    return await lock.guarded(turn, views.menu_screen(turn.words), "pin") if on else _first(turn)


async def change(turn: Turn) -> Screen:
    """Other pictures."""
    return await lock.guarded(turn, _first(turn), "pin")


async def new(turn: Turn, tapped: str) -> Screen:
    """One more picture of a new lock; when it is whole, all of them once more."""
    pictures = _read(tapped)
    if len(pictures) < rules.LENGTH:
        return views.pad(turn.words, "pin.choose", "pin.new", pictures)
    await turn.draft(_SETTING, "repeat", **turn.services.people.locks.proposed(pictures))
    return views.pad(turn.words, "pin.repeat", "pin.again", "")


async def again(turn: Turn, tapped: str) -> Screen:
    """The same once more; then the lock is on."""
    pictures, draft = _read(tapped), turn.drafts.get(_SETTING)
    if draft is None:
        return _first(turn)
    if len(pictures) < rules.LENGTH:
        return views.pad(turn.words, "pin.repeat", "pin.again", pictures)
    await turn.end_draft(_SETTING)
    proposed = {name: str(draft.data[name]) for name in ("salt", "hashed")}
    if not await turn.services.people.locks.put(turn.tx, turn.actor, proposed, pictures, turn.now):
        return views.pad(turn.words, "pin.different", "pin.new", "")
    return views.menu_screen(turn.words)


async def unlock(turn: Turn, tapped: str) -> Screen:
    """One more picture in front of what is locked."""
    pictures, locks = _read(tapped), turn.services.people.locks
    until = await locks.waits_until(turn.tx, turn.actor, turn.now)
    if until is not None:
        return views.waits(turn.words, until)
    if len(pictures) < rules.LENGTH:
        return views.pad(turn.words, "pin.enter", "pin.is", pictures)
    if await locks.unlock(turn.tx, turn.actor, pictures, turn.now):
        return views.opened(turn.words, await lock.wanted(turn))
    until = await locks.waits_until(turn.tx, turn.actor, turn.now)
    return views.waits(turn.words, until) if until else views.pad(turn.words, "pin.wrong", "pin.is", "")


async def off(turn: Turn) -> Screen:
    """No lock any more."""
    if await turn.services.people.locks.shut(turn.tx, turn.actor, turn.now):
        return await lock.pad_for(turn, "pin")
    await turn.services.people.locks.remove(turn.tx, turn.actor, turn.now)
    return views.said(turn.words, "pin.is_off")


def _first(turn: Turn) -> Screen:
    return views.pad(turn.words, "pin.choose", "pin.new", "", edit=turn.tapped_message is not None)


def _read(tapped: str) -> str:
    pictures = rules.taps(tapped)
    if pictures is None:
        raise NotFoundError
    return pictures


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "pin", show, _ASK, "the picture lock of the chat"),
    Route(_TAP, "pin.change", change, _ASK, "choose other pictures for the lock"),
    Route(_TAP, "pin.new", new, _ASK, "a picture of a new lock", args=1),
    Route(_TAP, "pin.again", again, _ASK, "the pictures of a new lock once more", args=1),
    Route(_TAP, "pin.is", unlock, _ASK, "a picture in front of what is locked", args=1),
    Route(_TAP, "pin.off", off, _ASK, "take the picture lock away"),
)
