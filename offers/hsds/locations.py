"""Where a service is and how it is reached: of several locations, addresses and numbers, the one that people can use."""

from collections.abc import Iterable

from offers import cells, places
from offers.hsds.fields import fitting, items, object_, text
from offers.hsds.terms import Json

_NOT_SPOKEN = frozenset({"fax", "tty", "textphone", "text", "pager", "video"})

_SPACES = str.maketrans(".\xa0", "  ")


def chosen(service: Json) -> Json:
    """The `service_at_location` that counts: one in the district before one elsewhere, any address before none."""
    return max(items(service, "service_at_locations"), key=_rank, default={})


def location(service: Json) -> Json:
    """The location of the chosen one."""
    return object_(chosen(service), "location")


def address(service: Json) -> Json:
    """Its address: where people go before where letters do, and one in the district before one elsewhere."""
    return max(items(location(service), "addresses"), key=_address_rank, default={})


def _rank(at: Json) -> tuple[bool, bool, bool]:
    where = object_(at, "location")
    addresses = items(where, "addresses")
    virtual = text(where, "location_type") == "virtual"
    return any(_is_here(one) for one in addresses), bool(addresses), bool(where) and not virtual


def _address_rank(one: Json) -> tuple[bool, bool]:
    return text(one, "address_type") != "postal", _is_here(one)


def _is_here(one: Json) -> bool:
    city = text(one, "city")
    return text(one, "address_type") != "postal" and bool(city) and places.load().find(city) is not None


def phone(*holders: Json) -> str:
    """The first number that can be dialled and spoken to: theirs, then that of somebody named there."""
    named = [contact for holder in holders for contact in items(holder, "contacts")]
    return next(filter(None, _numbers([*holders, *named])), "")


def _numbers(holders: Iterable[Json]) -> Iterable[str]:
    for holder in holders:
        for one in items(holder, "phones"):
            if text(one, "type").casefold() not in _NOT_SPOKEN:
                yield fitting(cells.phone, text(one, "number").strip('"').translate(_SPACES))


def schedules(service: Json) -> list[Json]:
    """The dates of the service and of the chosen location, each once."""
    at = chosen(service)
    here = [*items(at, "schedules"), *items(object_(at, "location"), "schedules")]
    kept = {text(one, "id") for one in here}
    away = {text(one, "id") for one in _elsewhere(service)} - kept - {""}
    found = [*(one for one in items(service, "schedules") if text(one, "id") not in away), *here]
    return list({text(one, "id") or str(number): one for number, one in enumerate(found)}.values())


def others(service: Json) -> list[str]:
    """Further places with dates of their own, by name: an offer of ours has one."""
    here = {text(one, "id") for one in schedules(service)}
    found = []
    for at in _not_chosen(service):
        if any(text(one, "id") not in here or not text(one, "id") for one in _dates(at)):
            where = object_(at, "location")
            city = next((text(one, "city") for one in items(where, "addresses")), "")
            found.append(", ".join(filter(None, (text(where, "name"), city))))
    return found


def _elsewhere(service: Json) -> list[Json]:
    return [one for at in _not_chosen(service) for one in _dates(at)]


def _not_chosen(service: Json) -> list[Json]:
    at = chosen(service)
    return [one for one in items(service, "service_at_locations") if one is not at]


def _dates(at: Json) -> list[Json]:
    return [*items(at, "schedules"), *items(object_(at, "location"), "schedules")]
