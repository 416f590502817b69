"""One location or event of Integreat as an HSDS service; what fits no field of ours stays in it and comes back with an export."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from offers.errors import EntryError
from offers.guides.html import clean, lines_and_links
from offers.guides.integreat import address, is_plain, text_of, whose
from offers.hsds.terms import Json, attributes, entity_id, uuid
from offers.hsds.writing import COUNTRY, STATE
from offers.integreat import hours

LANGUAGE = "de"
"""Offers are German; what an entry says in other languages is not taken."""
_REGION = re.compile(r"[A-Za-z0-9-]{1,60}")
_LEADING_NUMBER = re.compile(r"[+(]?[0-9][0-9 ()/+-]{2,38}")
_LONG, _SHORT, _MARKUP = 5000, 200, 200_000
_LONGEST_RULE, _MOST_ID = 1000, 10**18
_RULE = "recurrence_rule"
LOCATION, EVENT = "location", "event"


def region_of(entry: Mapping[str, Any]) -> str | None:
    """The region of an entry in the language of offers; None for one in another language. Raises EntryError."""
    region, language, _ = whose(entry)
    if language != LANGUAGE:
        return None
    if _REGION.fullmatch(region) is None:
        raise EntryError("path")
    return region


def external_id(region: str, kind: str, number: str) -> str:
    """The id of a row: no other region and no other kind has it."""
    return f"integreat.{region}.{kind}.{number}"


def location_id(entry: Mapping[str, Any]) -> str:
    """The stable id of the place; that of the entry itself goes up with every edit. Raises EntryError."""
    found = _number(_object(entry, "location").get("id"))
    if not found:
        raise EntryError("location")
    return found


def event_id(entry: Mapping[str, Any]) -> str:
    """The same for every date of a series. Raises EntryError."""
    found = _number(_object(entry, "event").get("id"))
    # Older servers say none for the dates of a series; their path ends in the date.
    return found or uuid("path", whose(entry)[2].partition("$")[0].strip("/"))


def location(entries: Sequence[Mapping[str, Any]], region: str) -> Json:
    """A place that people go to. Raises EntryError."""
    entry = entries[0]
    link = _web(entry.get("appointment_url"))
    rows, appointment = hours.opening(entry.get("opening_hours"), link)
    process = " ".join(filter(None, ("Nach Vereinbarung" if appointment else "", link)))
    status = "temporarily closed" if entry.get("temporarily_closed") else "active"
    said = {"status": status, "application_process": process}
    return said | _service(entry, region, external_id(region, LOCATION, location_id(entry)), rows)


def event(entries: Sequence[Mapping[str, Any]], region: str) -> Json:
    """What takes place once or in a series, by the entries of its dates. Raises EntryError."""
    first = entries[0]
    spans = [span for span in (hours.span(_object(entry, "event")) for entry in entries) if span]
    if not spans:
        raise EntryError("event")
    rule = first.get("recurrence_rule")
    said = rule if isinstance(rule, str) and len(rule) <= _LONGEST_RULE else ""
    rows = hours.series(spans, said)
    service = _service(first, region, external_id(region, EVENT, event_id(first)), rows or [])
    if rows is None:
        # Whoever looks at the draft may say it in the words of a poster.
        service["attributes"] += attributes("service", service["id"], {_RULE: clean(said)})
    meeting = _web(first.get("meeting_url"))
    return {"status": "active"} | service | ({"url": meeting} if meeting else {})


CONVERT: Mapping[str, Callable[[Sequence[Mapping[str, Any]], str], Json]] = {
    LOCATION: location,
    EVENT: event,
}


def _service(entry: Mapping[str, Any], region: str, row: str, schedules: list[Json]) -> Json:
    id_ = entity_id("service", row)
    title = clean(text_of(entry, "title", _MARKUP))[:_SHORT]
    if not title:
        raise EntryError("title")
    lines, _ = lines_and_links(text_of(entry, "content", _MARKUP))
    contact = _contact(entry)
    ours = {"external_id": row, "source": f"Integreat ({region})"}
    if isinstance(entry.get("barrier_free"), bool):
        ours["barrier_free"] = "yes" if entry["barrier_free"] else "no"
    found = {
        "id": id_,
        "name": title,
        "description": "\n".join(lines)[:_LONG].strip(),
        "url": contact["website"] or address(entry),
        "email": contact["email"],
        "phones": _phones(id_, contact["phone_number"]),
        "last_modified": _line(entry.get("last_updated")),
        "organization": _organization(entry, region),
        "service_at_locations": [_at(id_, entry, schedules)],
        "attributes": [*attributes("service", id_, ours), *_category(id_, entry)],
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _organization(entry: Mapping[str, Any], region: str) -> Json:
    """Who is named, else the place itself, else the region."""
    organization, where = _object(entry, "organization"), _object(entry, "location")
    name, row = f"Integreat ({region})", f"integreat.{region}"
    for one, kind in ((organization, "organization"), (where, "place")):
        number, said = _number(one.get("id")), _line(one.get("name"))
        if number and said:
            name, row = said, external_id(region, kind, number)
            break
    id_ = entity_id("organization", row)
    website = _web(organization.get("website"))
    ours = {"external_id": row, "no_description": "yes"}
    found = {"id": id_, "name": name[:_SHORT], "description": name[:_SHORT], "website": website}
    return {k: v for k, v in found.items() if v} | {"attributes": attributes("organization", id_, ours)}


def _at(id_: str, entry: Mapping[str, Any], schedules: list[Json]) -> Json:
    where = _object(entry, "location")
    street, town, code = (_line(where.get(name)) for name in ("address", "town", "postcode"))
    postal = {
        "id": uuid("address", id_),
        "address_1": street,
        "city": town,
        "state_province": STATE,
        "postal_code": code,
        "country": COUNTRY,
        "address_type": "physical",
    }
    location: Json = {
        "id": uuid("location", id_),
        "location_type": "physical" if street or town else "virtual",
        "name": _line(where.get("name")),
        "addresses": [postal] if town else [],
    }
    for name in ("latitude", "longitude"):
        if isinstance(where.get(name), int | float) and not isinstance(where[name], bool):
            location[name] = where[name]
    timed = [row | {"id": uuid("schedule", id_, at)} for at, row in enumerate(schedules)]
    return {
        "id": uuid("at", id_),
        "location": {k: v for k, v in location.items() if v not in ("", [])},
        "schedules": timed,
    }


def _category(id_: str, entry: Mapping[str, Any]) -> list[Json]:
    """By its name the kind of the offer is guessed."""
    name = _line(_object(entry, "category").get("name"))
    if not name:
        return []
    term = {"id": uuid("category", name), "code": f"integreat:{name}", "name": name, "description": name}
    return [{"id": uuid("category", id_), "link_id": id_, "link_entity": "service", "value": name, "taxonomy_term": term}]  # fmt: skip


def _contact(entry: Mapping[str, Any]) -> dict[str, str]:
    """How to reach them: the first contact that says it, else the entry as older servers do."""
    contacts = entry.get("contacts")
    those = [one for one in contacts if isinstance(one, dict)] if isinstance(contacts, list) else []

    def first(*names: str) -> str:
        found = (_line(one.get(name)) for one in [*those, entry] for name in names)
        return next(filter(None, found), "")

    website = next(filter(None, (_web(one.get("website")) for one in [*those, entry])), "")
    return {
        "phone_number": first("phone_number", "mobile_number"),
        "email": first("email"),
        "website": website,
    }


def _phones(id_: str, said: str) -> list[Json]:
    """The first number; what stands around it stays beside it."""
    if not said:
        return []
    found = _LEADING_NUMBER.match(said)
    number = found[0].rstrip(" ()/+-") if found else said
    more = {"description": said} if number != said else {}
    return [{"id": uuid("phone", id_), "number": number, "type": "voice"} | more]


def _number(value: object) -> str:
    """An id as text, empty for what is none."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST_ID
    return str(value) if known else ""


def _object(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def _line(value: object) -> str:
    return clean(value)[:_SHORT] if isinstance(value, str) else ""


def _web(value: object) -> str:
    plain = isinstance(value, str) and value.startswith(("https://", "http://")) and is_plain(value)
    return str(value) if plain and len(str(value)) <= 300 else ""
