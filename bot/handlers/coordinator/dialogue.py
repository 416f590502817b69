"""What the dialogues of the coordinator's and the volunteer's phone share: beginning one, finding where it is, and dates and times out of taps."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from bot.turn import Turn
from i18n.phrases import OFFICES, PAPERS
from offers import places
from people.errors import DomainError, NotFoundError
from people.types import Draft

KINDS = (
    "client", "find", "milestone", "move", "appointment", "request", "edit", "offer", "translation", "meeting", "people",
    "suggestion", "many",
)  # fmt: skip
"""Dialogues of which somebody is in one at a time, or nobody could tell what a typed line belongs to."""


class DialogueOverError(DomainError):
    """The dialogue that the button belongs to is over: too much time went by, or it was ended or finished."""

    key = "error.dialogue_over"


async def begin(turn: Turn, kind: str, step: str, **data: object) -> None:
    """Begin a dialogue; any other that was under way ends."""
    for other in KINDS:
        if other != kind and other in turn.drafts:
            await turn.end_draft(other)
    await turn.draft(kind, step, **data)


def current(turn: Turn, kind: str) -> Draft:
    """The dialogue under way. Raises DialogueOverError."""
    draft = turn.drafts.get(kind)
    if draft is None:
        raise DialogueOverError
    turn.in_hand.add(kind)
    return draft


def tapped_day(text: str) -> date:
    """The day of a date button. Raises NotFoundError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFoundError from error


def tapped_time(text: str) -> time:
    """The time of a button, `HHMM`. Raises NotFoundError."""
    number = tapped_number(text, 2400)
    if len(text) != 4 or number % 100 > 59:
        raise NotFoundError
    return time(number // 100, number % 100)


def tapped_number(text: str, below: int) -> int:
    """The number of a button, from 0. Raises NotFoundError for anything that is not below `below`."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < below):
        raise NotFoundError
    return int(text)


def tapped_place(number: str) -> str:
    """The place whose button was tapped. Raises NotFoundError for any other."""
    names = places.load().names
    return names[tapped_number(number, len(names))]


def tapped_paper(paper: str) -> str:
    """The paper whose button was tapped. Raises NotFoundError for any other."""
    if paper not in PAPERS:
        raise NotFoundError
    return paper


def tapped_office(office: str) -> str:
    """The office whose button was tapped. Raises NotFoundError for any other."""
    if office not in OFFICES:
        raise NotFoundError
    return office


def mark(data: Mapping[str, Any]) -> str:
    """A short mark of what a preview showed: its button does nothing once the dialogue says something else."""
    said = json.dumps(data, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
