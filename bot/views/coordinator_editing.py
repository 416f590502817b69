"""Changing an offer on the coordinator's phone: all fields at a glance, one question at a time, the dates that are coming."""

from collections.abc import Sequence

from markupsafe import Markup

from agreements.rules import today
from bot import date_stamp
from bot.screens import Button, Screen, tap
from bot.views.coordinator_dates import problem
from bot.views.coordinator_parts import back_row, menu_row
from bot.views.parts import bold, in_rows, lines, page_of, page_row
from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.languages import name_in
from i18n.messages import Message, Words
from offers import editing, facts, series
from offers.belonging import STAFF_FIELDS
from offers.coming import ComingDate
from offers.dates import BERLIN
from offers.types import Occurrence, Offer, Report, Status

ORDER = (
    "name", "summary", "description", "keywords", "schedules", "place", "location_name", "address_1", "postal_code",
    "phone", "email", "url", "registration", "registration_deadline", "capacity", "free_places", "cost", "cost_amount",
    "level_min", "level_max", "audience", "childcare", "languages", "residence_status", "barrier_free", "bring", "owner",
    "district_financed", "cooperation_until",
)  # fmt: skip
"""Fields as a person reads an offer."""
_LONGEST = 120
_DRAFTS = 30
_PREFIX = {
    "level_min": "level.",
    "level_max": "level.",
    "childcare": "childcare.",
    "cost": "cost.",
    "registration": "registration.",
    "barrier_free": "barrier.",
    "district_financed": "ed.financed_",
    "audience": "audience.",
    "residence_status": "residence.",
    "bring": "bring.",
}


def offer_screen(
    words: Words,
    offer: Offer,
    *,
    note: str | Markup | None = None,
    undo: str = "",
    keeper: bool = True,
    reports: Sequence[Report] = (),
) -> Screen:
    """Everything that can be changed; `undo` is the version that a tap brings back. A `keeper` keeps the catalogue, else it is the provider.

    Who sent the open `reports` hears with one tap that it was looked at.
    """
    rows: list[Sequence[Button]] = []
    if offer.status != Status.PUBLISHED and (keeper or offer.status != Status.DRAFT):
        rows.append([tap(words.plain("ed.publish"), "ed.publish", offer.id)])
    if offer.status == Status.DRAFT:
        rows.append([tap(words.plain("fr.end"), "ed.discard", offer.id)])
    if reports and offer.status == Status.PUBLISHED:
        rows.append([tap(words.plain("fr.still"), "fr.is", offer.id, "still")])
    if undo:
        rows.append([tap(words.plain("ed.undo"), "ed.undo", offer.id, undo)])
    fields = [name for name in ORDER if keeper or name not in STAFF_FIELDS]
    rows += in_rows((tap(label(words, name), "ed.field", offer.id, name) for name in fields), 3)
    if offer.schedules:
        rows.append([tap(words.plain("ed.dates"), "ed.dates", offer.id)])
    said = [
        Markup("{}: {}").format(label(words, name), value(words, offer, name))
        for name in fields
        if getattr(offer, name) not in ("", None, ())
    ]
    text = lines(
        note,
        bold(isolate(offer.name)),
        Markup("{}: {}").format(words("ed.f.provider"), isolate(offer.provider.name)),
        _status(words, offer),
        *(reported(words, report) for report in reports),
        *said[1:],
        "",
        words("ed.title"),
    )
    if keeper:
        rows.append([tap(words.plain("ed.invite"), "ed.invite", offer.id)])
    back = back_row(words, "ed.drafts") if offer.status == Status.DRAFT else back_row(words, "fr", offer.id)
    back = back if keeper else back_row(words, "ed.mine")
    return Screen(text, [*rows, back], edit=True)


def drafts_screen(words: Words, found: Sequence[Offer], page: int = 0) -> Screen:
    """Offers that nobody finds yet, a page of them."""
    shown, number, pages = page_of(found, page, _DRAFTS)
    rows = [[tap(offer.name[:60], "ed", offer.id)] for offer in shown]
    rows.append(page_row(words, "ed.drafts.page", number, pages))
    text = bold(words("ed.drafts_title")) if found else words("ed.no_drafts")
    return Screen(text, [*rows, back_row(words, "fr.list")], edit=True)


def own_screen(words: Words, found: Sequence[Offer]) -> Screen:
    """A provider's own offers, with the way to a new one."""
    rows = [[tap(offer.name[:60], "ed", offer.id)] for offer in found[:50]]
    text = lines(bold(words("ed.mine")), words("ed.mine_hint"))
    return Screen(text, [*rows, [tap(words.plain("ed.new"), "ed.new")], menu_row(words)], edit=True)


def ask_screen(words: Words, offer: Offer, name: str, message: Message | None = None) -> Screen:
    """What is written into this field?"""
    text = lines(
        problem(words, message),
        bold(isolate(offer.name)),
        words("ed.ask", field=label(words, name)),
        words("ed.series_hint") if name == editing.DATES else None,
        words("ed.is_now", value=value(words, offer, name)),
    )
    return Screen(text, [*_clear(words, offer, name), back_row(words, "ed", offer.id)], edit=message is None)


def choose_screen(words: Words, offer: Offer, name: str) -> Screen:
    """Which one is it?"""
    buttons = [
        tap(_marked(code == getattr(offer, name), said(words, name, code)), "ed.set", offer.id, name, code)
        for code in editing.ONE[name]
    ]
    text = lines(bold(isolate(offer.name)), words("ed.choose", field=label(words, name)))
    rows = [*in_rows(buttons, 1), *_clear(words, offer, name), back_row(words, "ed", offer.id)]
    return Screen(text, rows, edit=True)


def toggle_screen(words: Words, offer: Offer, name: str) -> Screen:
    """Which ones are they?"""
    chosen = getattr(offer, name)
    buttons = [
        tap(_marked(code in chosen, said(words, name, code)), "ed.flip", offer.id, name, code)
        for code in editing.SEVERAL[name]
    ]
    text = lines(bold(isolate(offer.name)), words("ed.choose_several", field=label(words, name)))
    done = [tap(words.plain("ed.done"), "ed", offer.id)]
    return Screen(text, [*in_rows(buttons, 2), done, menu_row(words)], edit=True)


def place_screen(words: Words, offer: Offer, names: Sequence[str]) -> Screen:
    """In which place?"""
    buttons = [
        tap(_marked(name == offer.place, name), "ed.place", offer.id, str(n)) for n, name in enumerate(names)
    ]
    text = lines(bold(isolate(offer.name)), words("ed.choose", field=label(words, "place")))
    return Screen(text, [*in_rows(buttons, 2), back_row(words, "ed", offer.id)], edit=True)


def dates_screen(
    words: Words, offer: Offer, coming: Sequence[ComingDate], note: str | Markup | None = None
) -> Screen:
    """The dates that are coming, with what became of them."""
    rows = [[tap(_date(words, found), "ed.date", offer.id, stamp(found.planned))] for found in coming]
    text = lines(note, bold(isolate(offer.name)), words("ed.dates_title") if coming else words("ed.no_dates"))
    return Screen(text, [*rows, back_row(words, "ed", offer.id)], edit=True)


def date_screen(words: Words, offer: Offer, found: ComingDate) -> Screen:
    """What about this date?"""
    which = stamp(found.planned)
    rows = []
    if found.now is not None:
        rows = [
            [tap(words.plain("ed.cancel_date"), "ed.date.off", offer.id, which)],
            [tap(words.plain("ed.move_date"), "ed.date.move", offer.id, which)],
        ]
    if found.exception is not None and not found.passed:
        rows.append([tap(words.plain("ed.restore_date"), "ed.date.on", offer.id, which)])
    text = lines(bold(isolate(offer.name)), _date(words, found))
    return Screen(text, [*rows, back_row(words, "ed.dates", offer.id)], edit=True)


def ask_move_screen(
    words: Words, offer: Offer, planned: Occurrence, message: Message | None = None
) -> Screen:
    """To when does the date move?"""
    text = lines(
        problem(words, message),
        bold(isolate(offer.name)),
        facts.date_line(words, planned),
        words("ed.move_ask"),
    )
    back = back_row(words, "ed.date", offer.id, stamp(planned))
    return Screen(text, [back], edit=message is None)


def reported(words: Words, report: Report) -> Markup:
    """What somebody says is wrong, and since when."""
    day = spoken.day(today(report.created_at), words.language)
    return words("fr.reported", reason=words.plain("report." + report.reason), day=day)


def label(words: Words, name: str) -> str:
    """What a field is called."""
    return words.plain("ed.f." + name)


def value(words: Words, offer: Offer, name: str) -> str | Markup:
    """What a field holds, for the eye."""
    held = getattr(offer, name)
    if held in ("", None, ()):
        return words("ed.empty")
    if name in editing.ONE:
        return said(words, name, held)
    if name in editing.SEVERAL:
        return spoken.listed([said(words, name, code) for code in held], words.language)
    match name:
        case "schedules":
            return Markup("\n").join(isolate(series.line(schedule)) for schedule in held)
        case "registration_deadline" | "cooperation_until":
            held = spoken.day(held, words.language)
        case "cost_amount":
            held = spoken.euros(float(held), words.language)
    text = ", ".join(held) if isinstance(held, tuple) else str(held)
    return isolate(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def said(words: Words, name: str, code: str) -> str:
    """A code of a field in words."""
    if name == "languages":
        return name_in(code, words.language)
    if (name, code) == ("barrier_free", "unknown"):
        return words.plain("ed.barrier_unknown")
    return words.plain(_PREFIX[name] + code)


def stamp(planned: Occurrence) -> str:
    """The date in a button."""
    start = planned.starts_at.astimezone(BERLIN)
    return date_stamp.write(start.date(), f"{start:%H:%M}")


def _status(words: Words, offer: Offer) -> Markup | None:
    if offer.status == Status.DRAFT:
        return words("ed.is_draft")
    return words("fr.is_" + offer.status) if offer.status != Status.PUBLISHED else None


def _date(words: Words, found: ComingDate) -> str:
    planned = facts.date_line(words, found.planned)
    if found.exception is None:
        return str(planned)
    now = found.now
    if now is None:
        return words.plain("ed.date_cancelled", day=planned)
    return words.plain("ed.date_moved", day=planned, to=facts.date_line(words, now))


def _marked(chosen: bool, text: str) -> str:
    return f"✅ {text}" if chosen else text


def _clear(words: Words, offer: Offer, name: str) -> list[list[Button]]:
    if name in editing.EMPTY_NEVER or getattr(offer, name) in ("", None, ()):
        return []
    return [[tap(words.plain("ed.clear"), "ed.clear", offer.id, name)]]
