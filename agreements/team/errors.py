"""What can go wrong when cases change hands."""

from people.errors import DomainError


class NotCoordinatorError(DomainError):
    """Only coordinators can look after clients."""

    key = "cw.error.not_coordinator"


class SameCoordinatorError(DomainError):
    """The case is theirs already."""

    key = "cw.error.same_coordinator"


class NothingHandedOverError(DomainError):
    """There is no case to hand over, or all went on to somebody else."""

    key = "cw.error.nothing_handed_over"
