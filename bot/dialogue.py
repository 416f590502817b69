"""What dialogues of several steps share: beginning one, finding where it is, and the mark of what a preview showed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.turn import Turn
from people.errors import DomainError
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


def mark(data: Mapping[str, Any]) -> str:
    """A short mark of what a preview showed: its button does nothing once the dialogue says something else."""
    said = json.dumps(data, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
