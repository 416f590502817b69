"""How answers become HTML: one Jinja environment whose templates speak through the catalogues."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from agreements import rules
from desk.turn import Answer, File, Go, Page, Turn
from i18n import dates, phrases
from i18n.languages import LANGUAGES, name_in
from i18n.messages import Message, words

HERE = Path(__file__).parent
STATIC = HERE / "static"
_NAVIGATION = (
    ("today", "/", "list_clients"),
    ("clients", "/clients", "list_clients"),
    ("messages", "/messages", "list_clients"),
    ("meetings", "/meetings", "help_others"),
    ("catalogue", "/catalogue", "keep_catalogue"),
    ("translations", "/translations", "review_translation"),
    ("figures", "/figures", "see_figures"),
    ("roadmap", "/roadmap", "see_figures"),
    ("team", "/team", "see_team"),
    ("people", "/people", "manage_accounts"),
    ("settings", "/settings", "keep_settings"),
)
_IN_THE_BAR = 7
"""So many fit into one line; whoever may go to more finds the rest in the menu of the account."""


@cache
def version() -> str:
    """A short name of what is in `static`: a new one makes browsers fetch it anew."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@cache
def environment() -> Environment:
    """The templates; a name that is not given is an error, not nothing."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        enable_async=False,
        auto_reload=False,
    )
    made.filters.update(
        day=dates.day,
        short_day=dates.short_day,
        local_date=rules.today,
        month=dates.month,
        moment=_moment,
        clock=_clock,
        language=name_in,
        text=_text,
    )
    made.globals.update(version=version(), languages=LANGUAGES, phrase=_phrase)
    return made


def respond(turn: Turn, answer: Answer) -> Response:
    """The HTTP response for what a handler returned."""
    match answer:
        case Page():
            response = HTMLResponse(html(turn, answer.template, answer.values), status_code=answer.status)
            if turn.request.method == "POST":
                # Nobody can go back to where a form was sent: the browser keeps an address that can be asked for.
                response.headers["hx-push-url"] = answer.address or "false"
            return response
        case Go():
            done = f"{'&' if '?' in answer.path else '?'}done={answer.done}" if answer.done else ""
            path, _, mark = answer.path.partition("#")
            return RedirectResponse(path + done + (f"#{mark}" if mark else ""), status_code=303)
        case File():
            headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(answer.name)}"}
            return Response(answer.content, media_type=answer.media_type, headers=headers)
        case _:
            return answer


def html(turn: Turn, template: str, values: Mapping[str, Any]) -> str:
    """A template in the language of the turn."""
    permissions = turn.services.people.accessor.allowed(turn.actor) if turn.signed else frozenset()
    done = f"desk.done.{turn.query('done')}" if turn.query("done") else ""
    return (
        environment()
        .get_template(template)
        .render(
            words=turn.words,
            turn=turn,
            house=turn.house,
            signed=turn.signed,
            may=permissions,
            csrf=turn.token,
            now=turn.now,
            path=turn.request.url.path,
            navigation=_navigation(permissions),
            in_bar=_IN_THE_BAR,
            done=turn.words(done) if done and turn.words.has(done) else "",
            **values,
        )
    )


def _navigation(permissions: Collection[str]) -> list[tuple[str, str]]:
    """Where a role can go; whoever keeps the catalogue finds its translations there."""
    hidden = {"translations"} if "keep_catalogue" in permissions else set()
    return [
        (name, path) for name, path, needed in _NAVIGATION if needed in permissions and name not in hidden
    ]


def _phrase(phrase_id: str, slots: Mapping[str, str], language: str) -> Markup:
    return words(language).render(phrases.message(phrase_id, slots, language))


def _moment(value: datetime, language: str) -> str:
    local = value.astimezone(dates.BERLIN)
    return f"{dates.short_day(local.date(), language)}, {dates.clock(local.time())}"


def _clock(value: datetime) -> str:
    return dates.clock(value.astimezone(dates.BERLIN).time())


def _text(message: Message, reader: str) -> Markup:
    return words(reader).render(message)
