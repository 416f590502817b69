"""What changed here of an entry of another directory, written into what that wrote; which part of it says what, the reading is asked."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from offers.hsds import reading
from offers.hsds.fields import items, object_
from offers.hsds.terms import Json, attributes, values
from offers.hsds.writing import OWN
from offers.types import Offer

_Says = Callable[[Json], Hashable | None]
_Write = Callable[[Json, int | None, int], Json]
"""From what stood there, or nothing, and the numbers of what was meant and what is now."""
_SCHEDULES, _AT = "schedules", "service_at_locations"
_WHEN = frozenset(
    {
        *("valid_from", "valid_to", "dtstart", "until", "timezone", "count", "freq", "interval", "wkst"),
        *("byday", "byweekno", "bymonthday", "byyearday", "opens_at", "closes_at"),
    }
)
"""Fields that only say with each other when something takes place."""
_ADDRESS = ("place", "address_1", "postal_code")
_HOUSE = ("location_name", "transportation")
_READ = (
    *("name", "description", "url", "email", "phone", "assured_date", "status", "languages", "bring"),
    *(*_ADDRESS, *_HOUSE),
)


@dataclass(frozen=True)
class Change:
    """An offer as its entry was read and as it is now, each also as Lotse would write it."""

    before: Offer
    now: Offer
    then: Json
    ours: Json

    def differs(self, *names: str) -> bool:
        """Whether one of these fields is not as it was read."""
        return any(getattr(self.before, name) != getattr(self.now, name) for name in names)


def over(original: Mapping[str, Any], change: Change) -> Json:
    """The entry with what changed since; what Lotse does not model stays, and nothing has to be guessed when it is read again."""
    then, ours = change.then, change.ours
    found = _plain(dict(original), then, ours)
    if then["organization"] != ours["organization"]:
        found["organization"] = _organization(object_(found, "organization"), change)
        if "organization_id" in found:
            found["organization_id"] = found["organization"]["id"]
    # Those of an office are written from what it is responsible for, which no other directory says.
    known = {area["name"] for area in items(found, "service_areas")}
    found |= _several(
        found, "service_areas", [a for a in ours.get("service_areas", []) if a["name"] not in known]
    )
    found |= _phone(found, "phones", change.before.phone, change.now.phone, ours)
    found |= _codes(found, "languages", "languages", change)
    found |= _codes(found, "required_documents", "bring", change)
    found |= _one(found, "cost_options", change, "cost", "cost_amount")
    found |= _one(found, "capacities", change, "free_places", "capacity")
    found = _places(found, change)
    found = _dates(found, change)
    found["attributes"] = [*_theirs(found), *ours["attributes"]]
    found = {name: value for name, value in found.items() if value != [] or original.get(name) == []}
    return _sure(found, change)


def _first(item: Json, name: str) -> Json:
    return next(iter(items(item, name)), {})


def _several(item: Json, name: str, more: list[Json]) -> Json:
    return {name: [*items(item, name), *more]} if more else {}


def _theirs(item: Json) -> list[Json]:
    return [one for one in items(item, "attributes") if not set(values([one])) & OWN]


def _plain(found: Json, then: Json, ours: Json) -> Json:
    """The fields that hold no others: what changed is written, what is gone is gone."""
    found = dict(found)
    for name in dict.fromkeys([*ours, *then]):
        old, new = then.get(name), ours.get(name)
        if old == new or name == "id" or isinstance(old, list | dict) or isinstance(new, list | dict):
            continue
        if new is None:
            found.pop(name, None)
        else:
            found[name] = new
    return found


def _probe(**fields: object) -> Offer | None:
    """How an entry is read that says only this."""
    bare = {"id": "probe", "name": "?", "organization": {"id": "probe", "name": "?"}}
    return reading.read_one({**bare, **fields})


def _asked(field: str, *names: str) -> _Says:
    """What of an offer one object of this field says."""

    def says(item: Json) -> Hashable | None:
        found = _probe(**{field: [item]})
        return tuple(getattr(found, name) for name in names) if found else None

    return says


def _changed(
    found: Sequence[Json],
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    says: _Says,
    write: _Write,
    *,
    codes: bool = False,
) -> tuple[list[Json | None], list[Json]]:
    """What stands in each place now, none where it is gone, and what is new; what says nothing of `old` stays where it is.

    What is gone and what is new are taken for the same that changed, in their order; `codes` do not change, and come in turn.
    """
    said = [says(item) for item in found]
    gone = [key for key in old if key not in new]
    fresh = [key for key in new if key not in old]
    source = {key: key for key in new if key in old} | ({} if codes else dict(zip(fresh, gone, strict=False)))
    place = {key: said.index(source[key]) for key in new if key in source and source[key] in said}
    slots: list[Json | None] = [None if key in gone else item for key, item in zip(said, found, strict=True)]
    for slot, key in zip(sorted(place.values()) if codes else place.values(), place, strict=True):
        item = found[place[key]]
        slots[slot] = item if source[key] == key else write(item, old.index(source[key]), new.index(key))
    return slots, [write({}, None, number) for number, key in enumerate(new) if key not in place]


def _into(name: str, changed: tuple[list[Json | None], list[Json]]) -> Json:
    slots, more = changed
    return {name: [one for one in slots if one is not None] + more}


def _without_empty(item: Json, *names: str) -> Json:
    return {name: value for name, value in item.items() if name not in names or value}


def _phone(item: Json, name: str, old: str, new: str, ours: Json, says: _Says | None = None) -> Json:
    if old == new:
        return {}
    number = says or _asked("phones", "phone")

    def write(found: Json, _: int | None, __: int) -> Json:
        return {**found, "number": new} if found else dict(ours["phones"][0])

    return _into(
        name,
        _changed(items(item, name), [(old,)] * bool(old), [(new,)] * bool(new), number, write),
    )


def _codes(item: Json, field: str, name: str, change: Change) -> Json:
    if not change.differs(name):
        return {}
    old, new = ([(((code,)),) for code in getattr(offer, name)] for offer in (change.before, change.now))
    ours = change.ours.get(field, [])
    return _into(
        field,
        _changed(
            items(item, field),
            old,
            new,
            _asked(field, name),
            lambda _, __, at: dict(ours[at]),
            codes=True,
        ),
    )


def _one(item: Json, field: str, change: Change, *names: str) -> Json:
    """A field that Lotse has one of."""
    then, ours = _first(change.then, field), _first(change.ours, field)
    if not change.differs(*names):
        return {}
    old = [tuple(getattr(change.before, name) for name in names)]
    new = [tuple(getattr(change.now, name) for name in names)] if ours else []

    def write(found: Json, _: int | None, __: int) -> Json:
        if not found:
            return dict(ours)
        # For whom a price is, in their words, stays; only our own word for it changes.
        named = (
            {"option": found["option"]}
            if found.get("option", then.get("option")) != then.get("option")
            else {}
        )
        return {**ours, **found, **_plain(found, then, ours), **named}

    return _into(field, _changed(items(item, field), old, new, _asked(field, *names), write))


def _organization(found: Json, change: Change) -> Json:
    then, ours = change.then["organization"], change.ours["organization"]
    if change.before.provider.external_id != change.now.provider.external_id:
        return dict(ours)
    old, new = change.before.provider.phone, change.now.provider.phone

    def says(phone: Json) -> Hashable | None:
        read = _probe(organization={"id": "probe", "name": "?", "phones": [phone]})
        return (read.provider.phone,) if read else None

    found = _plain(found, then, ours)
    found |= _phone(found, "phones", old, new, ours, says)
    own = [*_theirs(found), *ours.get("attributes", [])]
    found = _without_empty({**found, "attributes": own}, "phones")
    again = _probe(organization=found)
    wrong = {"phone": new} if again and again.provider.phone != new else {}
    found["attributes"] = [*own, *_said(ours["id"], "organization", wrong)]
    return found


def _chosen(places: Sequence[Json], change: Change) -> int | None:
    """Which of the places is the offer's."""
    wanted = tuple(getattr(change.before, name) for name in (*_ADDRESS, *_HOUSE))
    says = _asked(_AT, *_ADDRESS, *_HOUSE)
    return next((number for number, place in enumerate(places) if says(place) == wanted), None)


def _places(item: Json, change: Change) -> Json:
    (then,), (ours,) = change.then[_AT], change.ours[_AT]
    there, here = then["location"], ours["location"]
    if there == here and not change.differs(*_ADDRESS):
        return item
    found = items(item, _AT)
    number = _chosen(found, change)
    if number is None:
        mine = {name: value for name, value in ours.items() if name != _SCHEDULES}
        return {**item, _AT: [mine, *found]}
    location = _plain(object_(found[number], "location"), there, here)
    location |= _address(location, change, _first(there, "addresses"), _first(here, "addresses"))
    if there.get("accessibility") != here.get("accessibility"):
        said = [one.get("description") for one in there.get("accessibility", [])]
        kept = [one for one in items(location, "accessibility") if one.get("description") not in said]
        location["accessibility"] = [*kept, *here.get("accessibility", [])]
    at = {**found[number], "location": _without_empty(location, "addresses", "accessibility")}
    return {**item, _AT: [*found[:number], at, *found[number + 1 :]]}


def _address(location: Json, change: Change, there: Json, ours: Json) -> Json:
    """Where it is; half an address is none, then the fields of it stand beside it."""
    if not change.differs(*_ADDRESS):
        return {}
    wanted = tuple(getattr(change.before, name) for name in _ADDRESS)
    found = items(location, "addresses")
    whole = [{"location": {"addresses": [one]}} for one in found]
    says = _asked(_AT, *_ADDRESS)
    number = next((at for at, one in enumerate(whole) if says(one) == wanted), None)
    if number is None:
        return {"addresses": [ours, *found]} if ours else {}
    before, after = found[:number], found[number + 1 :]
    if not ours and there:
        return {"addresses": [*before, *after]}
    now = change.now
    moved = {"address_1": now.address_1, "city": now.place, "postal_code": now.postal_code}
    if ours and change.differs("place"):
        moved |= {name: ours[name] for name in ("state_province", "country")}
    return {"addresses": [*before, _without_empty({**ours, **found[number], **moved}, *moved), *after]}


def _holders(item: Json) -> Iterator[tuple[int | None, str, list[Json]]]:
    """Where dates stand: at the service, at each of its places, and when that is open."""
    yield None, _SCHEDULES, items(item, _SCHEDULES)
    for number, at in enumerate(items(item, _AT)):
        yield number, _SCHEDULES, items(at, _SCHEDULES)
        yield number, "location", items(object_(at, "location"), _SCHEDULES)


def _put(item: Json, number: int | None, where: str, found: list[Json]) -> Json:
    if number is None:
        return {**item, _SCHEDULES: found}
    at = list(items(item, _AT))
    if where == "location":
        at[number] = {**at[number], "location": {**object_(at[number], "location"), _SCHEDULES: found}}
    else:
        at[number] = {**at[number], _SCHEDULES: found}
    return {**item, _AT: at}


def _dates(item: Json, change: Change) -> Json:
    """Dates where they stood; new ones stand with the first of them, or at the service."""
    if not change.differs(_SCHEDULES):
        return item
    holders = list(_holders(item))
    found = [one for _, _, some in holders for one in some]
    then, ours = (some[_AT][0].get(_SCHEDULES, []) for some in (change.then, change.ours))

    def says(one: Json) -> Hashable | None:
        read = _probe(assured_date=item.get("assured_date"), schedules=[one])
        return read.schedules[0] if read and read.schedules else None

    def write(one: Json, old: int | None, new: int) -> Json:
        before, now = then[old] if old is not None else {}, ours[new]
        said = _plain({"id": now["id"], **one}, before, now)
        if any(before.get(name) != now.get(name) for name in _WHEN):
            said = {name: value for name, value in said.items() if name not in _WHEN or name in now}
            said |= {name: value for name, value in now.items() if name in _WHEN}
        own = [*_theirs(one), *now.get("attributes", [])]
        return _without_empty({**said, "attributes": own}, "attributes")

    slots, more = _changed(found, change.before.schedules, change.now.schedules, says, write)
    spaces = iter(slots)
    for number, where, some in holders:
        here = [one for one in islice(spaces, len(some)) if one is not None]
        if here and any(says(one) in change.now.schedules for one in here):
            here, more = here + more, []
        if here != some:
            item = _put(item, number, where, here)
    return {**item, _SCHEDULES: [*items(item, _SCHEDULES), *more]} if more else item


def _said(id_: str, entity: str, wrong: Mapping[str, Any]) -> list[Json]:
    """What is read otherwise than it is, as fields of ours: those that hold nothing are named."""
    empty = tuple(name for name, value in wrong.items() if not value)
    full = {name: value for name, value in wrong.items() if value}
    return attributes(entity, id_, {**full, "without": empty})


def _sure(found: Json, change: Change) -> Json:
    """The entry that is read as the offer is, also where it says other things than Lotse has room for."""
    again = reading.read_one(found)
    if again is None:
        return found
    now = change.now
    wrong = {name: getattr(now, name) for name in _READ if getattr(again, name) != getattr(now, name)}
    found["attributes"] += _said(found["id"], "service", wrong)
    if Counter(again.schedules) != Counter(now.schedules):
        for number, where, some in list(_holders(found)):
            found = _put(found, number, where, []) if some else found
        found = {**found, _SCHEDULES: change.ours[_AT][0].get(_SCHEDULES, [])}
    return found
