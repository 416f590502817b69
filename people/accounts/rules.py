"""How long a session lasts, when it locks, how quickly somebody may guess, and what a password must be; pure functions."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from people.types import Role

SESSION_LIFE = timedelta(hours=12)
IDLE = timedelta(hours=1)
SEEN_EVERY = timedelta(minutes=1)
"""A session's last sign of life is written so often at most."""
CODE_LIFE = timedelta(hours=72)
PHONE_CODE_LIFE = timedelta(minutes=15)
A_MINUTE = 5
"""So many failed sign-ins a minute are looked at; the next ones are refused unseen."""
AN_HOUR = 10
BACK_OFF = timedelta(minutes=15)
ATTEMPTS_KEPT = timedelta(hours=1)
PASSWORD_LENGTH = 12
PASSWORD_LETTERS = 5
PASSWORD_LONGEST = 200
SHOWN_LONGEST = 60
TOTP_SECONDS = 30
STAFF = (Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR, Role.REVIEWER)
"""The roles that work at the desk."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


def account_name(text: str) -> str | None:
    """The user name in its one spelling, or None when it is none."""
    found = text.strip().casefold()
    return found if _NAME.fullmatch(found) else None


def password_fits(password: str, name: str) -> bool:
    """Whether a password is long enough, varied enough and not the user name."""
    return (
        PASSWORD_LENGTH <= len(password) <= PASSWORD_LONGEST
        and len(set(password)) >= PASSWORD_LETTERS
        and name not in password.casefold()
    )


def refused_until(failures: Sequence[datetime]) -> datetime | None:
    """Until when a sign-in is refused unseen, from the failed ones of the last hour, oldest first.

    Five within a minute wait until the minute is over; from the tenth in an hour each costs twice as long, up to 15 minutes.
    """
    waits: list[datetime] = []
    if len(failures) >= A_MINUTE and failures[-1] - failures[-A_MINUTE] < timedelta(minutes=1):
        waits.append(failures[-A_MINUTE] + timedelta(minutes=1))
    if len(failures) >= AN_HOUR:
        pause = timedelta(minutes=1) * 2 ** min(len(failures) - AN_HOUR, 10)
        waits.append(failures[-1] + min(pause, BACK_OFF))
    return max(waits, default=None)


def is_locked(seen_at: datetime, now: datetime) -> bool:
    """Whether a session was left alone too long."""
    return now - seen_at > IDLE


def steps_around(now: datetime) -> tuple[int, ...]:
    """The time steps whose codes count: clocks of phones are a little fast or slow."""
    step = int(now.timestamp()) // TOTP_SECONDS
    return (step - 1, step, step + 1)
