"""Under what it is written who looks after an offer, whether somebody is to be asked about it, and in which order; pure functions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from offers.reviews.types import Waiting

OF_OFFER = "offer:"
"""Before the id of an offer, where somebody looks after that offer and not after all of a name."""
AGAIN_AFTER = timedelta(days=7)
TIMES = 2


def kept_as(offer_id: str, owner: str) -> str:
    """The name that stands as owner in the catalogue, of an offer without one the offer itself."""
    return owner or f"{OF_OFFER}{offer_id}"


def is_wanted(asked: tuple[date, int] | None, today: date) -> bool:
    """Whether to ask about an offer that is due; `asked` is when that was done last, and how often since somebody looked at it."""
    if asked is None:
        return True
    day, times = asked
    if times == 0:
        return day < today
    return times < TIMES and today - day >= AGAIN_AFTER


def by_owner(
    due: Sequence[tuple[str, str]], owners: Mapping[str, str], reported: Collection[str], person_id: str
) -> list[Waiting]:
    """What is due (id and `kept_as`), by owner: the person's own first, then owners with something reported; of each owner in the order given."""
    found = [
        Waiting(offer_id, "" if kept == kept_as(offer_id, "") else kept, owners.get(kept))
        for offer_id, kept in due
    ]
    urgent = {(each.owner, each.person_id) for each in found if each.offer_id in reported}

    def turn(each: Waiting) -> tuple[object, ...]:
        whose = each.owner, each.person_id
        return (
            each.person_id != person_id,
            whose not in urgent,
            not each.owner,
            each.owner,
            each.person_id or "",
        )

    return sorted(found, key=turn)
