"""What can go wrong with a form before a use case is asked, each with its sentence."""

from people.errors import DomainError


class FieldMissingError(DomainError):
    """A date, time or file that the form needs is not there."""

    key = "desk.error.field_missing"
