"""What can go wrong with what people keep."""

from people.errors import DomainError


class KeptFullError(DomainError):
    """As many as may be are kept already."""

    key = "saved.full"


class NothingChosenError(DomainError):
    """No filter is chosen: there is nothing to keep."""

    key = "saved.empty"
