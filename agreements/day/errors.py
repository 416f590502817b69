"""What can go wrong with the settings of a member of staff."""

from people.errors import DomainError


class SilentWeeksError(DomainError):
    """Fewer than one week or more than a year."""

    key = "cw.error.silent_weeks"
