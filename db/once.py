"""What a page asks for again and again is read once, as long as its transaction lasts."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from db.engine import Transaction, only_reads

_Value = TypeVar("_Value")


class Once(Generic[_Value]):
    """Values by transaction and key. One that may write reads every time: what it changed has to be in the answer."""

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[Connection, dict[str, _Value]] = WeakKeyDictionary()

    async def get(self, tx: Transaction, key: str, read: Callable[[], Awaitable[_Value]]) -> _Value:
        """What `read` gives, or gave before in this transaction."""
        connection = tx.sync_connection
        if connection is None or not only_reads(tx):
            return await read()
        known = self._read.setdefault(connection, {})
        if key not in known:
            known[key] = await read()
        return known[key]
