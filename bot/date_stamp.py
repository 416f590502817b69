"""Moments in a button: a date of an offer as its series says it on a clock in Berlin, `202702031800`, or when something changed."""

import re
from datetime import UTC, date, datetime, timedelta

from people.errors import NotFoundError

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOMENT = re.compile(r"[0-9a-f]{1,14}")


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


def write_moment(moment: datetime) -> str:
    """A point in time as exact as it is stored, in as few letters as a button has room for."""
    return f"{(moment - _ZERO) // _MICROSECOND:x}"


def read_moment(stamp: str) -> datetime:
    """The point in time. Raises NotFoundError for anything else."""
    if not _MOMENT.fullmatch(stamp):
        raise NotFoundError
    return _ZERO + int(stamp, 16) * _MICROSECOND
