"""What somebody changed in a form, and where somebody else was there first; pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, str]
"""Field → what stands in it, as it is typed."""


@dataclass(frozen=True)
class Clash:
    """A field that two people changed at the same time in different ways."""

    field: str
    theirs: str
    mine: str


def changes(was: Fields, given: Fields, now: Fields) -> tuple[dict[str, str], tuple[Clash, ...]]:
    """What of `given` has to be written, and what cannot be without a word: `was` is what the form showed, `now` what is there.

    What the form says that nobody changed in it is left as it is now, whoever wrote that.
    """
    mine = {
        field: text
        for field, text in given.items()
        if _plain(text) not in (_plain(now[field]), _plain(was.get(field, now[field])))
    }
    clashes = tuple(
        Clash(field, now[field], text)
        for field, text in mine.items()
        if _plain(was.get(field, now[field])) != _plain(now[field])
    )
    return mine, clashes


def _plain(text: str) -> str:
    """Browsers send other line ends than are kept."""
    return text.replace("\r\n", "\n").strip()
