"""Pieces that answering and making appointments share: buttons for a time, and what a client will read before it is sent."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from markupsafe import Markup

from agreements.types import Client
from bot.screens import Button, tap
from bot.views.parts import in_rows
from i18n import dates as spoken
from i18n.languages import SOURCE, name_in
from i18n.messages import Words
from i18n.messages import words as words_in

CLOCK = tuple(time(hour, minute) for hour in range(8, 18) for minute in (0, 30))[:-1]
"""The times that stand on buttons: every half hour of the working day."""
_IN_ROW = 4


def clock_rows(route: str, after: time | None = None) -> list[list[Button]]:
    """Half hours as buttons, later than `after`; a tap is `route:<HHMM>`."""
    shown = [moment for moment in CLOCK if after is None or moment > after]
    return in_rows((tap(f"{moment:%H:%M}", route, f"{moment:%H%M}") for moment in shown), _IN_ROW)


def today_row(words: Words, route: str, today: date) -> list[Button]:
    """Today as a button; a tap is `route:<ISO date>`."""
    label = f"{words.plain('ap.today')} · {spoken.short_day(today, words.language)}"
    return [tap(label, route, today.isoformat())]


def as_read(words: Words, client: Client, written: Callable[[Words], Markup]) -> list[Markup]:
    """What the client reads, in the client's language, and in German below."""
    heading = words("ms.shown_in", language=name_in(client.language, words.language))
    shown = [heading, Markup("<blockquote>{}</blockquote>").format(written(words_in(client.language)))]
    if client.language != SOURCE:
        shown.append(Markup("🇩🇪 <blockquote>{}</blockquote>").format(written(words_in(SOURCE))))
    return shown


def reach(client: Client) -> str:
    """Whether what is sent arrives: the end of a key."""
    if not client.linked:
        return "not_linked"
    return "told" if client.reachable and not client.paused else "not_reached"


def reminded(words: Words, times: Sequence[datetime]) -> list[Markup]:
    """When reminders go out; nothing where none do."""
    shown = [Markup("• {}").format(spoken.moment(at, words.language)) for at in times]
    return [Markup("🔔 {}").format(words("ms.told.reminders")), *shown] if shown else []


def numbered(items: Sequence[Markup]) -> list[Markup]:
    """Lines with their numbers from 1."""
    return [Markup("{}. {}").format(number, item) for number, item in enumerate(items, 1)]
