"""One tap after a course date, for those who want to be asked."""

from agreements.feedback.types import Answer
from bot import notice
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import feedback as views
from bot.views.shared import said
from people.errors import NotFoundError
from people.types import Consent, Permission


async def wish(turn: Turn, state: str) -> Screen:
    """Ask from now on, or no longer."""
    if state not in ("on", "off"):
        raise NotFoundError
    await turn.services.cases.feedback.set_wish(turn.tx, turn.actor, turn.now, on=state == "on")
    await notice.keep(turn, Consent.FEEDBACK, given=state == "on")
    return said(turn.words, f"feedback.is_{state}")


async def asked(turn: Turn, ask_id: str) -> Screen:
    """How was it?"""
    offer = await turn.services.cases.feedback.asked(turn.tx, turn.actor, ask_id)
    return views.ask_screen(turn.words, offer, ask_id)


async def answer(turn: Turn, ask_id: str, given: str) -> Screen:
    """Counted without anybody."""
    if given not in set(Answer):
        raise NotFoundError
    await turn.services.cases.feedback.answer(turn.tx, turn.actor, ask_id, Answer(given))
    return views.thanks_screen(turn.words)


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "fb.wish", wish, _ASK, "be asked after course dates or not", args=1, locked=True),
    Route(_TAP, "fb", asked, _ASK, "a question after a course date", args=1),
    Route(_TAP, "fb.is", answer, _ASK, "helped, so-so or did not", args=2),
)
