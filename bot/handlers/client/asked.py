"""What was asked a moment ago, kept for a quarter of an hour so that the next words or taps go on from it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot import followup, notice
from bot.turn import Turn
from offers.called import called
from offers.types import Query
from people.rules import CONTEXT_LIFE

GUESS = "guess"
"""The draft of a question that was not surely understood, beside the last search, which it does not touch."""


async def remember(turn: Turn, query: Query, hits: Sequence[str], *, first: int = 0) -> None:
    """Keep a search and the hits that are shown, before which `first` others stand; nothing before the notice was shown.

    Of what the person wrote no word is kept, not even for that quarter of an hour, but what the catalogue calls it.
    """
    kept = _nameless(turn, query)
    # Without the words and without a topic nothing is left that "and in Haar?" could go on from.
    lost = bool(query.text) and not (kept.text or kept.topic)
    await _keep(turn, followup.KIND, {**followup.remembered(kept, list(hits), first), "lost": lost})


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
    await _keep(turn, GUESS, {**followup.remembered(_nameless(turn, query), []), "mark": mark})
    return mark


def wondered(turn: Turn, mark: str) -> Query:
    """What the question of a guess asked for; nothing where it is forgotten, or another one came after it."""
    last = turn.drafts.get(GUESS)
    if last is None or last.data.get("mark") != mark:
        return Query()
    return followup.restored(last.data)


async def _keep(turn: Turn, kind: str, data: Mapping[str, Any]) -> None:
    if notice.seen(turn):
        await turn.draft(kind, "found", CONTEXT_LIFE, **data)


def _nameless(turn: Turn, query: Query) -> Query:
    """A question with what the catalogue calls the things that its words name, kinds of offers and matters of offices, in their place."""
    if not query.text:
        return query
    named = turn.services.offers.kinds_named(replace(query, language=turn.asked_in))
    return called(query, named, turn.asked_in, turn.words.language)
