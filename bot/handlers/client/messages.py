"""Messages that a coordinator wrote to one or many out of the phrase book."""

from agreements.campaigns.types import OpenedMessage, Reply
from bot.handlers.client.family import about
from bot.screens import Screen
from bot.turn import Turn
from bot.views import messages as views
from people.errors import NotFoundError


async def open_message(turn: Turn, recipient_id: str) -> Screen:
    """What was written, in the person's language."""
    opened = await turn.services.cases.campaigns.open(turn.tx, turn.actor, recipient_id, turn.now)
    await _about(turn, opened)
    return views.message_screen(turn.words, opened)


async def answer(turn: Turn, recipient_id: str, reply: str) -> Screen:
    """Yes or no; the last tap counts."""
    if reply not in set(Reply):
        raise NotFoundError
    campaigns = turn.services.cases.campaigns
    await campaigns.answer(turn.tx, turn.actor, recipient_id, Reply(reply), turn.now)
    opened = await campaigns.open(turn.tx, turn.actor, recipient_id, turn.now)
    await _about(turn, opened)
    return views.message_screen(turn.words, opened)


async def _about(turn: Turn, opened: OpenedMessage) -> None:
    """A volunteer's message is about no case."""
    if opened.recipient.client_id is not None:
        await about(turn, opened.recipient.client_id)
