"""The view of when messages may come and how often somebody is reminded; what is chosen now is marked."""

from dataclasses import replace
from datetime import time

from agreements.reminding.types import Often, OwnTimes
from agreements.reminding.wishing import HOURS, hours_of
from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines
from i18n import dates
from i18n.bidi import isolate
from i18n.messages import Words


def beside(words: Words, settings: Screen) -> Screen:
    """The settings with the way to the times of messages, above the way home."""
    rows = [*settings.rows[:-1], [tap(words.plain("settings.times"), "times")], *settings.rows[-1:]]
    return replace(settings, rows=rows)


def times_screen(words: Words, own: OwnTimes, night: tuple[time, time]) -> Screen:
    """Hours, Sundays, and for whoever is reminded how often; `night` is from when until when the house is quiet."""
    now = hours_of(own.quiet)
    hours = [
        tap(_marked(_span(code, night), code == now), "times.at", str(at)) for at, code in enumerate(HOURS)
    ]
    off = own.quiet.sundays
    sundays = tap(_marked(words.plain("times.sundays"), off), "times.sun", "on" if off else "off")
    rows: list[list[Button]] = [*in_rows(hours, 2), [sundays]]
    if own.reminded:
        often = [
            tap(_marked(words.plain("times." + how.value), how is own.often), "times.often", how.value)
            for how in Often
        ]
        rows += in_rows(often, 1)
    rows.append([tap(words.plain("button.back"), "settings")])
    text = lines(bold(words("times.hours")), "", words("times.often") if own.reminded else None)
    return Screen(text, rows, edit=True)


def _span(code: str, night: tuple[time, time]) -> str:
    """From when until when messages come, the other way round from what is quiet."""
    begins, ends = night[1], night[0]
    if code:
        start, _, end = code.partition("-")
        begins, ends = time(int(end[:2]), int(end[2:])), time(int(start[:2]), int(start[2:]))
    return isolate(f"🕰 {dates.clock(begins)}–{dates.clock(ends)}")


def _marked(label: str, chosen: bool) -> str:
    return f"✅ {label}" if chosen else label
