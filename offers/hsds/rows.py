"""One HSDS object as cells of Lotse's tables: its own fields as they are, of foreign ones what fits; nothing is checked twice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from offers import cells, kinds, places, rules
from offers.errors import CellError
from offers.hsds.terms import Json, values
from offers.hsds.writing import STATUS
from offers.tables import SERVICES, tables
from offers.types import BRING, LANGUAGE_CODES, DateException

_STATUS = {theirs: ours for ours, theirs in STATUS.items()}
_ONCE, _WEEKLY, _MONTHLY = "ONCE", "WEEKLY", "MONTHLY"
_LATER = frozenset({"district_financed", "cooperation_until"})
"""What the first exports did not know; later ones always say the first of them."""
_GUESSED = frozenset({"topic", "kind", "field_of_action", "registration", "source"})
"""What no entry of another directory says in our words."""
_GUESS = "orientation_course"
_LONG, _SHORT, _PLACE = 5000, 200, 60


def text(item: Json, name: str) -> str:
    """A field as text; what is none is empty."""
    value = item.get(name)
    return str(value).strip() if isinstance(value, str | int | float) and value is not True else ""


def items(item: Json, name: str) -> list[Json]:
    """A field that holds objects, as far as it does."""
    value = item.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _object(item: Json, name: str) -> Json:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _own(item: Json) -> dict[str, str]:
    return {name: ",".join(some) for name, some in values(items(item, "attributes")).items()}


def _fitting(read: cells.Reader, value: str) -> str:
    """The value if a cell of ours may hold it; a foreign entry loses a number rather than the whole file."""
    try:
        read(cells.cleaned(value))
    except CellError:
        return ""
    return value


def is_own(service: Json) -> bool:
    """Whether Lotse wrote it: nothing in it is then foreign."""
    return "kind" in _own(service)


def unsaid(item: Json, row: Mapping[str, str]) -> frozenset[str]:
    """Fields of an offer that an entry says nothing about, `row` being how it is read: they are guessed, or empty."""
    if is_own(item):
        return _LATER if "district_financed" not in _own(item) else frozenset()
    silent = {name for name in tables()[SERVICES] if not row.get(name)}
    silent |= _GUESSED if _amounts(item) else _GUESSED | {"cost"}
    silent |= set() if schedules(item) else {"schedules"}
    # Not in use is something that it says; in use is not yet looked at.
    silent |= {"status"} if text(item, "status") in ("", STATUS["published"]) else set()
    return frozenset(silent - {"id", "organization_id"})


def missing(service: Json) -> tuple[str, str] | None:
    """The field without which an entry cannot be taken and what to say about it."""
    if not text(service, "name"):
        return "name", "import.hsds_no_name"
    if not text(_object(service, "organization"), "name"):
        return "organization", "import.hsds_no_organization"
    return None


def _place(service: Json) -> str:
    """The place by its name here; one outside the district as it is written, or none: such an entry stays a draft."""
    said = _own(service).get("place") or text(_address(service), "city")
    found = places.load().find(said) if said else None
    return found.name if found else said[:_PLACE]


def _location(service: Json) -> Json:
    return next((_object(at, "location") for at in items(service, "service_at_locations")), {})


def _address(service: Json) -> Json:
    return next(iter(items(_location(service), "addresses")), {})


def _phone(item: Json) -> str:
    number = next((text(phone, "number") for phone in items(item, "phones")), "").strip('"')
    return _fitting(cells.phone, number)


def _contact(item: Json, web: str) -> dict[str, str]:
    return {
        "phone": _phone(item),
        "email": _fitting(cells.email, text(item, "email")),
        web: _fitting(cells.url, text(item, web)),
    }


def organization(item: Json) -> dict[str, str]:
    """An organization as a row of ours."""
    own = _own(item)
    return {
        "id": own.get("external_id") or text(item, "id"),
        "name": text(item, "name")[:_SHORT],
        "description": "" if "no_description" in own else text(item, "description")[:_LONG],
        **_contact(item, "website"),
        **{name: own.get(name, "") for name in ("place", "address_1", "postal_code")},
        **{name: own[name] for name in ("phone",) if name in own},
        **_without(own),
    }


def service(item: Json, provider: dict[str, str]) -> dict[str, str]:
    """A service as a row of ours; one that is not ours is a draft, since half of it is a guess."""
    own = _own(item)
    address = _address(item)
    row = {
        "id": text(item, "id"),
        "organization_id": provider["id"],
        "name": text(item, "name")[:_SHORT],
        "description": text(item, "description")[:_LONG],
        "place": _place(item),
        "location_name": text(_location(item), "name")[:_SHORT],
        "transportation": text(_location(item), "transportation")[:_SHORT],
        "address_1": text(address, "address_1")[:_SHORT],
        "postal_code": _fitting(cells.postal_code, text(address, "postal_code")),
        "languages": _known(items(item, "languages"), "code", LANGUAGE_CODES),
        "bring": _known(items(item, "required_documents"), "document", BRING),
        "assured_date": _fitting(cells.day, text(item, "assured_date")),
        "status": _STATUS.get(text(item, "status"), "draft"),
        **_contact(item, "url"),
    }
    if not is_own(item):
        row |= _guessed(item, row, provider)
    renamed = {"id" if name == "external_id" else name: value for name, value in own.items()}
    return (
        row | {name: value for name, value in renamed.items() if name in tables()[SERVICES]} | _without(own)
    )


def _without(own: dict[str, str]) -> dict[str, str]:
    """Cells that hold nothing, though another directory's words in the entry look like it."""
    return dict.fromkeys(own["without"].split(","), "") if "without" in own else {}


def exceptions(item: Json) -> tuple[DateException, ...]:
    """Dates that were cancelled or moved, as far as they can be read."""
    found = []
    for said in values(items(item, "attributes")).get("exceptions", ()):
        planned, to, closes = (*said.split("/"), "", "")[:3]
        try:
            old = datetime.fromisoformat(planned)
            new = datetime.fromisoformat(to) if to else None
            cells.clock(closes or "00:00")
        except (ValueError, CellError):
            continue
        moved = (new.date(), f"{new:%H:%M}", closes) if new else (None, "", "")
        found.append(DateException(old.date(), f"{old:%H:%M}", *moved))
    return tuple(found)


def duties(item: Json) -> list[dict[str, str]]:
    """What the service is responsible for, as rows of ours."""
    found = []
    for said in values(items(item, "attributes")).get("responsible", ()):
        id_, matter, residence, where = (*said.split("|"), "", "", "", "")[:4]
        row = {"id": id_, "matter": matter, "residence_status": residence, "places": where}
        found.append(row)
    return found


def _known(some: list[Json], name: str, codes: tuple[str, ...]) -> str:
    found = dict.fromkeys(text(one, name) for one in some)
    return ",".join(code for code in found if code in codes)


def _guessed(item: Json, row: dict[str, str], provider: dict[str, str]) -> dict[str, str]:
    kind = kinds.load()[_kind(item)]
    amounts = _amounts(item)
    free = bool(amounts) and not any(amounts)
    return {
        "kind": kind.id,
        "topic": kind.topic,
        "field_of_action": "participation",
        "cost": "free" if free else "fee",
        "cost_amount": _fitting(cells.amount, f"{amounts[0]:.2f}") if amounts and not free else "",
        "registration": _registration(item, row),
        **_capacity(next(iter(items(item, "capacities")), {})),
        "source": provider["name"],
        "status": "draft",
    }


def _registration(item: Json, row: dict[str, str]) -> str:
    """By an address that its entry names for it; where it only says that one applies, by what there is to do so."""
    said = text(item, "application_process")
    if "https://" in said or "http://" in said:
        return "online"
    return "phone" if row["phone"] else "email" if row["email"] else "in_person" if said else "none"


def _amounts(item: Json) -> list[int | float]:
    found = [cost.get("amount") for cost in items(item, "cost_options")]
    return [amount for amount in found if isinstance(amount, int | float)]


def _capacity(item: Json) -> dict[str, str]:
    """Free places and places in all; more free than there are is nothing to hold on to but the free ones."""
    read = cells.number(0, 100_000)
    free, total = (_fitting(read, text(item, name).removesuffix(".0")) for name in ("available", "maximum"))
    return {"free_places": free, "capacity": total if total and int(free or 0) <= int(total) else ""}


def _kind(item: Json) -> str:
    """The kind whose name stands in the name of the service or in one of its terms."""
    terms = [text(_object(one, "taxonomy_term"), "name") for one in items(item, "attributes")]
    said = " | ".join([text(item, "name"), text(item, "alternate_name"), *terms]).casefold()
    for kind in kinds.load().values():
        if any(name.casefold() in said for name in kind.names.values()):
            return kind.id
    return _GUESS


def schedules(item: Json) -> list[Json]:
    """All dates of a service, wherever they stand, each once."""
    at = [one for place in items(item, "service_at_locations") for one in items(place, "schedules")]
    found = [*items(item, "schedules"), *at]
    return list({text(one, "id") or str(number): one for number, one in enumerate(found)}.values())


def schedule(service: Json, item: Json) -> dict[str, str] | None:
    """Dates as a row of ours; None where the day or the time is not said, or the rule is not one of ours."""
    freq, byday = text(item, "freq"), text(item, "byday").upper()
    if not freq:
        freq = _WEEKLY if byday and text(item, "count") != "1" else _ONCE
    first = text(item, "valid_from") or text(item, "dtstart") or text(service, "assured_date")
    last = text(item, "valid_to") or text(item, "until")
    opens, closes = text(item, "opens_at")[:5], text(item, "closes_at")[:5]
    row = {
        "valid_from": first,
        "valid_to": last,
        "freq": freq,
        "interval": text(item, "interval").removesuffix(".0"),
        "byday": byday,
        "opens_at": opens,
        "closes_at": closes if closes > opens else "",
        "skip_holidays": _own(item).get("skip_holidays", ""),
        "note": text(item, "notes")[:_SHORT],
    }
    return row if _is_ours(row) else None


def _is_ours(row: dict[str, Any]) -> bool:
    readers: dict[str, cells.Reader] = {
        "valid_from": cells.day,
        "valid_to": cells.day,
        "opens_at": cells.clock,
        "closes_at": cells.clock,
        "interval": cells.number(1, 52),
        "byday": cells.byday,
    }
    needed = {"valid_from", "opens_at"}
    if any(not _fitting(read, row[name]) for name, read in readers.items() if row[name] or name in needed):
        return False
    if row["valid_to"] and row["valid_to"] < row["valid_from"]:
        return False
    if row["freq"] == _ONCE:
        return not row["byday"] and row["valid_to"] in ("", row["valid_from"])
    numbered = [number != 0 for number, _ in rules.parse_byday(row["byday"])] if row["byday"] else []
    if row["freq"] == _WEEKLY:
        return bool(numbered) and not any(numbered)
    return row["freq"] == _MONTHLY and bool(numbered) and all(numbered)
