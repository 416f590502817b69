"""The picture lock: the pad to tap on, and what is said about it."""

from datetime import datetime

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import dates
from i18n.messages import Words
from people.locks.rules import LENGTH, PICTURES

_ACROSS = 3


def menu_screen(words: Words) -> Screen:
    """The lock is on, with the way to change it or to take it away."""
    rows = [
        [tap(words.plain("pin.change"), "pin.change")],
        [tap(words.plain("pin.off"), "pin.off")],
    ]
    return Screen(lines(bold(words("pin.menu")), words("pin.is_on")), with_home(words, rows), edit=True)


def pad(words: Words, key: str, route: str, tapped: str, *, edit: bool = True) -> Screen:
    """Nine pictures, what they are tapped for, and how many were; which ones is never shown."""
    buttons = [tap(picture, route, f"{tapped}{number}") for number, picture in enumerate(PICTURES)]
    count = "●" * len(tapped) + "○" * (LENGTH - len(tapped))
    text = lines(bold(words("pin.menu")), words(key, number=LENGTH), count)
    return Screen(text, with_home(words, in_rows(buttons, _ACROSS)), edit=edit)


def opened(words: Words, opens: str) -> Screen:
    """It was right: the way to what was asked for."""
    button = Button(words.plain("push.open"), data=opens)
    return Screen(Markup("🔓"), with_home(words, [[button]]), edit=True)


def waits(words: Words, until: datetime, *, edit: bool = True) -> Screen:
    """Nobody can try before."""
    moment = dates.moment(until, words.language)
    return Screen(
        lines(bold(words("pin.menu")), words("pin.wait", moment=moment)), with_home(words, []), edit=edit
    )


def said(words: Words, key: str) -> Screen:
    """What was done."""
    return Screen(lines(bold(words("pin.menu")), words(key)), with_home(words, []), edit=True)
