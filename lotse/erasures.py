"""Who was erased, kept beside the database as keyed hashes of ids: a backup from before is brought back, and they are erased again.

One file a month, `erased-2027-03.log`, with a line for each: the moment in UTC and the hash. Without the key no line leads to anybody, and with it
only to an id that stands in a backup. Files go when no backup can be as old any more.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from db.crypto import Cipher

log = structlog.get_logger(__name__)
KEPT = timedelta(days=62)
"""Longer than the oldest backup that `lotse backup` leaves."""
_NAME = "erased-%Y-%m.log"
_COMMITTED_LATER = timedelta(minutes=1)


class Erasures:
    """Lines in files of a folder."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        self._folder = folder
        self._cipher = cipher

    def note(self, id_: str, now: datetime) -> None:
        """Keep that the row with this id is erased. What cannot be written is told in the log: it keeps nobody from being erased.

        Called within the transaction. Should that break off, the line stays: the person wanted it, and will ask again.
        """
        moment = now.astimezone(UTC)
        # Begun anew even behind a line that was cut short.
        line = f"\n{moment.isoformat()} {self._hash(id_)}\n".encode()
        try:
            # One write to the end of the file is whole, whoever else writes there.
            descriptor = os.open(
                self._folder / moment.strftime(_NAME), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
            )
            try:
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            log.warning("erasures.not_kept", error=type(error).__name__)

    def since(self, moment: datetime) -> Callable[[str], bool]:
        """Whether the row with an id was erased at a moment or after it, or shortly before: it may have been committed later.

        Raises OSError, and ValueError for what are no lines of this file.
        """
        hashes = {
            hashed
            for file in self._folder.glob("erased-*.log")
            for at, _, hashed in (line.partition(" ") for line in file.read_text("ascii").split("\n") if line)
            if datetime.fromisoformat(at) >= moment - _COMMITTED_LATER
        }
        return lambda id_: self._hash(id_) in hashes

    def let_go(self, now: datetime) -> None:
        """Remove the files of months that no backup reaches back to."""
        oldest = (now.astimezone(UTC) - KEPT).strftime(_NAME)
        for file in self._folder.glob("erased-*.log"):
            if file.name < oldest:
                file.unlink(missing_ok=True)

    def _hash(self, id_: str) -> str:
        return self._cipher.blind("erased", id_)
