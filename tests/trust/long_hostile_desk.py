"""S4 at the desk: every naughty string into every field of every form, found on the pages and in the code, as a browser sends it."""

import io
import logging
import re
from urllib.parse import quote

import pytest

from delivery.limits import Limits
from desk.pages.table import ROUTES
from tests.desk.test_rights import FORMS, Cast, cast
from tests.desk.world import Visitor
from tests.trust import naughty
from tests.trust.forms import Form, forms, read_in_code, route_of
from tests.trust.promise import LONG, held

__all__ = ["cast"]

# What no page of the world of these tests shows, but the code reads: a field here is tried on the route named beside it.
HIDDEN = {
    "POST /sign-in": ("name", "password", "digits", "to"),
    "POST /locked": ("password", "digits", "to"),
    "POST /welcome/{code}": ("password", "again", "digits"),
    "POST /clients/import": ("file", "write"),
    "POST /catalogue/import": ("files", "write"),
    "GET /sign-in": ("to", "error"),
    "GET /sign-in/back": ("code", "state", "error"),
    "GET /clients/new": ("done",),
    "GET /phrase/slots": ("phrase",),
    "GET /phrase/preview": (
        "phrase",
        "slot_place",
        "slot_date",
        "slot_time",
        "slot_paper",
        "slot_office",
        "to",
    ),
    "GET /figures": ("from", "until", "month"),
}
# Who signs out, ends the account or hands the cases over cannot go on trying.
LEFT_OUT = {"POST /sign-out", "POST /me/sessions", "POST /people/{account_id}/close"}
MARKS = (
    "<script>alert",
    "<img src=x",
    "<svg><script",
    "<iframe src=//x",
    "onerror=alert(24)>",
    "<base href=//x",
)


@pytest.fixture
def errors() -> io.StringIO:
    """What the desk logs as an error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setLevel(logging.ERROR)
    logging.getLogger().addHandler(handler)
    return stream


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address may ask as often as it likes: it is not the limit that is tried here."""
    monkeypatch.setattr(Limits, "allows", lambda *_args: True)


def strings(turn: int) -> tuple[str, ...]:
    return naughty.EVERY if LONG else naughty.of_each(turn)


async def _found(cast: Cast) -> dict[str, Form]:
    """The form of every route that some page shows, and the values that make the rest of it good."""
    found: dict[str, Form] = {}
    visitors = [await cast.desk.signed_in(cast.actors[name].id) for name in ("owner", "lead", "admin")]
    for route in ROUTES:
        if route.method != "GET" or route.name in ("GET /live", "GET /sign-in/sso"):
            continue
        for visitor in visitors:
            page = (await visitor.get(cast.path(route))).text
            for form in forms(page):
                where = route_of(form.method, form.action or cast.path(route))
                if where is not None:
                    old = found.setdefault(where.name, Form(where.method, form.action or cast.path(route)))
                    old.fields |= form.fields
    for name, fields in HIDDEN.items():
        method, path = name.split(" ")
        form = found.setdefault(name, Form(method, re.sub(r"{(\w+)}", lambda m: cast.ids[m.group(1)], path)))
        form.fields |= {field: form.fields.get(field, "") for field in fields}
    for name, values in FORMS.items():
        if name in found:
            found[name].fields |= {key: value.format(n=1, **cast.ids) for key, value in values.items()}
    for form in found.values():
        form.fields.pop("csrf", None)
    return {name: form for name, form in found.items() if form.fields and name not in LEFT_OUT}


async def test_no_field_of_the_code_is_forgotten(cast: Cast, patient: None) -> None:
    """A field that the code reads and no form shows must be listed in HIDDEN, so that it is tried too."""
    shown = {name for form in (await _found(cast)).values() for name in form.fields}
    assert set(read_in_code()) - shown - {"csrf"} == set()
    assert len(shown) >= 40


async def _send(visitor: Visitor, form: Form, fields: dict[str, str]) -> tuple[int, str]:
    """As a browser would, and with lone surrogates as no browser would."""
    body = "&".join(
        f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}"
        for name, value in fields.items()
    )
    if form.method == "GET":
        answer = await visitor.http.get(f"{form.action.split('?')[0]}?{body[:60_000]}")
    else:
        body += f"&csrf={visitor.csrf}"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await visitor.http.post(form.action, content=body.encode(), headers=headers)
    return answer.status_code, answer.text


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_naughty_text_into_every_field(cast: Cast, patient: None, errors: io.StringIO) -> None:
    found = await _found(cast)
    by = {name: await cast.desk.signed_in(cast.actors[name].id) for name in ("owner", "lead", "admin")}
    tried, turn, answers, wrong = 0, 0, dict.fromkeys(("2", "3", "4"), 0), []
    for name, form in sorted(found.items()):
        visitor = by["admin" if "/people" in name else "lead" if "/team" in name else "owner"]
        for field in form.fields:
            turn += 1
            for text in strings(turn):
                status, page = await _send(visitor, form, form.fields | {field: text})
                tried += 1
                answers[str(status)[0]] = answers.get(str(status)[0], 0) + 1
                if status >= 500 or any(mark in page for mark in MARKS):
                    wrong.append((name, field, ascii(text[:60]), status))
    fields = sum(len(form.fields) for form in found.values())
    held(
        "S4",
        f"{len(strings(0))} strings × {fields} fields of {len(found)} forms of the desk",
        f"{fields * len(strings(0)):,} inputs, 0 exceptions, nothing of it as markup",
        f"{tried:,} inputs, wrong {len(wrong)} {wrong[:3] or ''}",
        not wrong and tried >= fields * len(strings(0)) and "desk.failed" not in errors.getvalue(),
    )
    assert answers["2"] > 0, "some of it was taken, so that the pages showed it"
    assert answers.get("4", 0) > 0, "some of it was refused"


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_what_is_kept_of_a_client_is_what_was_typed(cast: Cast, patient: None) -> None:
    """Round trip of the free texts of a file, over the form and back through the use case."""
    visitor = await cast.desk.signed_in(cast.actors["owner"].id)
    core, owner, client = cast.desk.lotse.core, cast.actors["owner"], cast.ids["client_id"]
    path, before, checked, kept = f"/clients/{client}/interview", "", 0, 0
    for turn in range(1 if LONG else 4):
        for text in strings(turn):
            await _send(visitor, Form("POST", path), {"profession": text})
            async with core.database.read() as tx:
                now = (await core.cases.files.record(tx, owner, client)).profession
            expected = naughty.in_a_cell(text)
            if expected is None or len(expected) > 100:
                expected = before
            assert now == expected, (ascii(text[:60]), ascii(now[:60]))
            checked, kept, before = checked + 1, kept + (now != before), now
    wanted = len(strings(0)) * (1 if LONG else 4)
    held(
        "S4",
        "round trip of a free text of the file",
        f"{wanted} equal",
        f"{checked} equal, {kept} kept",
        kept > wanted / 4,
    )
