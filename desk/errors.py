"""What can go wrong with a form before a use case is asked, each with its sentence."""

from people.errors import DomainError


class FieldMissingError(DomainError):
    """A date, time or file that the form needs is not there."""

    key = "desk.error.field_missing"


class ConsentMissingError(DomainError):
    """A hand-over without the client's consent, or with one of a day to come."""

    key = "desk.error.consent"
