"""What was asked a moment ago, kept for a quarter of an hour so that the next words or taps go on from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import followup, notice
from bot.turn import Turn
from offers.types import Query
from people.rules import CONTEXT_LIFE

GUESS = "guess"
"""The draft of a question that was not surely understood, beside the last search, which it does not touch."""


async def remember(turn: Turn, query: Query, hits: Sequence[str]) -> None:
    """Keep a search and what it found; nothing before the notice was shown, not even for that quarter of an hour."""
    await _keep(turn, followup.KIND, followup.remembered(query, list(hits)))


async def renew(turn: Turn) -> bool:
    """Let the last search last a quarter of an hour from now on; False where it is forgotten."""
    last = turn.drafts.get(followup.KIND)
    if last is None:
        return False
    await _keep(turn, followup.KIND, last.data)
    return True


async def wonder(turn: Turn, query: Query) -> str:
    """Keep what a question asked for until one of its guesses is tapped; returns the mark that their buttons carry."""
    mark = str(turn.update.update_id)
    await _keep(turn, GUESS, {**followup.remembered(query, []), "mark": mark})
    return mark


def wondered(turn: Turn, mark: str) -> Query:
    """What the question of a guess asked for; nothing where it is forgotten, or another one came after it."""
    last = turn.drafts.get(GUESS)
    if last is None or last.data.get("mark") != mark:
        return Query()
    return followup.restored(last.data)


async def _keep(turn: Turn, kind: str, data: Mapping[str, Any]) -> None:
    if notice.seen(turn):
        await turn.services.people.put_draft(
            turn.tx, turn.actor, kind, "found", data, turn.now, life=CONTEXT_LIFE
        )
