"""Under what it is written who looks after an offer, and whether somebody is to be asked about it; pure functions."""

from datetime import date, timedelta

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
