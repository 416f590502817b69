"""The catalogue as HSDS services: Lotse's own as it knows them, those of another directory as that wrote them but for what changed."""

from collections.abc import Sequence

from offers.hsds import keeping, reading, writing
from offers.hsds.keeping import Change
from offers.hsds.terms import Json
from offers.responsible.types import Responsibility
from offers.types import Offer


def export(offers: Sequence[Offer], duties: Sequence[Responsibility] = ()) -> list[Json]:
    """One full service object for each offer."""
    by_office: dict[str, list[Responsibility]] = {}
    for entry in duties:
        by_office.setdefault(entry.offer_id, []).append(entry)
    before = _as_read(offers)
    return [_service(offer, by_office.get(offer.id, ()), before.get(offer.id)) for offer in offers]


def _as_read(offers: Sequence[Offer]) -> dict[str, Offer]:
    """What came from other directories as it was read, all at once: what one entry says of an organization holds for the others."""
    originals = [dict(offer.original) for offer in offers if offer.original]
    found = reading.catalogue(originals, reading.JSON_FILE, first=1)
    if not found.errors:
        return {offer.id: offer for offer in found.offers}
    return {offer.id: offer for one in originals if (offer := reading.read_one(one))}


def _service(offer: Offer, duties: Sequence[Responsibility], before: Offer | None) -> Json:
    ours = writing.service(offer, duties)
    if not offer.original or before is None:
        return {**(offer.original or {}), **ours}
    change = Change(before, offer, writing.service(before), ours)
    return dict(offer.original) if change.then == ours else keeping.over(offer.original, change)
