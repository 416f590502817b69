"""What can go wrong with the description of another program's columns."""

from people.errors import DomainError


class ColumnsInvalidError(DomainError):
    """A description of columns that names a table, field or leader that does not exist, or one column twice."""

    key = "cw.error.columns"
