"""Which offers have a page: a list beside the data that `lotse offers publish` leaves and the bot follows."""

from collections.abc import Iterable
from pathlib import Path

NAME = "published.txt"
_Seen = tuple[int, int, int]


class Written:
    """What the last publish wrote. The list is read again only when it is another one; where there is none, no offer has a page."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._seen: _Seen | None = None
        self._ids: frozenset[str] = frozenset()

    def has(self, offer_id: str) -> bool:
        """Whether the offer has a page in every language."""
        seen = self._look()
        if seen != self._seen:
            self._seen, self._ids = seen, self._read()
        return offer_id in self._ids

    def keep(self, offer_ids: Iterable[str]) -> None:
        """These have a page from now on and no others. Whoever reads meanwhile finds the old list or this one. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{NAME}.new")
        fresh.write_text("".join(f"{offer_id}\n" for offer_id in sorted(offer_ids)), "utf-8")
        fresh.replace(self._path)

    def _look(self) -> _Seen | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self) -> frozenset[str]:
        try:
            return frozenset(self._path.read_text("utf-8").split())
        except (OSError, UnicodeDecodeError):
            return frozenset()
