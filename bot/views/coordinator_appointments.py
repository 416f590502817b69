"""Views of appointments on the coordinator's phone: making one step by step, one appointment, moving and cancelling it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from markupsafe import Markup

from agreements.rules import ENDED, may_tick
from agreements.series.rules import WEEKS, occurrences, rule
from agreements.types import Appointment, Bring, Client, Request
from bot.screens import Button, Screen, tap
from bot.views.coordinator_asking import as_read, clock_rows, reach, reminded, today_row
from bot.views.coordinator_dates import problem, working_day_rows
from bot.views.coordinator_parts import back_row, cancel_row, case
from bot.views.own import appointment_line, appointment_screen
from bot.views.parts import bold, in_rows, lines, page_of, page_row
from i18n import dates as spoken
from i18n import phrases
from i18n.messages import Message, Words
from i18n.text import shorten
from offers.types import Offer

MINUTES = (15, 30, 60, 90, 120, 180)
"""How long an appointment may be expected to take."""
MANY = (2, 4, 6, 8, 10, 12, 20)
"""How many times an appointment may come again."""
_PAGE = 10
_BUTTON_LENGTH = 56


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
    words: Words,
    client: Client,
    planned: Appointment,
    mark: str,
    times: Sequence[datetime],
    *,
    back: str,
    series: tuple[int, int] | None = None,
) -> Screen:
    """What the client will read, in the client's language and in German, and what is sent; `times` are those of the reminders.

    `series` is every how many weeks (0 for once) and how many times; None where one is moved.
    """
    text = lines(
        _client(client),
        bold(words("ms.preview")),
        *as_read(words, client, lambda theirs: appointment_screen(theirs, planned).text),
        Markup("⏱ {}").format(words("ap.minutes", minutes=str(planned.minutes))),
        _again(words, planned, *series) if series and series[0] else None,
        *_told(words, client, times),
    )
    rows = [
        *(_repeating(words, *series) if series else []),
        [tap(words.plain("ap.button.save"), "ap.save", mark)],
    ]
    return Screen(text, [*rows, _back(words, back)], edit=True)


def _again(words: Words, planned: Appointment, weeks: int, times: int) -> Markup:
    last = occurrences(rule(weeks, times), planned.local)[-1]
    day = spoken.short_day(last.date(), words.language)
    return Markup("🔁 {}").format(words("ap.again", weeks=weeks, times=times, day=day))


def _repeating(words: Words, weeks: int, times: int) -> list[list[Button]]:
    """How often it comes again, and how many times."""
    often = [
        tap(_marked(words.plain("ap.every." + str(each)), each == weeks), "ap.every", str(each))
        for each in (0, *WEEKS)
    ]
    many = [tap(_marked(f"{each}×", each == times), "ap.times", str(each)) for each in MANY]
    return [*in_rows(often, 2), many if weeks else []]


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
        _brought(words, appointment),
        words("ap.is_over") if _over(appointment, now) else None,
    )
    asked = [tap(words.plain("ap.button.request"), "rq", request.id)] if request else []
    rows = [asked, *_ticks(words, appointment, now), *_deeds(words, appointment, now)]
    return Screen(text, [*rows, back_row(words, "cl", client.id)], edit=True)


def _brought(words: Words, appointment: Appointment) -> Markup | None:
    if appointment.brought is None:
        return None
    things = [words.plain("bring." + thing.value) for thing in appointment.brought]
    said = spoken.listed(things, words.language) if things else "–"
    return Markup("☑️ {}: {}").format(words("ap.brought"), said)


def _ticks(words: Words, appointment: Appointment, now: datetime) -> list[list[Button]]:
    """What was brought along, ticked afterwards."""
    if not may_tick(appointment, now):
        return []
    done = appointment.brought or ()
    ticks = [
        tap(
            _ticked(words.plain("bring." + thing.value), thing in done),
            "ap.brought",
            appointment.id,
            thing.value,
        )
        for thing in appointment.bring
    ]
    return in_rows(ticks, 2)


def cancel_screen(
    words: Words, client: Client, appointment: Appointment, *, following: int | None = None
) -> Screen:
    """Ask once before an appointment is cancelled, or it and so many that follow it."""
    text = lines(
        _client(client),
        Markup("📅 {}").format(appointment_line(words, appointment)),
        words("ap.cancel.sure") if following is None else words("ap.cancel.all_sure", number=following + 1),
        Markup("✉️ {}").format(words("ap.cancel.reach." + reach(client))),
    )
    route = "ap.cancel.yes" if following is None else "ap.cancel.all.yes"
    yes = [tap(words.plain("ap.cancel.yes"), route, appointment.id)]
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


def _told(words: Words, client: Client, times: Sequence[datetime]) -> list[Markup]:
    """Who hears of it, and when reminders go out."""
    found = reach(client)
    if found != "told":
        return [Markup("❗️ {}").format(words("ms.told." + found))]
    told = Markup("✉️ {}").format(words("ms.told.message"))
    if not client.reminders:
        return [told, Markup("🔕 {}").format(words("ms.told.no_reminders"))]
    return [told, *reminded(words, times)]


def _over(appointment: Appointment, now: datetime) -> bool:
    return appointment.starts_at <= now and appointment.status not in ENDED


def _deeds(words: Words, appointment: Appointment, now: datetime) -> list[list[Button]]:
    if appointment.status in ENDED:
        return []
    one = [tap(words.plain("ap.button.move"), "ap.move", appointment.id)]
    if appointment.starts_at <= now:
        return [one]
    one.append(tap(words.plain("ap.button.cancel"), "ap.cancel", appointment.id))
    if appointment.series_id is None:
        return [one]
    every = [
        tap(words.plain("ap.button.move_all"), "ap.move.all", appointment.id),
        tap(words.plain("ap.button.cancel_all"), "ap.cancel.all", appointment.id),
    ]
    return [one, every]


def _back(words: Words, step: str) -> list[Button]:
    return [tap(words.plain("button.back"), "ap.back", step), *cancel_row(words, "ap.stop")]


def _address(offer: Offer) -> str:
    return f"{offer.place} · {offer.location_name or offer.provider.name}"


def _marked(label: str, chosen: bool) -> str:
    return f"· {label} ·" if chosen else label


def _ticked(label: str, chosen: bool) -> str:
    return f"☑️ {label}" if chosen else f"◻️ {label}"
