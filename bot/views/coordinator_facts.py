"""Views of the facts of a client's file that are a date or a code: nothing about a client is typed on a phone."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from agreements.files.types import Degree, Literacy, StatusGroup
from agreements.types import Client
from bot.screens import Button, Screen, tap
from bot.views.coordinator_parts import back_row, case
from bot.views.parts import bold, in_rows, lines
from i18n import dates as spoken
from i18n.messages import Words
from offers.types import LEVELS

DAYS_BACK = 8
CODES: Mapping[str, Sequence[str]] = {
    "german_level": LEVELS,
    "literacy": tuple(code.value for code in Literacy),
    "degree": tuple(code.value for code in Degree),
    "status_group": tuple(code.value for code in StatusGroup),
    "working_age": ("yes", "no"),
}
"""Fields that hold one of a few codes."""
FACTS = ("education_recorded_on", "competence_offered_on", "competence_done_on", *CODES)
"""Fields that can be set on the phone, in the order in which they are shown; the others are dates."""


def facts_screen(words: Words, client: Client, cells: Mapping[str, str]) -> Screen:
    """What is recorded, and a button for each fact."""
    text = lines(
        Markup("👤 {}").format(bold(case(client.case_number))),
        *(
            Markup("{}. {}: {}").format(number, words("desk.f." + name), _value(words, name, cells[name]))
            for number, name in enumerate(FACTS, 1)
        ),
        "",
        words("cw.facts.how"),
    )
    buttons = [
        tap(f"✏️ {number}", "fa.ask", client.id, str(number - 1)) for number in range(1, len(FACTS) + 1)
    ]
    return Screen(text, [*in_rows(buttons, 4), back_row(words, "cl", client.id)], edit=True)


def ask_screen(words: Words, client: Client, number: int, today: date) -> Screen:
    """One fact: its codes, or the days of the last week."""
    name = FACTS[number]
    values = CODES.get(name) or [(today - timedelta(days=back)).isoformat() for back in range(DAYS_BACK)]
    buttons = [_set(client, number, value, _value(words, name, value)) for value in values]
    clear = _set(client, number, "none", words.plain("cw.facts.clear"))
    text = lines(
        Markup("👤 {}").format(case(client.case_number)),
        bold(words("desk.f." + name)),
        None if name in CODES else words("cw.facts.earlier"),
    )
    return Screen(text, [*in_rows(buttons, 2), [clear], back_row(words, "fa", client.id)], edit=True)


def _set(client: Client, number: int, value: str, label: str) -> Button:
    return tap(label, "fa.set", client.id, str(number), value)


def _value(words: Words, name: str, cell: str) -> str:
    if not cell:
        return "–"
    if name == "german_level":
        return words.plain("level." + cell)
    if name in CODES:
        return words.plain(f"desk.c.{name}.{cell}")
    return spoken.day(date.fromisoformat(cell), words.language)
