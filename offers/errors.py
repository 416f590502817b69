"""What can go wrong with a table as a whole or a cell of it, each with the sentence that the person who imports reads."""

from typing import ClassVar

from i18n.messages import Message
from offers.forms import Clash
from offers.types import RowError
from people.errors import DomainError


class TableError(Exception):
    """A file that cannot be read as a table at all."""

    def __init__(
        self, key: str, *, row: int = 0, column: str = "", sheet: str = "", **params: object
    ) -> None:
        """In a workbook `sheet` and `column` are what it calls them: `services` and `C`."""
        super().__init__(key)
        self.message = Message(key, params)
        self.row = row
        self.column = column
        self.sheet = sheet

    def at(self, file: str) -> RowError:
        """The same as an error of this file."""
        return RowError(f"{file}: {self.sheet}" if self.sheet else file, self.row, self.column, self.message)


class CellError(Exception):
    """A cell whose text is not what its column holds."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.message = Message(key, params)


class FieldError(CellError):
    """A field that cannot hold what was written; `field` may be another one that no longer fits."""

    def __init__(self, field: str, key: str, **params: object) -> None:
        super().__init__(key, **params)
        self.field = field


class EntryError(Exception):
    """A field of an entry that is not what Integreat writes there."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Errors(list[RowError]):
    """Collects what is wrong in tables, up to a number that somebody will still read."""

    MOST = 200

    def add(self, file: str, row: int, column: str, message: Message) -> None:
        """One more, or the remark that there are too many."""
        self.put(RowError(file, row, column, message))

    def put(self, error: RowError) -> None:
        """The same for one that is an error already."""
        if len(self) < self.MOST:
            self.append(error)
        elif len(self) == self.MOST:
            self.append(RowError(error.file, 0, "", Message("import.too_many_errors")))


class RefusedError(DomainError):
    """What somebody wrote cannot be kept; the sentence is that of the cell."""

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.message = message


class ChangedSinceError(DomainError):
    """What somebody wants to take back is not the last change any more."""

    key: ClassVar[str] = "ed.changed_since"


class ClashError(DomainError):
    """Somebody else changed the very fields meanwhile that are to be written."""

    key: ClassVar[str] = "desk.offer.clash"

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        super().__init__()
        self.clashes = clashes


class MergedError(DomainError):
    """What somebody wants to take back made two entries one: what hangs on them went along and does not come back with the text."""

    key: ClassVar[str] = "ed.merged"


class SuggestedEnoughError(DomainError):
    """So many suggestions wait that nobody could read more."""

    key: ClassVar[str] = "suggest.enough"


class NoContactError(DomainError):
    """An offer that nobody could reach is not published."""

    key: ClassVar[str] = "ed.no_contact"
