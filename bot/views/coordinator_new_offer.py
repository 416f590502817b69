"""A new offer on the coordinator's phone: what, called what, by whom, where, when, which telephone; one question a screen."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.coordinator_dates import problem
from bot.views.coordinator_parts import cancel_row
from bot.views.parts import bold, in_rows, lines
from i18n.messages import Message, Words
from offers.facts import TOPICS
from offers.types import Kind, Provider


def topics_screen(words: Words) -> Screen:
    """What is it about?"""
    buttons = [tap(f"{icon} {words.plain('topic.' + topic)}", "ed.topic", topic) for topic, icon in TOPICS]
    return _screen(words, "ed.new_topic", in_rows(buttons, 2), edit=True)


def kinds_screen(words: Words, found: Sequence[Kind]) -> Screen:
    """What is it?"""
    buttons = [tap(words.plain("kind." + kind.id), "ed.kind", kind.id) for kind in found]
    return _screen(words, "ed.new_kind", in_rows(buttons, 1), edit=True)


def name_screen(words: Words, message: Message | None = None) -> Screen:
    """What is it called?"""
    return _screen(words, "ed.new_name", [], message=message, edit=message is None)


def provider_screen(words: Words, message: Message | None = None) -> Screen:
    """Who offers it?"""
    return _screen(words, "ed.new_provider", [], message=message)


def providers_screen(words: Words, typed: str, found: Sequence[Provider]) -> Screen:
    """Providers whose names hold what was typed, or a new one."""
    rows = [[tap(provider.name[:60], "ed.by", provider.id)] for provider in found]
    rows.append([tap(words.plain("ed.new_provider_as", name=typed[:50]), "ed.by.new")])
    return _screen(words, "ed.new_provider_which", rows)


def own_providers_screen(words: Words, found: Sequence[Provider]) -> Screen:
    """For which of their own is it?"""
    return _screen(
        words, "ed.new_provider_which", [[tap(each.name[:60], "ed.by", each.id)] for each in found]
    )


def place_screen(words: Words, names: Sequence[str]) -> Screen:
    """Where does it take place?"""
    buttons = [tap(name, "ed.at", str(number)) for number, name in enumerate(names)]
    return _screen(words, "ed.new_place", in_rows(buttons, 2), edit=True)


def when_screen(words: Words, message: Message | None = None) -> Screen:
    """When does it take place?"""
    rows = [[tap(words.plain("ed.new_by_appointment"), "ed.when.none")]]
    return _screen(
        words, "ed.new_when", rows, message=message, hint=words("ed.series_hint"), edit=message is None
    )


def phone_screen(words: Words, message: Message | None = None) -> Screen:
    """Which telephone number?"""
    rows = [[tap(words.plain("ed.skip"), "ed.phone.none")]]
    return _screen(words, "ed.new_phone", rows, message=message)


def _screen(
    words: Words,
    question: str,
    rows: Sequence[Sequence[Button]],
    *,
    message: Message | None = None,
    hint: Markup | None = None,
    edit: bool = False,
) -> Screen:
    text = lines(problem(words, message), bold(words(question)), hint)
    return Screen(text, [*rows, cancel_row(words, "ed.stop")], edit=edit)
