"""Buttons for choosing a day, and the sentence for a typed one that cannot be read."""

from datetime import date, timedelta

from markupsafe import Markup

from agreements.office import next_working_day
from agreements.rules import months_later
from bot.screens import Button, tap
from bot.views.parts import in_rows
from i18n import dates as spoken
from i18n.messages import Message, Words

WORKING_DAYS = 6


def due_rows(words: Words, route: str, today: date, *args: str) -> list[list[Button]]:
    """In three days, a week, two weeks, a month, three months; a tap is `route:*args:<ISO date>`."""
    days = (
        ("date.in_3_days", today + timedelta(days=3)),
        ("date.in_1_week", today + timedelta(weeks=1)),
        ("date.in_2_weeks", today + timedelta(weeks=2)),
        ("date.in_1_month", months_later(today, 1)),
        ("date.in_3_months", months_later(today, 3)),
    )
    return [
        [tap(f"{words.plain(key)} · {spoken.short_day(day, words.language)}", route, *args, day.isoformat())]
        for key, day in days
    ]


def working_day_rows(words: Words, route: str, today: date, *args: str) -> list[list[Button]]:
    """The next working days, two in a row; a tap is `route:*args:<ISO date>`."""
    buttons: list[Button] = []
    day = today
    for _ in range(WORKING_DAYS):
        day = next_working_day(day)
        buttons.append(tap(spoken.short_day(day, words.language), route, *args, day.isoformat()))
    return in_rows(buttons, 2)


def problem(words: Words, message: Message | None) -> Markup | None:
    """Why what was typed cannot be taken, as a line above the question that is asked again."""
    return Markup("⚠️ {}").format(words.render(message)) if message else None
