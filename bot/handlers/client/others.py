"""Asking for somebody else, which needs no invitation: said by a button or in words, kept without anything about them, over after an hour."""

from functools import cache

from bot import followup, notice, profiles
from bot.handlers.client import narrow
from bot.handlers.shared import start
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from i18n.messages import listed
from i18n.text import normalise, search_key
from nlu.types import TOPICS, Understanding
from offers.search_texts import stop_words
from people.types import Permission

_GREETING = 4
"""So many words beside it ask nothing yet: "hello", "please", "I am"."""


async def begin(turn: Turn) -> Screen:
    """From now on nothing that is asked is taken as their own; the search with buttons opens, with nothing chosen."""
    await take_note(turn)
    return await narrow.for_somebody_else(turn)


async def stop(turn: Turn) -> Screen:
    """They ask for themselves again; what was asked for the other is forgotten."""
    for kind in (profiles.OTHER, profiles.KIND, followup.KIND):
        await turn.end_draft(kind)
    return await start.menu(turn)


async def take_note(turn: Turn) -> None:
    """Remember for an hour that somebody asks for somebody else; nothing before the notice was seen."""
    if not notice.seen(turn):
        return
    await turn.draft(profiles.OTHER, "on", profiles.LIFE)


def says_so(text: str) -> bool:
    """Whether a message says, in any language, that it is for somebody else."""
    return _phrase(f" {normalise(text)} ") is not None


def asks_more(text: str, understanding: Understanding | None) -> bool:
    """Whether a message that says so asks something as well: it is understood as a search, names a detail, or is simply longer."""
    said = f" {normalise(text)} "
    beside = said.replace(f" {_phrase(said)} ", " ", 1).split()
    if len(beside) > _GREETING or understanding is None:
        return len(beside) > _GREETING
    if understanding.said:
        return True
    return understanding.intent in TOPICS and any(search_key(word) not in stop_words() for word in beside)


def _phrase(said: str) -> str | None:
    return next((phrase for phrase in _phrases() if f" {phrase} " in said), None)


@cache
def _phrases() -> tuple[str, ...]:
    every: set[str] = {normalise(phrase) for phrase in listed("ask.other")}
    return tuple(sorted(every, key=len, reverse=True))


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "other", begin, _ASK, "ask for somebody else, without an invitation"),
    Route(_TAP, "other.off", stop, _ASK, "ask for oneself again"),
)
