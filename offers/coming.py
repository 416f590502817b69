"""The coming dates of an offer for whoever keeps them: as the series say them, each with what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers import dates, exceptions
from offers.types import DateException, Occurrence, Offer


@dataclass(frozen=True)
class ComingDate:
    """A date that the series says, and what became of it; `passed` is whether its planned time is over, so that it cannot be restored."""

    planned: Occurrence
    exception: DateException | None
    passed: bool = False

    @property
    def now(self) -> Occurrence | None:
        """When it takes place; None where it is cancelled."""
        return dates.moved_date(self.exception) if self.exception else self.planned


def dates_of(offer: Offer, now: datetime, most: int) -> list[ComingDate]:
    """The next dates as the series say them, those before them that were moved ahead first."""
    gone = {(e.day, e.opens_at): e for e in offer.exceptions}
    planned = dates.next_dates(replace(offer, exceptions=()), now, most)
    ahead = [
        ComingDate(found, gone.pop((start.date(), f"{start:%H:%M}"), None))
        for found in planned
        for start in (found.starts_at.astimezone(dates.BERLIN),)
    ]
    moved = [found for e in gone.values() if (found := _moved_ahead(offer, e, now))]
    return [*moved, *ahead][:most]


def _moved_ahead(offer: Offer, exception: DateException, now: datetime) -> ComingDate | None:
    """A date that is still to come, though its planned time is over or no series says it any more."""
    moved, planned = dates.moved_date(exception), dates.planned(offer, exception.day, exception.opens_at)
    said = exceptions.takes_place(offer, exception.day, exception.opens_at)
    passed = planned.ends_at < now
    if moved is None or moved.ends_at < now or (said and not passed):
        return None
    return ComingDate(planned, exception, passed)
