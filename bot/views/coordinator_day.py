"""Views of the coordinator's day, of offers that fit a client, and of the team's numbers."""

from collections.abc import Sequence

from markupsafe import Markup

from agreements.day.types import DayLine, LineKind
from agreements.placements.types import Match, Reason
from agreements.team.types import TeamNumbers
from agreements.types import Appointment, Client
from bot.screens import Button, Screen, tap
from bot.views.coordinator_parts import back_row, case, menu_row
from bot.views.parts import bold, in_rows, lines, page_of, page_row
from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.messages import Words
from offers.facts import title

ICONS = {
    LineKind.CALL: "🙋",
    LineKind.REQUEST: "📥",
    LineKind.WISH: "💡",
    LineKind.SETTLE: "⏳",
    LineKind.ERASURE: "🗑",
    LineKind.UNANSWERED: "💬",
    LineKind.OVERDUE: "⏰",
    LineKind.DUE: "🎯",
    LineKind.TASK: "✍️",
    LineKind.CALL_LIST: "📞",
    LineKind.EDUCATION: "🎓",
    LineKind.SILENT: "🤫",
}
_OPENS = {
    **dict.fromkeys((LineKind.CALL, LineKind.REQUEST, LineKind.WISH), "rq"),
    **dict.fromkeys((LineKind.UNANSWERED, LineKind.OVERDUE, LineKind.DUE), "ms"),
}
"""Where the button of a line leads, if not to the case."""
_FITS = {True: "✅", False: "⚠️", None: "▫️"}


def day_screen(words: Words, found: Sequence[DayLine], page: int, *, digest: bool) -> Screen:
    """What waits, worst first, by case number."""
    shown, page, pages = page_of(found, page)
    text = lines(
        bold(words("cw.day.title")),
        *(["", *(_line(words, line) for line in shown)] if shown else [words("cw.day.nothing")]),
    )
    ask = tap(
        words.plain("cw.day.digest_off" if digest else "cw.day.digest_on"),
        "day.digest",
        "off" if digest else "on",
    )
    rows = [*in_rows((_button(line) for line in shown), 2), page_row(words, "day", page, pages)]
    more = [tap(words.plain("cw.away.button"), "me"), tap(words.plain("cw.many.button"), "cm")]
    return Screen(text, [*rows, [ask], more, menu_row(words)], edit=True)


def team_screen(words: Words, numbers: TeamNumbers) -> Screen:
    """How the team stands, without who the clients are."""
    counted = ("clients", "linked", "unreachable", "waiting", "stale", "overdue", "education_due")
    said = (words(f"cw.team.{name}", number=str(getattr(numbers, name))) for name in counted)
    return Screen(lines(bold(words("cw.team.title")), "", *said), [menu_row(words)], edit=True)


def matches_screen(words: Words, client: Client, found: Sequence[Match]) -> Screen:
    """Offers for a client, each with why it fits, suggested by a tap."""
    text = lines(
        Markup("👤 {}").format(bold(case(client.case_number))),
        words("cw.fit.title" if found else "cw.fit.nothing"),
        *(line for number, match in enumerate(found, 1) for line in _match(words, number, match)),
    )
    buttons = [
        tap(f"💡 {number}", "fit.say", client.id, match.hit.offer.id)
        for number, match in enumerate(found, 1)
        if match.placement is None
    ]
    return Screen(text, [*in_rows(buttons, 5), back_row(words, "cl", client.id)], edit=True)


def suggested_screen(words: Words, client: Client, *, told: bool) -> Screen:
    """The suggestion is made."""
    key = "cw.fit.told" if told else "cw.fit.not_told"
    return Screen(words(key, case=case(client.case_number)), [back_row(words, "fit", client.id)], edit=True)


def _line(words: Words, line: DayLine) -> Markup:
    parts = [
        Markup("{} <b>{}</b>").format(ICONS[line.kind], case(line.client.case_number)),
        words("cw.day." + line.kind.value, day=spoken.short_day(line.on, words.language)),
    ]
    if line.stale:
        parts.append(Markup("❗️ {}").format(words("cw.day.stale", count=line.stale)))
    if line.late:
        parts.append(Markup("❗️ {}").format(words("desk.day.what_overdue")))
    if line.as_deputy:
        parts.append(words("cw.day.deputy"))
    return Markup(" · ").join(parts)


def _button(line: DayLine) -> Button:
    label = f"{ICONS[line.kind]} {line.client.case_number}"
    route = _OPENS.get(line.kind)
    if line.kind is LineKind.SETTLE:
        route = "ap" if isinstance(line.about, Appointment) else "ms"
    if route is not None and line.subject_id is not None:
        return tap(label, route, line.subject_id)
    return tap(label, "cl", line.client.id)


def _match(words: Words, number: int, match: Match) -> list[Markup | str]:
    offer = match.hit.offer
    head = Markup("{}. <b>{}</b> · {}").format(number, title(words, offer), isolate(offer.name))
    said = [_reason(words, reason) for reason in match.reasons if reason.fits is not None]
    when = match.next_date.starts_at.date() if match.next_date else None
    if when is not None:
        said.append(Markup("📅 {}").format(spoken.short_day(when, words.language)))
    if match.placement is not None:
        said.append(Markup("📌 {}").format(words("cw.placement." + match.placement.status.value)))
    return ["", head, Markup(" · ").join(said)]


def _reason(words: Words, reason: Reason) -> Markup:
    return Markup("{} {}").format(_FITS[reason.fits], words("cw.fit." + reason.aspect.value))
