"""One date of an offer in a button: `202702031800`, as its series says it on a clock in Berlin."""

from datetime import date, datetime

from people.errors import NotFoundError


def write(day: date, opens_at: str) -> str:
    """Twelve digits."""
    return f"{day:%Y%m%d}{opens_at.replace(':', '')}"


def read(stamp: str) -> tuple[date, str]:
    """Day and `HH:MM`. Raises NotFoundError for anything else."""
    try:
        found = datetime.strptime(stamp, "%Y%m%d%H%M")  # noqa: DTZ007 -- a wall time has no zone
    except ValueError:
        raise NotFoundError from None
    if f"{found:%Y%m%d%H%M}" != stamp:
        raise NotFoundError
    return found.date(), f"{found:%H:%M}"
