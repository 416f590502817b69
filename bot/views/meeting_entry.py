"""Questions for entering a meeting or moving one of its dates, one a screen, and the check before it is kept."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines
from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.messages import Message, Words
from offers import dates, places
from offers.meetings import calendar
from offers.meetings.types import MeetingKind, NewMeeting, Rhythm

_DAYS = 14
_HOURS = range(9, 21)
_NEXT = 3
_QUESTION = {"place": "filter.place"}


def step_screen(
    words: Words,
    step: str,
    data: Mapping[str, Any],
    today: date,
    *,
    message: Message | None = None,
    series: NewMeeting | None = None,
) -> Screen:
    """The question of a step; `series` is what the check shows."""
    rows = _buttons(words, step, today)
    text = lines(
        Markup("⚠️ {}").format(words.render(message)) if message else None,
        *(_told(words, series) if series else ()),
        bold(words(_QUESTION.get(step, f"meeting.ask.{step}"))),
    )
    way_out = [tap(words.plain("helper.cancel"), "mt.stop")]
    if set(data) - {"ref"}:
        way_out.insert(0, tap(words.plain("button.back"), "mt.back"))
    return Screen(text, [*rows, way_out], edit=message is None)


def _buttons(words: Words, step: str, today: date) -> list[list[Button]]:
    if step == "check":
        return [[tap(words.plain("helper.save"), "mt.save")]]
    per_row = {"place": 2, "day": 2, "time": 4}.get(step, 1)
    answers = ((tap(label, "mt.set", step, code)) for label, code in _answers(words, step, today))
    return in_rows(answers, per_row)


def _answers(words: Words, step: str, today: date) -> list[tuple[str, str]]:
    """What can be tapped, with what the tap sends."""
    coming = [today + timedelta(days=ahead) for ahead in range(_DAYS)]
    every: Mapping[str, list[tuple[str, str]]] = {
        "what": [(words.plain("meeting.kind." + kind.value), kind.value) for kind in MeetingKind],
        "place": [(name, str(at)) for at, name in enumerate(places.load().names)],
        "where": [(words.plain("helper.skip"), "none")],
        "day": [(spoken.short_day(day, words.language), day.isoformat()) for day in coming],
        "time": [(f"{hour:02}:00", f"{hour:02}00") for hour in _HOURS],
        "rhythm": [(words.plain("meeting.rhythm." + each.value), each.value) for each in Rhythm],
    }
    return every[step]


def _told(words: Words, new: NewMeeting) -> list[Markup | str]:
    series = calendar.schedule(new.first, new.opens_at, new.rhythm)
    coming = [
        day
        for day in dates.days(series, new.first, new.first + timedelta(days=120))
        if not dates.skipped(series, day)
    ]
    said = " · ".join(spoken.short_day(day, words.language) for day in coming[:_NEXT])
    where = ", ".join(filter(None, (new.location, new.place)))
    return [
        Markup("🤝 {}").format(words("meeting.kind." + new.kind.value)),
        Markup("🔁 {} · {}").format(words("meeting.rhythm." + new.rhythm.value), new.opens_at),
        Markup("📅 {}").format(said),
        Markup("📍 {}").format(isolate(where)),
        "",
    ]
