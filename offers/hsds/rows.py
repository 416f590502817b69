"""One HSDS object as cells of Lotse's tables: its own fields as they are, of foreign ones what fits; nothing is checked twice."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from offers import cells, kinds, places
from offers.errors import CellError
from offers.hsds import languages, locations, prices, series
from offers.hsds.fields import clean, day, fitting, items, object_, text
from offers.hsds.terms import Json, uuid, values
from offers.hsds.writing import STATUS
from offers.tables import SERVICES, tables
from offers.types import BRING, DateException

_STATUS = {theirs: ours for ours, theirs in STATUS.items()}
_LATER = frozenset({"district_financed", "cooperation_until"})
"""What the first exports did not know; later ones always say the first of them."""
_GUESSED = frozenset({"topic", "kind", "field_of_action", "registration", "source"})
"""What no entry of another directory says in our words."""
_GUESS = "orientation_course"
_LONG, _SHORT, _PLACE = 5000, 200, 60


def _own(item: Json) -> dict[str, str]:
    return {name: clean(",".join(some)) for name, some in values(items(item, "attributes")).items()}


def is_own(service: Json) -> bool:
    """Whether Lotse wrote it: nothing in it is then foreign."""
    return "kind" in _own(service)


def unsaid(item: Json, row: Mapping[str, str]) -> frozenset[str]:
    """Fields of an offer that an entry says nothing about, `row` being how it is read: they are guessed, or empty."""
    if is_own(item):
        return _LATER if "district_financed" not in _own(item) else frozenset()
    silent = {name for name in tables()[SERVICES] if not row.get(name)}
    silent |= _GUESSED if prices.price(item) is not None else _GUESSED | {"cost"}
    silent |= set() if locations.schedules(item) else {"schedules"}
    # Not in use is something that it says; in use is not yet looked at.
    silent |= {"status"} if text(item, "status") in ("", STATUS["published"]) else set()
    return frozenset(silent - {"id", "organization_id"})


def _place(service: Json) -> str:
    """The place by its name here; one outside the district as it is written, or none: such an entry stays a draft."""
    said = _own(service).get("place") or text(locations.address(service), "city")
    found = places.load().find(said) if said else None
    return found.name if found else said[:_PLACE]


def _identifier(said: str, *else_: str) -> str:
    """An id as our tables hold it, the same for the same entry in every file; made of the rest where none is said."""
    if said and fitting(cells.identifier, said):
        return said
    try:
        return str(UUID(said))
    except ValueError:
        return uuid("foreign", said or "|".join(else_))


def _contact(item: Json, web: str, *around: Json) -> dict[str, str]:
    return {
        "phone": locations.phone(item, *around),
        "email": fitting(cells.email, text(item, "email")),
        web: fitting(cells.url, text(item, web)),
    }


def organization(service: Json) -> dict[str, str]:
    """The organization of a service as a row of ours; one that is not named has its id at most."""
    item = object_(service, "organization")
    own, name = _own(item), text(item, "name") or text(item, "alternate_name")
    said = own.get("external_id") or text(item, "id") or text(service, "organization_id")
    return {
        "id": _identifier(said, "organization", name or text(service, "id") or text(service, "name")),
        "name": name[:_SHORT],
        "description": "" if "no_description" in own else text(item, "description")[:_LONG],
        **_contact(item, "website"),
        **{name: own.get(name, "") for name in ("place", "address_1", "postal_code")},
        **{name: own[name] for name in ("phone",) if name in own},
        **_without(own),
    }


def instead(service: Json) -> str:
    """What an organization is called that nobody names: as the place, else as what it offers."""
    return (text(locations.location(service), "name") or text(service, "name"))[:_SHORT]


def service(item: Json, provider: Mapping[str, str]) -> dict[str, str]:
    """A service as a row of ours; one that is not ours is a draft, since half of it is a guess."""
    own = _own(item)
    at, where, address = locations.chosen(item), locations.location(item), locations.address(item)
    row = {
        "id": _identifier(text(item, "id"), "service", provider["id"], text(item, "name")),
        "organization_id": provider["id"],
        "name": text(item, "name")[:_SHORT],
        "description": text(item, "description")[:_LONG],
        "place": _place(item),
        "location_name": text(where, "name")[:_SHORT],
        "transportation": text(where, "transportation")[:_SHORT],
        "address_1": text(address, "address_1")[:_SHORT],
        "postal_code": fitting(cells.postal_code, text(address, "postal_code")),
        "languages": languages.spoken(item) or languages.spoken(where),
        "bring": _bring(item),
        "assured_date": fitting(cells.day, str(day(item, "assured_date") or "")),
        "status": _STATUS.get(text(item, "status"), "draft"),
        **_contact(item, "url", at, where),
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


def _bring(item: Json) -> str:
    found = dict.fromkeys(text(one, "document") for one in items(item, "required_documents"))
    return ",".join(code for code in found if code in BRING)


def _guessed(item: Json, row: dict[str, str], provider: Mapping[str, str]) -> dict[str, str]:
    kind = kinds.load()[_kind(item)]
    price = prices.price(item)
    return {
        "kind": kind.id,
        "topic": kind.topic,
        "field_of_action": "participation",
        "cost": "free" if price == 0 else "fee",
        "cost_amount": f"{price:.2f}" if price else "",
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


def _capacity(item: Json) -> dict[str, str]:
    """Free places and places in all; more free than there are is nothing to hold on to but the free ones."""
    read = cells.number(0, 100_000)
    free, total = (fitting(read, text(item, name).removesuffix(".0")) for name in ("available", "maximum"))
    return {"free_places": free, "capacity": total if total and int(free or 0) <= int(total) else ""}


def _kind(item: Json) -> str:
    """The kind whose name stands in the name of the service or in one of its terms."""
    terms = [text(object_(one, "taxonomy_term"), "name") for one in items(item, "attributes")]
    said = " | ".join([text(item, "name"), text(item, "alternate_name"), *terms]).casefold()
    for kind in kinds.load().values():
        if any(name.casefold() in said for name in kind.names.values()):
            return kind.id
    return _GUESS


def schedule(item: Json) -> dict[str, str] | None:
    """Dates as a row of ours; None where the day or the time is not said, or Lotse has no such series."""
    row = series.read(item)
    return row | {"skip_holidays": _own(item).get("skip_holidays", "")} if row else None
