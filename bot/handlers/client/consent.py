"""The consent to hand the case over: read, answered, taken back."""

from bot.screens import Screen
from bot.turn import Turn
from bot.views import consent as views
from people.errors import NotFoundError


async def show(turn: Turn, consent_id: str) -> Screen:
    """What is asked, or what was answered."""
    found = await turn.services.cases.handover.own(turn.tx, turn.actor, consent_id, turn.now)
    return views.consent_screen(turn.words, found)


async def answer(turn: Turn, consent_id: str, said: str) -> Screen:
    """Yes or no."""
    if said not in ("yes", "no"):
        raise NotFoundError
    found = await turn.services.cases.handover.answer(
        turn.tx, turn.actor, consent_id, said == "yes", turn.now
    )
    return views.consent_screen(turn.words, found)


async def take_back(turn: Turn, consent_id: str) -> Screen:
    """The yes no longer holds."""
    found = await turn.services.cases.handover.revoke(turn.tx, turn.actor, consent_id, turn.now)
    return views.consent_screen(turn.words, found)
