"""Messages that a coordinator wrote to one or many out of the phrase book."""

from agreements.campaigns.types import Reply
from bot.screens import Screen
from bot.turn import Turn
from bot.views import messages as views
from people.errors import NotFoundError


async def open_message(turn: Turn, recipient_id: str) -> Screen:
    """What was written, in the person's language."""
    opened = await turn.services.cases.campaigns.open(turn.tx, turn.actor, recipient_id, turn.now)
    return views.message_screen(turn.words, opened)


async def answer(turn: Turn, recipient_id: str, reply: str) -> Screen:
    """Yes or no; the last tap counts."""
    if reply not in set(Reply):
        raise NotFoundError
    campaigns = turn.services.cases.campaigns
    await campaigns.answer(turn.tx, turn.actor, recipient_id, Reply(reply), turn.now)
    return views.message_screen(turn.words, await campaigns.open(turn.tx, turn.actor, recipient_id, turn.now))
