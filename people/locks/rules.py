"""Which pictures there are, how many are tapped, and how long wrong tries make wait: pure."""

from datetime import timedelta

PICTURES = ("🐟", "🌙", "🚲", "🍎", "🏠", "⭐", "🌳", "☂️", "🔔")
LENGTH = 4
"""Of nine pictures in any order, each as often as wanted: 6,561 ways."""
OPEN_FOR = timedelta(minutes=10)
"""How long details open without the pictures once they were right."""
_FREE = 3
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_LONGEST = timedelta(hours=2)
"""From then on twelve tries a day: to hit one of 6,561 by guessing takes most of a year."""


def taps(text: str) -> str | None:
    """The tapped pictures as digits from 0 to 8, at most as many as are wanted; None for anything else."""
    whole = len(text) <= LENGTH and all(sign in "012345678" for sign in text)
    return text if whole else None


def wait_after(wrong: int) -> timedelta | None:
    """How long nobody can try after so many wrong tries in a row; None for the first ones."""
    if wrong < _FREE:
        return None
    number = wrong - _FREE
    return _WAITS[number] if number < len(_WAITS) else _LONGEST
