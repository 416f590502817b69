"""What is noted along a transaction and written at its end; what a note says is the business of whoever takes it."""

from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection


class Note(Protocol):
    """Something to be written at the end."""

    def undone(self) -> Self:
        """What is left of it when the savepoint in which it was taken is rolled back."""
        ...


_Note = TypeVar("_Note", bound=Note)


@dataclass
class _Page(Generic[_Note]):
    notes: list[_Note] = field(default_factory=list)
    taken: set[_Note] = field(default_factory=set)
    savepoints: list[int] = field(default_factory=list)


class Notes(Generic[_Note]):
    """Notes by transaction. They live in memory: a transaction that fails takes them with it."""

    def __init__(self) -> None:
        self._pages: WeakKeyDictionary[Connection, _Page[_Note]] = WeakKeyDictionary()

    def take(self, tx: AsyncConnection, note: _Note) -> None:
        """Keep a note until the transaction ends; the same one twice is one."""
        page = self._page(_sync(tx))
        if note not in page.taken:
            page.taken.add(note)
            page.notes.append(note)

    def hand_over(self, tx: AsyncConnection) -> list[_Note]:
        """Everything noted so far, which is forgotten here."""
        page = self._pages.pop(_sync(tx), None)
        return page.notes if page else []

    def savepoint(self, connection: Connection) -> None:
        """A savepoint begins."""
        page = self._page(connection)
        page.savepoints.append(len(page.notes))

    def released(self, connection: Connection) -> None:
        """The innermost savepoint is over and holds."""
        self._page(connection).savepoints.pop()

    def rolled_back(self, connection: Connection) -> None:
        """The innermost savepoint is undone."""
        page = self._page(connection)
        since = page.savepoints.pop()
        page.notes[since:] = [note.undone() for note in page.notes[since:]]
        page.taken = set(page.notes)

    def _page(self, connection: Connection) -> _Page[_Note]:
        return self._pages.setdefault(connection, _Page())


def _sync(tx: AsyncConnection) -> Connection:
    if tx.sync_connection is None:
        raise RuntimeError("the transaction has not begun")
    return tx.sync_connection
