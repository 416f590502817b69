"""Numbers about everybody, kept as long as nobody writes anything: never older than the database, in however many processes."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any, TypeVar

from agreements import rules
from db.engine import Database

_Found = TypeVar("_Found")


class Remembered:
    """What was computed in one state of the database and on one day; nothing in it is about anybody."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of: tuple[str, date] | None = None
        self._found: dict[object, Any] = {}

    async def get(self, key: object, now: datetime, compute: Callable[[], Awaitable[_Found]]) -> _Found:
        """What `compute` gives; it must read nothing before this is called, since the state is asked for first."""
        here = await self._database.state(), rules.today(now)
        if here != self._of:
            self._of, self._found = here, {}
        # Whoever finds another state meanwhile begins a dictionary of their own.
        found = self._found
        if key not in found:
            found[key] = await compute()
        result: _Found = found[key]
        return result
