"""Views of reading translations: how many wait, a text beside its German source, writing it anew."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.screens import Screen, tap
from bot.views.coordinator_parts import menu_row
from bot.views.parts import bold, in_rows, lines
from i18n.bidi import isolate
from i18n.languages import LANGUAGES
from i18n.messages import Message, Words
from offers.translations.service import key_of
from offers.translations.types import Coverage, TextState, ToReview


def languages_screen(words: Words, coverage: Sequence[Coverage]) -> Screen:
    """How many texts wait in each language, as buttons."""
    buttons = [
        tap(f"{LANGUAGES[found.language].name} · {waiting}", "rv", found.language)
        for found in coverage
        if (waiting := found.counts.get(TextState.MACHINE, 0))
    ]
    text = words("rv.which_language") if buttons else words("rv.nothing")
    return Screen(text, [*in_rows(buttons, 2), menu_row(words)], edit=True)


def review_screen(
    words: Words, language: str, found: ToReview | None, message: Message | None = None
) -> Screen:
    """One text with its source: good, better, later."""
    said = Markup("✅ {}").format(words.render(message)) if message else None
    other = [tap(words.plain("rv.button.languages"), "rv.langs"), *menu_row(words)]
    if found is None:
        return Screen(lines(said, words("rv.nothing")), [other], edit=message is None)
    key = key_of(found.job)
    rows = [
        [
            tap(words.plain("rv.button.good"), "rv.good", language, key),
            tap(words.plain("rv.button.fix"), "rv.fix", language, key),
            tap(words.plain("rv.button.later"), "rv.next", language, key),
        ],
        other,
    ]
    text = lines(said, *_both(words, found), words("rv.waiting", count=found.waiting))
    return Screen(text, rows, edit=message is None)


def better_screen(words: Words, found: ToReview, message: Message | None = None) -> Screen:
    """Please write it as it should be."""
    wrong = Markup("❗️ {}").format(words.render(message)) if message else None
    rows = [[tap(words.plain("button.back"), "rv.next", found.job.language, "")], menu_row(words)]
    return Screen(lines(*_both(words, found), wrong, bold(words("rv.write"))), rows)


def _both(words: Words, found: ToReview) -> list[Markup]:
    return [
        Markup("📝 {}").format(bold(words("rv.field." + found.job.field.value))),
        Markup("🇩🇪 <blockquote>{}</blockquote>").format(isolate(found.job.source)),
        Markup("{} <blockquote>{}</blockquote>").format(
            isolate(LANGUAGES[found.job.language].name), isolate(found.text)
        ),
    ]
