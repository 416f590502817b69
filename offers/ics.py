"""The dates of an offer as a calendar file; calendars travel to places we do not know, so a delicate offer stays unnamed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vRecur

from offers import dates, kinds, rules
from offers.types import Occurrence, Offer, Schedule

NEUTRAL_TITLE = "Termin"


def calendar(offer: Offer, now: datetime) -> bytes:
    """Every series from its next date on, with the days on which it pauses taken out; at most `dates.HORIZON` ahead."""
    return feed((offer,), now)


def feed(offers: Iterable[Offer], now: datetime, name: str = "") -> bytes:
    """The dates of several offers, to subscribe to under `name`."""
    found = Calendar()
    found.add("prodid", "-//Lotse//DE")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    if name:
        found.add("name", name)
        found.add("x-wr-calname", name)
    for offer in offers:
        for position, schedule in enumerate(offer.schedules):
            event = _event(offer, position, schedule, now)
            if event is not None:
                found.add_component(event)
    today = now.astimezone(dates.BERLIN).date()
    found.add_missing_timezones(
        first_date=today - timedelta(days=366), last_date=today + dates.HORIZON + timedelta(days=366)
    )
    content: bytes = found.to_ical()
    return content


def _event(offer: Offer, position: int, schedule: Schedule, now: datetime) -> Event | None:
    first = next(dates.occurrences(schedule, now), None)
    if first is None:
        return None
    delicate = kinds.load()[offer.kind].unasked == "never"
    event = Event()
    event.add("uid", f"{offer.id}-{position}@lotse")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", first.starts_at)
    if first.ends_at > first.starts_at:
        event.add("dtend", first.ends_at)
    event.add("summary", NEUTRAL_TITLE if delicate else offer.name)
    event.add("location", _location(offer, delicate=delicate))
    event.add("class", "PRIVATE")
    if schedule.freq != "ONCE":
        _repeat(event, schedule, first)
    return event


def _repeat(event: Event, schedule: Schedule, first: Occurrence) -> None:
    start = first.starts_at.date()
    days = list(dates.days(schedule, start, start + dates.HORIZON))
    event.add("rrule", _rule(schedule, days[-1]))
    pauses = [dates.at(day, schedule.opens_at) for day in days if dates.skipped(schedule, day)]
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
