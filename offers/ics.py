"""The dates of an offer as a calendar file; calendars travel to places we do not know, so a delicate offer stays unnamed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vRecur

from i18n.languages import SOURCE
from i18n.messages import words
from offers import dates, kinds, rules
from offers.types import Occurrence, Offer, Schedule

NEUTRAL_TITLE = "Termin"


def calendar(offer: Offer, now: datetime) -> bytes:
    """Every series from its next date on, with the days on which it pauses taken out; at most `dates.HORIZON` ahead."""
    return feed((offer,), now)


def feed(offers: Iterable[Offer], now: datetime, name: str = "") -> bytes:
    """The dates of several offers, to subscribe to under `name`."""
    found = begun()
    if name:
        found.add("name", name)
        found.add("x-wr-calname", name)
    for offer in offers:
        for position, schedule in enumerate(offer.schedules):
            event = _event(offer, position, schedule, now)
            if event is not None:
                found.add_component(event)
        for exception in offer.exceptions:
            moved = dates.moved_date(exception)
            if moved is not None and moved.ends_at >= now:
                planned = f"{exception.day:%Y%m%d}T{exception.opens_at.replace(':', '')}"
                found.add_component(_single(offer, planned, moved, now))
    today = dates.today(now)
    return packed(found, today, today + dates.HORIZON)


def feed_name(topic: str, district: str) -> str:
    """What the calendar of a topic is called wherever it is subscribed to."""
    return f"{words(SOURCE).plain('topic.' + topic)} · {district}"


def begun() -> Calendar:
    """A calendar without events yet, as everything here publishes one."""
    found = Calendar()
    found.add("prodid", "-//Lotse//DE")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    return found


def packed(found: Calendar, first: date, last: date) -> bytes:
    """The file, with the rules of the zone for everything between these days."""
    year = timedelta(days=366)
    found.add_missing_timezones(first_date=first - year, last_date=last + year)
    content: bytes = found.to_ical()
    return content


def _event(offer: Offer, position: int, schedule: Schedule, now: datetime) -> Event | None:
    gone = {dates.at(exception.day, exception.opens_at) for exception in offer.exceptions}
    first = next((found for found in dates.occurrences(schedule, now) if found.starts_at not in gone), None)
    if first is None:
        return None
    event = _single(offer, str(position), first, now)
    if schedule.freq != "ONCE":
        _repeat(event, schedule, first, gone)
    return event


def _single(offer: Offer, name: str, first: Occurrence, now: datetime) -> Event:
    """One date; `name` tells it from the offer's others."""
    delicate = kinds.load()[offer.kind].delicate
    event = Event()
    event.add("uid", f"{offer.id}-{name}@lotse")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", first.starts_at)
    if first.ends_at > first.starts_at:
        event.add("dtend", first.ends_at)
    event.add("summary", NEUTRAL_TITLE if delicate else offer.name)
    event.add("location", _location(offer, delicate=delicate))
    event.add("class", "PRIVATE")
    return event


def _repeat(event: Event, schedule: Schedule, first: Occurrence, gone: set[datetime]) -> None:
    start = first.starts_at.date()
    days = list(dates.days(schedule, start, start + dates.HORIZON))
    event.add("rrule", _rule(schedule, days[-1]))
    times = {day: dates.at(day, schedule.opens_at) for day in days}
    pauses = [time for day, time in times.items() if dates.skipped(schedule, day) or time in gone]
    if pauses:
        event.add("exdate", pauses)


def _rule(schedule: Schedule, last: date) -> vRecur:
    rule: dict[str, object] = {
        "freq": schedule.freq,
        "interval": schedule.interval,
        "byday": [f"{number or ''}{day}" for number, day in rules.parse_byday(schedule.byday)],
        "wkst": "MO",
        "until": dates.at(last, schedule.opens_at).astimezone(UTC),
    }
    return vRecur(rule)


def _location(offer: Offer, *, delicate: bool) -> str:
    town = f"{offer.postal_code} {offer.place}".strip()
    parts = (offer.address_1, town) if delicate else (offer.location_name, offer.address_1, town)
    return ", ".join(part for part in parts if part)
