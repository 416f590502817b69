"""Views of absence and deputies on the coordinator's phone."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from agreements.day.types import StaffSettings
from bot.screens import Screen, tap
from bot.views.coordinator_parts import back_row
from bot.views.parts import bold, in_rows, lines
from i18n import dates as spoken
from i18n.messages import Words

AWAY_DAYS = (1, 3, 7, 14, 21)


def away_screen(
    words: Words,
    settings: StaffSettings,
    names: Mapping[str, str],
    deputies: Collection[str],
    of_all: Collection[str],
    today: date,
) -> Screen:
    """Until when somebody is away, and which colleagues see some of the own cases as well, or all of them and those that come."""
    until = settings.absent_until
    away = until is not None and until >= today
    text = lines(
        bold(words("cw.away.title")),
        words("cw.away.until", day=spoken.day(until, words.language))
        if away and until
        else words("cw.away.here"),
        words("cw.away.what"),
        "",
        bold(words("cw.deputy.title")),
        words("cw.deputy.what" if names else "cw.deputy.nobody"),
    )
    days = [today + timedelta(days=ahead) for ahead in AWAY_DAYS]
    buttons = [tap(spoken.short_day(day, words.language), "me.away", day.isoformat()) for day in days]
    back = [tap(words.plain("cw.away.back"), "me.away", "back")] if away else []
    colleagues = [
        tap(
            f"{'☑️' if person in of_all else '🔸' if person in deputies else '◻️'} {name}",
            "me.deputy",
            person,
            "off" if person in of_all else "on",
        )
        for person, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
    ]
    rows = [*in_rows(buttons, 3), back, *in_rows(colleagues, 1), back_row(words, "day", "today")]
    return Screen(text, rows, edit=True)
