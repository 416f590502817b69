"""What was asked a moment ago, kept for a quarter of an hour so that the next words or taps go on from it."""

from collections.abc import Sequence
from dataclasses import replace

from bot import followup, notice
from bot.turn import Turn
from offers.responsible import matters
from offers.types import Query, Topic
from people.rules import CONTEXT_LIFE


async def remember(
    turn: Turn, query: Query, hits: Sequence[str], step: str = "found", *, first: int = 0
) -> None:
    """Keep a search and the hits that are shown, before which `first` others stand; nothing before the notice was shown.

    Of what the person wrote no word is kept, not even for that quarter of an hour, but what the catalogue calls it.
    """
    if not notice.seen(turn):
        return
    data = followup.remembered(replace(query, text=_called(turn, query)), list(hits), first)
    await turn.services.people.put_draft(
        turn.tx, turn.actor, followup.KIND, step, data, turn.now, life=CONTEXT_LIFE
    )


def _called(turn: Turn, query: Query) -> str:
    """What the catalogue calls the things that the words of a question name: kinds of offers, and what people need offices for."""
    if not query.text:
        return ""
    named = turn.services.offers.kinds_named(replace(query, language=turn.asked_in))
    names = [f"kind.{kind}" for kind in named]
    if not names or query.topic == Topic.OFFICE:
        names += [matters.load()[matter].name for matter in matters.named(query.text, turn.asked_in)]
    return ", ".join(dict.fromkeys(turn.words.plain(name) for name in names))
