"""The agreement on the client's phone: seen in one's own language, agreed to, or a change wished for."""

from agreements.types import HelpReason
from bot.handlers.client.family import about
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number
from bot.turn import Turn
from bot.views import agreement as views
from bot.views.own import receipt_screen
from people.errors import NotFoundError
from people.types import Permission

_MANY_VERSIONS = 10_000


async def show(turn: Turn, client_id: str) -> Screen:
    """The agreement of one case."""
    await about(turn, client_id)
    replies, language = turn.services.cases.replies, turn.words.language
    found = await replies.own(turn.tx, turn.actor, client_id, turn.now, language=language)
    return views.agreement_screen(turn.words, found)


async def version(turn: Turn, client_id: str, number: str) -> Screen:
    """One of its signed versions."""
    await about(turn, client_id)
    replies, language = turn.services.cases.replies, turn.words.language
    which = tapped_number(number, _MANY_VERSIONS)
    found = await replies.own(turn.tx, turn.actor, client_id, turn.now, language=language, number=which)
    return views.agreement_screen(turn.words, found, number=which, edit=True)


async def confirm(turn: Turn, client_id: str, number: str) -> Screen:
    """I agree."""
    await about(turn, client_id)
    found = await turn.services.cases.replies.confirm(
        turn.tx, turn.actor, client_id, tapped_number(number, _MANY_VERSIONS), turn.words.language, turn.now
    )
    return views.agreement_screen(turn.words, found, edit=True)


async def change(turn: Turn, client_id: str, number: str) -> Screen:
    """Something should be different: why?"""
    await about(turn, client_id)
    found = await turn.services.cases.replies.own(turn.tx, turn.actor, client_id, turn.now)
    return views.why_change_screen(turn.words, found, tapped_number(number, _MANY_VERSIONS))


async def change_because(turn: Turn, client_id: str, number: str, reason: str) -> Screen:
    """Tell the coordinator why."""
    if reason not in set(HelpReason):
        raise NotFoundError
    await about(turn, client_id)
    receipt = await turn.services.cases.replies.wish_change(
        turn.tx, turn.actor, client_id, tapped_number(number, _MANY_VERSIONS), HelpReason(reason), turn.now
    )
    return receipt_screen(turn.words, receipt)


_TAP, _ASK = RouteKind.TAP, Permission.ASK
# Locked also where it is only shown: what the pad stands in front of must not count as read.
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "agree.at", version, _ASK, "one version of the own agreement", args=2, locked=True),
    Route(_TAP, "agree.yes", confirm, _ASK, "agree to the own agreement", args=2, locked=True),
    Route(_TAP, "agree.no", change, _ASK, "choose why the own agreement should change", args=2),
    Route(
        _TAP,
        "agree.why",
        change_because,
        _ASK,
        "the own agreement should change, because",
        args=3,
        locked=True,
    ),
    Route(_TAP, "agree", show, _ASK, "the own agreement", args=1, locked=True),
)
