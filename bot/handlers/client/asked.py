"""What was asked a moment ago, kept for a quarter of an hour so that the next words or taps go on from it."""

from collections.abc import Sequence

from bot import followup, notice
from bot.turn import Turn
from offers.types import Query
from people.rules import CONTEXT_LIFE


async def remember(turn: Turn, query: Query, hits: Sequence[str], step: str = "found") -> None:
    """Keep a search and what it found; nothing before the notice was shown, not even for that quarter of an hour."""
    if not notice.seen(turn):
        return
    data = followup.remembered(query, list(hits))
    await turn.services.people.put_draft(
        turn.tx, turn.actor, followup.KIND, step, data, turn.now, life=CONTEXT_LIFE
    )
