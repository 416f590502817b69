"""What can go wrong with keeping and erasing a case."""

from people.errors import DomainError


class HoldUntilError(DomainError):
    """A day that is over, or too far away."""

    key = "cw.error.hold_until"


class CaseHeldError(DomainError):
    """The case must be kept until `day`."""

    key = "cw.error.held"


class CaseErasedError(DomainError):
    """A case with this number was erased on `day`; a table does not bring it back."""

    key = "cw.error.erased"
