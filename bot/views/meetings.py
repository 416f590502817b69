"""Views of meetings: which are coming, one date with its answers, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines, page_of, page_row, with_home
from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.messages import Message, Words
from offers import facts
from offers.meetings.types import MeetingDate, Seen
from offers.types import Occurrence

_NUMBERS = (*range(2, 13), 15, 20, 25, 30, 40)


def ref(found: MeetingDate) -> str:
    """A date in a button or a push."""
    return f"{found.meeting.id}.{found.day:%Y%m%d}"


def list_screen(words: Words, found: Sequence[Seen], page: int, *, keeper: bool, unsaid: int = 0) -> Screen:
    """The dates that are coming, a button each; whoever keeps meetings can enter one, and say of `unsaid` past ones what became of them."""
    shown, page, pages = page_of(found, page)
    rows = [[tap(_label(words, seen), "mt", ref(seen.date))] for seen in shown]
    rows.append(page_row(words, "mt.list", page, pages))
    if unsaid:
        rows.append([tap(f"{words.plain('meeting.held_ask')} ({unsaid})", "mt.past", "0")])
    if keeper:
        rows.append([tap(words.plain("meeting.new"), "mt.new")])
    rows.append([tap(words.plain("button.back"), "vo")])
    text = bold(words("meeting.title")) if found else words("meeting.none")
    return Screen(text, with_home(words, [row for row in rows if row]), edit=True)


def past_screen(words: Words, found: Sequence[Seen], page: int) -> Screen:
    """Dates that are over and of which nobody has said anything, a button each."""
    shown, page, pages = page_of(found, page)
    rows = [[tap(_label(words, seen), "mt", ref(seen.date))] for seen in shown]
    rows += [page_row(words, "mt.past", page, pages), [tap(words.plain("button.back"), "mt.list", "0")]]
    return Screen(bold(words("meeting.held_ask")), with_home(words, [row for row in rows if row]), edit=True)


def date_screen(
    words: Words, seen: Seen, now: datetime, *, told: int | None = None, edit: bool = False
) -> Screen:
    """One date: what, when, where, how many come; its buttons follow from what it is and who looks."""
    found, over = seen.date, seen.date.starts_at <= now
    where = ", ".join(filter(None, (found.meeting.location, found.meeting.place)))
    text = lines(
        Markup("🤝 {}").format(bold(words("meeting.kind." + found.meeting.kind.value))),
        when(words, found),
        Markup("📍 {}").format(isolate(where)),
        None if over else Markup("👥 {}").format(words("meeting.coming", number=str(seen.coming))),
        _became(words, found) if over else None,
        Markup("✉️ {}").format(words("meeting.told", number=str(told))) if told is not None else None,
        bold(words("meeting.held_ask")) if over and seen.keeper and found.change.held is None else None,
    )
    rows = _after(words, seen) if over else [*_answers(words, seen), *_keeping(words, seen)]
    rows.append([tap(words.plain("button.back"), "mt.list", "0")])
    return Screen(text, with_home(words, rows), edit=edit)


def end_screen(words: Words, found: MeetingDate) -> Screen:
    """Does the series end?"""
    rows = [
        [tap(words.plain("message.yes"), "mt.end.yes", ref(found)), tap(words.plain("message.no"), "mt", ref(found))]
    ]  # fmt: skip
    return Screen(lines(_head(words, found), bold(words("meeting.end_sure"))), rows, edit=True)


def people_screen(words: Words, found: MeetingDate, message: Message | None = None) -> Screen:
    """How many came?"""
    buttons = [tap(str(number), "mt.were", ref(found), str(number)) for number in _NUMBERS]
    text = lines(
        Markup("⚠️ {}").format(words.render(message)) if message else None,
        _head(words, found),
        bold(words("meeting.people_ask")),
    )
    return Screen(text, with_home(words, in_rows(buttons, 6)), edit=message is None)


def when(words: Words, found: MeetingDate) -> Markup:
    """When it takes place; that it was cancelled or moved is said with the old day."""
    planned = facts.date_line(words, Occurrence(found.planned_at, found.planned_at))
    if found.change.cancelled:
        return words("dates.cancelled", day=planned)
    if found.change.moved_to is not None:
        to = facts.date_line(words, Occurrence(found.starts_at, found.starts_at))
        return words("dates.moved", day=planned, to=to)
    return Markup("🕒 {}").format(spoken.moment(found.starts_at, words.language))


def _head(words: Words, found: MeetingDate) -> Markup:
    return lines(words("meeting.kind." + found.meeting.kind.value), when(words, found))


def _label(words: Words, seen: Seen) -> str:
    found = seen.date
    mark = "❌" if found.change.cancelled else "✅" if seen.answer else "🤝"
    start = found.starts_at
    day = facts.date_line(words, Occurrence(start, start))
    return f"{mark} {day} · {found.meeting.place}"[:60]


def _answers(words: Words, seen: Seen) -> list[list[Button]]:
    which = ref(seen.date)
    if seen.date.change.cancelled:
        return []
    come, cannot = words.plain("meeting.come"), words.plain("own.cannot_come")
    return [
        [
            tap(f"• {come} •" if seen.answer else come, "mt.come", which, "yes"),
            tap(f"• {cannot} •" if seen.answer is False else cannot, "mt.come", which, "no"),
        ],
        [tap(words.plain("own.calendar"), "mt.ics", which)],
    ]


def _keeping(words: Words, seen: Seen) -> list[list[Button]]:
    which = ref(seen.date)
    if not seen.keeper:
        return []
    rows = [[tap(words.plain("meeting.move"), "mt.move", which)]]
    if seen.date.change.cancelled or seen.date.change.moved_to is not None:
        rows[0].append(tap(words.plain("meeting.restore"), "mt.off", which, "on"))
    if not seen.date.change.cancelled:
        rows[0].append(tap(words.plain("meeting.cancel"), "mt.off", which, "off"))
    if seen.date.meeting.schedule.freq != "ONCE":
        rows.append([tap(words.plain("meeting.end"), "mt.end", which)])
    return rows


def _after(words: Words, seen: Seen) -> list[list[Button]]:
    """Buttons of a date that is over: what was said can be said anew."""
    which = ref(seen.date)
    if not seen.keeper:
        return []
    return [
        [
            tap(words.plain("message.yes"), "mt.was", which, "yes"),
            tap(words.plain("message.no"), "mt.was", which, "no"),
        ]
    ]


def _became(words: Words, found: MeetingDate) -> Markup | None:
    held, number = found.change.held, found.change.people
    if held is None:
        return None
    if not held:
        return words("meeting.not_held")
    return words("meeting.was_held", number="–" if number is None else str(number))
