"""Views of what clients ask for, on the coordinator's phone: the list, one request, an answer step by step, and what news opens."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from markupsafe import Markup

from agreements.answers import EFFECTS, EXTENDED, answers_for
from agreements.rules import FINAL, today
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Client,
    Milestone,
    Reminder,
    Request,
    RequestKind,
    RequestLine,
)
from bot.screens import Button, Screen, tap
from bot.views.coordinator_asking import as_read, clock_rows, numbered, reach, today_row
from bot.views.coordinator_dates import due_rows, problem, working_day_rows
from bot.views.coordinator_parts import back_row, cancel_row, case, menu_row
from bot.views.own import answer_screen, appointment_line, milestone_title
from bot.views.parts import bold, in_rows, lines, page_of, page_row
from i18n import dates as spoken
from i18n import phrases
from i18n.bidi import isolate, left_to_right
from i18n.messages import Message, Words
from offers.types import Offer

_SUGGESTIONS = 6


def list_screen(words: Words, waiting: Sequence[RequestLine], page: int, now: datetime) -> Screen:
    """What waits for an answer: calls for help first, then by age."""
    if not waiting:
        return Screen(
            words("rq.none"), [[tap(words.plain("menu.clients"), "cl.list")], menu_row(words)], edit=True
        )
    shown, page, pages = page_of(waiting, page)
    text = lines(
        bold(words("rq.title", count=len(waiting))),
        words("cl.page", page=page + 1, pages=pages) if pages > 1 else None,
        "",
        *numbered([_list_line(words, line, now) for line in shown]),
    )
    buttons = [
        tap(f"{number} · {line.client.case_number}", "rq", line.request.id)
        for number, line in enumerate(shown, 1)
    ]
    rows = [*in_rows(buttons, 2), page_row(words, "rq.page", page, pages), menu_row(words)]
    return Screen(text, rows, edit=True)


def request_screen(words: Words, line: RequestLine, offer: Offer | None, now: datetime) -> Screen:
    """What somebody asks for, about what, since when; the answers that fit best as buttons."""
    text = lines(
        *_request_lines(words, line, offer, now),
        *(("", words("rq.how")) if line.request.open else ()),
    )
    suggested = answers_for(line)[:_SUGGESTIONS] if line.request.open else ()
    answers = [[_answer_button(words, line, phrase)] for phrase in suggested]
    more = [[tap(words.plain("rq.button.more"), "rq.more", line.request.id)]] if answers else []
    return Screen(text, [*_deeds(words, line, now), *answers, *more, *_foot(words, line, offer)], edit=True)


def more_screen(
    words: Words, line: RequestLine, offer: Offer | None, group: phrases.Category, now: datetime
) -> Screen:
    """What is not suggested at once, of one kind; the other kinds are a tap away."""
    rest = [
        phrase for phrase in answers_for(line)[_SUGGESTIONS:] if phrases.PHRASES[phrase].category is group
    ]
    answers = [[_answer_button(words, line, phrase)] for phrase in rest]
    others = [
        tap(words.plain("rq.group." + other.value), "rq.group", line.request.id, other.value)
        for other in phrases.SAYINGS
        if other is not group
    ]
    title = bold(words("rq.group." + group.value))
    text = lines(*_request_lines(words, line, offer, now), "", title, words("rq.how"))
    return Screen(text, [*answers, others, back_row(words, "rq", line.request.id)], edit=True)


def date_screen(
    words: Words, line: RequestLine, phrase_id: str, day: date, message: Message | None = None
) -> Screen:
    """Which day? A button, or a typed date."""
    text = lines(
        _answering(words, line, phrase_id),
        problem(words, message),
        words("ms.until_when" if phrase_id == EXTENDED else "ap.which_day"),
        words("date.or_type"),
    )
    soon = [today_row(words, "rq.date", day), *working_day_rows(words, "rq.date", day)]
    rows = due_rows(words, "rq.date", day) if phrase_id == EXTENDED else soon
    return Screen(text, [*rows, _back(words)], edit=True)


def time_screen(
    words: Words,
    line: RequestLine,
    phrase_id: str,
    day: date,
    after: time | None,
    message: Message | None = None,
) -> Screen:
    """At what time? A button, or a typed time."""
    text = lines(
        _answering(words, line, phrase_id),
        Markup("📅 {}").format(spoken.day(day, words.language)),
        problem(words, message),
        words("ap.which_time"),
    )
    return Screen(text, [*clock_rows("rq.time", after), _back(words)], edit=True)


def papers_screen(words: Words, line: RequestLine, phrase_id: str) -> Screen:
    """Which paper?"""
    buttons = [tap(words.plain("paper." + paper), "rq.paper", paper) for paper in phrases.PAPERS]
    text = lines(_answering(words, line, phrase_id), words("ms.which_paper"))
    return Screen(text, [*in_rows(buttons, 1), _back(words)], edit=True)


def offices_screen(words: Words, line: RequestLine, phrase_id: str) -> Screen:
    """Which office?"""
    buttons = [tap(words.plain("office." + office), "rq.office", office) for office in phrases.OFFICES]
    text = lines(_answering(words, line, phrase_id), words("rq.which_office"))
    return Screen(text, [*in_rows(buttons, 1), _back(words)], edit=True)


def places_screen(
    words: Words, line: RequestLine, phrase_id: str, places: Sequence[str], first: Sequence[str]
) -> Screen:
    """Which place? Those that are likely stand first."""
    likely = [place for place in dict.fromkeys(first) if place in places]
    buttons = [
        tap(place, "rq.place", str(places.index(place)))
        for place in (*likely, *(place for place in places if place not in likely))
    ]
    text = lines(_answering(words, line, phrase_id), words("ms.which_place"))
    return Screen(text, [*in_rows(buttons, 2), _back(words)], edit=True)


def preview_screen(
    words: Words, line: RequestLine, phrase_id: str, slots: Mapping[str, str], mark: str
) -> Screen:
    """What the client will read, what comes true with it, and whether it arrives."""
    answered = replace(line.request, answer=phrase_id, answer_slots=slots)
    text = lines(
        Markup("👤 {}").format(case(line.client.case_number)),
        bold(words("ms.preview")),
        *as_read(words, line.client, lambda theirs: answer_screen(theirs, answered).text),
        Markup("⚙️ {}").format(words("rq.effect." + phrase_id)) if phrase_id in EFFECTS else None,
        Markup("✉️ {}").format(words("rq.reach." + reach(line.client))),
    )
    return Screen(text, [[tap(words.plain("rq.button.send"), "rq.send", mark)], _back(words)], edit=True)


def sent_screen(words: Words, line: RequestLine, now: datetime, waiting: Sequence[RequestLine]) -> Screen:
    """The answer is on its way; what is next."""
    arrives, number = reach(line.client), case(line.client.case_number)
    text = lines(
        Markup("{} {}").format("✅" if arrives == "told" else "❗️", words("rq.sent." + arrives, case=number)),
        "",
        *_request_lines(words, line, None, now),
    )
    following = (
        [tap(words.plain("rq.button.next", left=str(len(waiting))), "rq", waiting[0].request.id)]
        if waiting
        else []
    )
    return Screen(text, [*_deeds(words, line, now), following, *_foot(words, line, None)], edit=True)


def reminder_screen(
    words: Words, client: Client, reminder: Reminder, subject: Milestone | Appointment, now: datetime
) -> Screen:
    """A reminder that may not have arrived, and what it is about."""
    text = lines(
        Markup("👤 {}").format(bold(case(client.case_number))),
        Markup("📭 {}").format(words("news.reminder")),
        _subject(words, subject, now),
        Markup("ℹ️ {}").format(words("reminder.state." + reminder.state.value)),
        words("news.call"),
    )
    return Screen(text, [[_subject_button(words, subject)], _client_row(words, client)], edit=True)


def client_news(words: Words, client: Client, now: datetime) -> Markup:
    """What happened between a chat and its case."""
    number = case(client.case_number)
    if not client.linked:
        return Markup("✂️ {}").format(words("news.unlinked", case=number))
    if client.reachable and client.linked_at is not None and today(client.linked_at) == today(now):
        return Markup("🔗 {}").format(words("news.linked", case=number))
    return Markup("📭 {}").format(words("news.not_arrived", case=number))


def _list_line(words: Words, line: RequestLine, now: datetime) -> Markup:
    asked = spoken.short_day(today(line.request.created_at), words.language)
    late = "⏰ " if _late(line, now) else ""
    return Markup("{}<b>{}</b> · {} · {}").format(
        late, case(line.client.case_number), _what(words, line.request), asked
    )


def _late(line: RequestLine, now: datetime) -> bool:
    return line.answer_by is not None and today(now) > line.answer_by


def _what(words: Words, request: Request) -> Markup:
    kind = words("request.kind." + request.kind.value)
    return Markup("{}: {}").format(kind, words("help." + request.reason.value)) if request.reason else kind


def _request_lines(
    words: Words, line: RequestLine, offer: Offer | None, now: datetime
) -> list[Markup | str | None]:
    request, client = line.request, line.client
    subject = line.milestone or line.appointment
    asked = spoken.moment(request.created_at, words.language)
    return [
        Markup("👤 {}").format(bold(case(client.case_number))),
        bold(_what(words, request)),
        *(_asked_before(words, line.question) if line.question else ()),
        _subject(words, subject, now) if subject else None,
        words("instead." + request.instead.value) if request.instead else None,
        *(_offer_lines(words, offer) if offer else ()),
        Markup("🕒 {}").format(words("rq.asked", moment=asked)),
        *(_waits(words, line, now) if request.open else _answered(words, request)),
    ]


def _asked_before(words: Words, question: Request) -> list[Markup]:
    said = words.render(phrases.message(str(question.answer), question.answer_slots, words.language))
    return [words("rq.asked_before"), Markup("<blockquote>{}</blockquote>").format(said)]


def _waits(words: Words, line: RequestLine, now: datetime) -> list[Markup | None]:
    arrives = reach(line.client) == "told"
    return [
        _promised(words, line.answer_by, late=_late(line, now)) if line.answer_by else None,
        None if arrives else Markup("❗️ {}").format(words("rq.reach." + reach(line.client))),
    ]


def _promised(words: Words, by: date, *, late: bool) -> Markup:
    until = words("rq.promised", day=spoken.short_day(by, words.language))
    return Markup("{} {}").format("⏰" if late else "📨", until)


def _answered(words: Words, request: Request) -> list[Markup]:
    if request.answer is None:
        return [Markup("➖ {}").format(words("rq.closed" if request.answered_by else "rq.withdrawn"))]
    said = words.render(phrases.message(request.answer, request.answer_slots, words.language))
    when = spoken.moment(request.answered_at, words.language) if request.answered_at else ""
    return [
        Markup("✅ {}").format(words("rq.answered", moment=when)),
        Markup("<blockquote>{}</blockquote>").format(said),
    ]


def _subject(words: Words, subject: Milestone | Appointment, now: datetime) -> Markup:
    if isinstance(subject, Appointment):
        return Markup("📅 {}").format(appointment_line(words, subject))
    late = "⏰" if subject.due_on < today(now) and subject.status not in FINAL else "🎯"
    until = words("own.until", day=spoken.day(subject.due_on, words.language))
    status = words("milestone.status." + subject.status.value)
    return Markup("{} {}\n📅 {} · {}").format(late, milestone_title(words, subject), until, status)


def _offer_lines(words: Words, offer: Offer) -> list[Markup | None]:
    phone = offer.phone or offer.provider.phone
    return [
        Markup("🔎 {} · {}").format(isolate(offer.name), isolate(offer.place)),
        Markup("📝 {}").format(words("registration." + offer.registration)) if offer.registration else None,
        Markup("📞 {}").format(left_to_right(phone)) if phone else None,
    ]


def _answer_button(words: Words, line: RequestLine, phrase_id: str) -> Button:
    phrase = phrases.PHRASES[phrase_id]
    label = words.plain(phrase.key, **{slot.value: "…" for slot in phrase.slots})
    return tap(label, "rq.say", line.request.id, phrase_id)


def _deeds(words: Words, line: RequestLine, now: datetime) -> list[list[Button]]:
    """What can be done instead of an answer in words, or with it."""
    kind, milestone, appointment = line.request.kind, line.milestone, line.appointment
    if milestone is not None and milestone.status not in FINAL and line.request.open:
        if kind is RequestKind.DONE:
            return [[tap(words.plain("rq.button.confirm"), "ms.ok", milestone.id)]]
        if kind is RequestKind.MORE_TIME:
            return [[tap(words.plain("rq.button.move_goal"), "ms.move", milestone.id)]]
    asked_off = appointment is not None and appointment.status is AppointmentStatus.CANCEL_REQUESTED
    if appointment is not None and asked_off and appointment.starts_at > now:
        return [[tap(words.plain("rq.button.move_appointment"), "ap.move", appointment.id)]]
    return []


def _foot(words: Words, line: RequestLine, offer: Offer | None) -> list[list[Button]]:
    subject = line.milestone or line.appointment
    about = [_subject_button(words, subject)] if subject else []
    card = [tap(words.plain("rq.button.offer"), "rq.offer", line.request.id)] if offer else []
    every = tap(words.plain("rq.button.list"), "rq.list")
    return [[*about, *card], [tap(_case_label(line.client), "cl", line.client.id), every], menu_row(words)]


def _subject_button(words: Words, subject: Milestone | Appointment) -> Button:
    if isinstance(subject, Appointment):
        return tap(words.plain("rq.button.appointment"), "ap", subject.id)
    return tap(words.plain("rq.button.milestone"), "ms", subject.id)


def _client_row(words: Words, client: Client) -> list[Button]:
    return [tap(_case_label(client), "cl", client.id), *menu_row(words)]


def _case_label(client: Client) -> str:
    return f"👤 {client.case_number}"


def _answering(words: Words, line: RequestLine, phrase_id: str) -> Markup:
    phrase = phrases.PHRASES[phrase_id]
    said = words(phrase.key, **{slot.value: "…" for slot in phrase.slots})
    return lines(
        Markup("👤 {} · {}").format(case(line.client.case_number), _what(words, line.request)), bold(said)
    )


def _back(words: Words) -> list[Button]:
    return [tap(words.plain("button.back"), "rq.back"), *cancel_row(words, "rq.stop")]
