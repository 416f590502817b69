"""Views of appointments on the coordinator's phone: making one step by step, one appointment, moving and cancelling it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from markupsafe import Markup

from agreements.rules import appointment_times
from agreements.types import Appointment, AppointmentStatus, Bring, Client, Request
from bot.screens import Button, Screen, tap
from bot.views.coordinator_asking import as_read, clock_rows, reach, today_row
from bot.views.coordinator_dates import problem, working_day_rows
from bot.views.coordinator_parts import back_row, cancel_row, case, page_of, page_row
from bot.views.own import appointment_line, appointment_screen
from bot.views.parts import bold, in_rows, lines
from i18n import dates as spoken
from i18n import phrases
from i18n.messages import Message, Words
from i18n.text import shorten
from offers.types import Offer

MINUTES = (15, 30, 60, 90, 120, 180)
"""How long an appointment may be expected to take."""
_PAGE = 10
_BUTTON_LENGTH = 56
_ENDED = (AppointmentStatus.CANCELLED, AppointmentStatus.DONE)


def phrases_screen(words: Words, client: Client, page: int) -> Screen:
    """With whom? One page of the phrase book."""
    every = phrases.of_category(phrases.Category.APPOINTMENT)
    shown, page, pages = page_of(every, page, _PAGE)
    buttons = [tap(words.plain(phrase.key), "ap.phrase", phrase.id) for phrase in shown]
    rows = [*in_rows(buttons, 1), page_row(words, "ap.list", page, pages), cancel_row(words, "ap.stop")]
    return Screen(lines(_client(client), bold(words("ap.with_whom"))), rows, edit=True)


def day_screen(
    words: Words, head: Markup, day: date, *, first: bool, message: Message | None = None
) -> Screen:
    """Which day? A button, or a typed date; the first question when an appointment is moved."""
    text = lines(head, problem(words, message), words("ap.which_day"), words("date.or_type"))
    rows = [today_row(words, "ap.date", day), *working_day_rows(words, "ap.date", day)]
    return Screen(text, [*rows, cancel_row(words, "ap.stop") if first else _back(words, "phrase")], edit=True)


def time_screen(
    words: Words, head: Markup, day: date, after: time | None, message: Message | None = None
) -> Screen:
    """At what time? A button, or a typed time."""
    text = lines(
        head,
        Markup("📅 {}").format(spoken.day(day, words.language)),
        problem(words, message),
        words("ap.which_time"),
    )
    return Screen(text, [*clock_rows("ap.time", after), _back(words, "date")], edit=True)


def where_screen(words: Words, head: Markup, found: Sequence[Offer]) -> Screen:
    """Where? An address of the catalogue, or none."""
    buttons = [tap(shorten(_address(offer), _BUTTON_LENGTH), "ap.where", offer.id) for offer in found]
    none = [tap(words.plain("ap.button.no_address"), "ap.where", "none")]
    text = lines(head, words("ap.which_address"))
    return Screen(text, [*in_rows(buttons, 1), none, _back(words, "time")], edit=True)


def bring_screen(words: Words, head: Markup, chosen: Collection[str], minutes: int) -> Screen:
    """How long, and what to bring: a tap chooses and takes back."""
    lengths = [
        tap(
            _marked(words.plain("ap.minutes", minutes=str(length)), length == minutes), "ap.long", str(length)
        )
        for length in MINUTES
    ]
    things = [
        tap(_ticked(words.plain("bring." + thing.value), thing.value in chosen), "ap.bring", thing.value)
        for thing in Bring
    ]
    go_on = [tap(words.plain("ap.button.go_on"), "ap.ready")]
    text = lines(head, words("ap.how_long_and_bring"))
    return Screen(text, [*in_rows(lengths, 3), *in_rows(things, 2), go_on, _back(words, "where")], edit=True)


def preview_screen(
    words: Words, client: Client, planned: Appointment, mark: str, now: datetime, *, back: str
) -> Screen:
    """What the client will read, in the client's language and in German, and what is sent when."""
    text = lines(
        _client(client),
        bold(words("ms.preview")),
        *as_read(words, client, lambda theirs: appointment_screen(theirs, planned).text),
        Markup("⏱ {}").format(words("ap.minutes", minutes=str(planned.minutes))),
        *_told(words, client, planned.starts_at, now),
    )
    return Screen(
        text, [[tap(words.plain("ap.button.save"), "ap.save", mark)], _back(words, back)], edit=True
    )


def saved(words: Words, client: Client, *, moved: bool) -> Screen:
    """The appointment is made or moved."""
    key = "ap.moved" if moved else "ap.saved"
    return Screen(Markup("✅ {}").format(words(key, case=case(client.case_number))), edit=True)


def page_screen(
    words: Words, client: Client, appointment: Appointment, request: Request | None, now: datetime
) -> Screen:
    """One appointment, and what can be done about it."""
    text = lines(
        _client(client),
        appointment_screen(words, appointment).text,
        Markup("⏱ {}").format(words("ap.minutes", minutes=str(appointment.minutes))),
        words("ap.is_over") if _over(appointment, now) else None,
    )
    asked = [tap(words.plain("ap.button.request"), "rq", request.id)] if request else []
    return Screen(
        text, [asked, *_deeds(words, appointment, now), back_row(words, "cl", client.id)], edit=True
    )


def cancel_screen(words: Words, client: Client, appointment: Appointment) -> Screen:
    """Ask once before an appointment is cancelled."""
    text = lines(
        _client(client),
        Markup("📅 {}").format(appointment_line(words, appointment)),
        words("ap.cancel.sure"),
        Markup("✉️ {}").format(words("ap.cancel.reach." + reach(client))),
    )
    yes = [tap(words.plain("ap.cancel.yes"), "ap.cancel.yes", appointment.id)]
    return Screen(text, [yes, back_row(words, "ap", appointment.id)], edit=True)


def heading(words: Words, client: Client, phrase_id: str) -> Markup:
    """Whose appointment and with whom, above each question."""
    return lines(_client(client), bold(words(phrases.PHRASES[phrase_id].key)))


def moving(words: Words, client: Client, appointment: Appointment) -> Markup:
    """What is being moved, above each question."""
    return lines(
        _client(client),
        bold(words("ap.moving")),
        Markup("📅 {}").format(appointment_line(words, appointment)),
    )


def _client(client: Client) -> Markup:
    return Markup("👤 {}").format(case(client.case_number))


def _told(words: Words, client: Client, starts_at: datetime, now: datetime) -> list[Markup]:
    """Who hears of it, and when reminders go out."""
    found = reach(client)
    if found != "told":
        return [Markup("❗️ {}").format(words("ms.told." + found))]
    told = Markup("✉️ {}").format(words("ms.told.message"))
    if not client.reminders:
        return [told, Markup("🔕 {}").format(words("ms.told.no_reminders"))]
    times = [spoken.moment(at, words.language) for at in appointment_times(starts_at, now)]
    reminders = Markup("🔔 {}").format(words("ms.told.reminders"))
    return [told, *((reminders, *(Markup("• {}").format(at) for at in times)) if times else ())]


def _over(appointment: Appointment, now: datetime) -> bool:
    return appointment.starts_at <= now and appointment.status not in _ENDED


def _deeds(words: Words, appointment: Appointment, now: datetime) -> list[list[Button]]:
    if appointment.status in _ENDED:
        return []
    move = [tap(words.plain("ap.button.move"), "ap.move", appointment.id)]
    if appointment.starts_at <= now:
        return [move]
    return [move, [tap(words.plain("ap.button.cancel"), "ap.cancel", appointment.id)]]


def _back(words: Words, step: str) -> list[Button]:
    return [tap(words.plain("button.back"), "ap.back", step), *cancel_row(words, "ap.stop")]


def _address(offer: Offer) -> str:
    return f"{offer.place} · {offer.location_name or offer.provider.name}"


def _marked(label: str, chosen: bool) -> str:
    return f"· {label} ·" if chosen else label


def _ticked(label: str, chosen: bool) -> str:
    return f"☑️ {label}" if chosen else f"◻️ {label}"
