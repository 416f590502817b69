"""Views of the one question after a course date."""

from agreements.feedback.types import Answer
from bot.screens import Screen, tap
from bot.views.cards import what
from bot.views.parts import bold, lines, with_home
from i18n.messages import Words
from offers.types import Offer


def ask_screen(words: Words, offer: Offer, ask_id: str) -> Screen:
    """How was it?"""
    rows = [[tap(words.plain("feedback." + each.value), "fb.is", ask_id, each.value)] for each in Answer]
    rows.append([tap(words.plain("feedback.off"), "fb.wish", "off")])
    text = lines(what(words, offer), "", bold(words("feedback.ask")), words("feedback.nobody"))
    return Screen(text, with_home(words, rows), edit=True)


def thanks_screen(words: Words) -> Screen:
    """It is counted."""
    return Screen(words("thanks.text"), with_home(words, []), edit=True)
