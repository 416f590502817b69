"""What can go wrong with placements."""

from people.errors import DomainError


class PlacementStepError(DomainError):
    """A placement cannot go from its state to this one."""

    key = "cw.error.placement_step"


class PlacedAlreadyError(DomainError):
    """The client is placed there, or it was suggested already."""

    key = "cw.error.placed_already"


class NeverUnaskedError(DomainError):
    """An offer that is told to nobody who did not ask for it."""

    key = "cw.error.never_unasked"


class NotPublicError(DomainError):
    """An offer that is paused or ended is suggested to nobody."""

    key = "cw.error.not_public"
