"""The table of routes: in order, complete, each name once, and every handler behind the same guard."""

import inspect
import re

from telegram.ext import CallbackQueryHandler, CommandHandler

from bot import dialogues
from bot.commands import describe
from bot.routes import RouteKind, build_handlers
from bot.table import ROUTES
from bot.views.pushes import PUSH_VIEWS
from delivery.types import Push
from i18n.languages import LANGUAGES
from i18n.messages import words

TAPS = [route for route in ROUTES if route.kind is RouteKind.TAP]
# The longest id is 22 characters: 128 random bits in base64.
LONGEST_ID = 22


def test_every_name_once_in_its_kind() -> None:
    names = [(route.kind, route.name) for route in ROUTES]
    assert len(names) == len(set(names))


def test_every_route_says_what_it_does() -> None:
    for route in ROUTES:
        assert route.what, route.name
        assert not route.what.endswith("."), route.name
        assert inspect.iscoroutinefunction(route.handler), route.name


def test_a_handler_takes_the_turn_and_what_its_route_names() -> None:
    for route in ROUTES:
        given = inspect.signature(route.handler).parameters.values()
        needed = [parameter for parameter in given if parameter.default is parameter.empty]
        assert len(needed) <= 1 + route.args <= len(given), route.name


def test_every_route_leads_to_a_handler_and_no_other_takes_its_taps() -> None:
    handlers = build_handlers(ROUTES)
    assert len(handlers) == sum(route.kind is not RouteKind.LINK for route in ROUTES)
    patterns = [
        re.compile(handler.pattern) for handler in handlers
        if isinstance(handler, CallbackQueryHandler) and isinstance(handler.pattern, str | re.Pattern)
    ]  # fmt: skip
    assert len(patterns) == len(TAPS)
    for route in TAPS:
        data = ":".join([route.name, *(["x"] * route.args)])
        assert sum(bool(pattern.match(data)) for pattern in patterns) == 1, data


def test_texts_come_after_everything_that_is_more_exact() -> None:
    kinds = [route.kind for route in ROUTES]
    for general in (RouteKind.TEXT, RouteKind.MEDIA):
        place = kinds.index(general)
        assert RouteKind.COMMAND not in kinds[place:]
        assert RouteKind.TAP not in kinds[place:]
    assert kinds.index(RouteKind.TEXT) < kinds.index(RouteKind.MEDIA)


def test_names_are_short_enough_for_the_ids_behind_them() -> None:
    for route in TAPS:
        assert re.fullmatch(r"[a-z]+(\.[a-z]+)*", route.name), route.name
        if route.args:
            assert len(route.name) + 1 + LONGEST_ID <= 64, route.name


def test_every_command_is_described_in_every_language() -> None:
    commands = {
        name
        for handler in build_handlers(ROUTES)
        if isinstance(handler, CommandHandler)
        for name in handler.commands
    }
    assert {"start", "menu", "stop", "delete", "privacy", "language"} <= commands
    for language in LANGUAGES:
        for name in commands - {"start"}:
            assert 1 <= len(describe(name, language)) <= 256


def test_every_push_opens_a_route() -> None:
    assert set(PUSH_VIEWS) == set(Push)
    taps = {route.name for route in TAPS}
    for name, view in PUSH_VIEWS.items():
        # What has closed by itself opens with the very tap that opened it before.
        known = "goal:" if name == "closed" else ""
        screen = view(words("en"), known + "R" * LONGEST_ID)
        [[button]] = screen.rows
        assert button.data.partition(":")[0] in taps, name
        assert "R" not in str(screen.text), "a push says that there is news, and not a word more"


def test_every_dialogue_step_is_a_handler() -> None:
    for step in dialogues.DIALOGUES.values():
        assert inspect.iscoroutinefunction(step)
        assert len(inspect.signature(step).parameters) == 1
