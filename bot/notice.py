"""The notice before anything else: whoever has not seen it yet sees it above the first answer."""

from dataclasses import replace

from bot.screens import Screen
from bot.turn import Turn
from bot.views.shared import NOTICE_VERSION, language_screen, notice_screen
from i18n.languages import from_telegram
from i18n.messages import Words
from people.types import Consent


def seen(turn: Turn) -> bool:
    """Whether the notice as it is now stood on this phone before."""
    return turn.actor.person.notice_shown == NOTICE_VERSION


def languages(turn: Turn) -> Screen:
    """Choose a language, Telegram's own first."""
    user = turn.update.effective_user
    return language_screen(from_telegram(user.language_code if user else None))


async def first(turn: Turn) -> Screen | None:
    """What comes before anything else: a language, then the notice as it is now; None for whoever accepted that."""
    if turn.actor.person.notice_version == NOTICE_VERSION:
        return None
    return await show(turn, turn.words) if turn.actor.person.language_chosen else languages(turn)


async def show(turn: Turn, spoken: Words) -> Screen:
    """The notice, kept as shown."""
    await turn.services.people.show_notice(turn.tx, turn.actor, NOTICE_VERSION, spoken.language, turn.now)
    return notice_screen(spoken, turn.services.house)


async def above(turn: Turn, screens: list[Screen]) -> list[Screen]:
    """The screens, with the notice above them where it has not been seen."""
    if not screens or seen(turn):
        return screens
    return [replace(await show(turn, turn.words), edit=False), *screens]


async def keep(turn: Turn, what: Consent, *, given: bool) -> None:
    """A yes or no, kept with the notice that was in force and the language it was said in."""
    await turn.services.people.keep_consent(
        turn.tx, turn.actor, what, NOTICE_VERSION, turn.language, turn.now, given=given
    )
