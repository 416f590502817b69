"""The catalogue as HSDS services: Lotse's own as it knows them, those of another directory as that wrote them but for what changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from offers.hsds import fields, reading, rows, writing
from offers.hsds.terms import Json
from offers.responsible.types import Responsibility
from offers.types import Offer


def export(offers: Sequence[Offer], duties: Sequence[Responsibility] = ()) -> list[Json]:
    """One full service object for each offer."""
    by_office: dict[str, list[Responsibility]] = {}
    for entry in duties:
        by_office.setdefault(entry.offer_id, []).append(entry)
    return [_service(offer, by_office.get(offer.id, ())) for offer in offers]


def _service(offer: Offer, duties: Sequence[Responsibility]) -> Json:
    ours = writing.service(offer, duties)
    return _foreign(ours, offer.original) if offer.original else ours


def _foreign(ours: Json, original: Mapping[str, Any]) -> Json:
    """What the other directory wrote, and over it what is no longer as it was taken then."""
    before = reading.read_one(dict(original))
    then = writing.service(before) if before else {}
    if ours == then:
        return dict(original)
    changed = {name: value for name, value in ours.items() if value != then.get(name)}
    gone = {name for name in then if name not in ours}
    kept = {name: value for name, value in original.items() if name not in gone}
    # With Lotse's own fields in it nothing has to be guessed when it is read again.
    theirs = [one for one in fields.items(kept, "attributes") if not rows.is_own({"attributes": [one]})]
    return kept | changed | {"attributes": [*theirs, *ours["attributes"]]}
