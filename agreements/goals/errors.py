"""What can go wrong with target agreements."""

from people.errors import DomainError


class GoalUnknownError(DomainError):
    """Not a goal of the phrase book."""

    key = "cw.error.goal_unknown"


class GoalWordsError(DomainError):
    """Own words of a goal that are too long."""

    key = "cw.error.goal_words"


class RoadmapNumberError(DomainError):
    """Not the number of a goal of the roadmap."""

    key = "cw.error.roadmap_number"


class NothingAgreedError(DomainError):
    """An agreement without a goal or a step cannot be signed."""

    key = "cw.error.nothing_agreed"


class SignedAlreadyError(DomainError):
    """Nothing was changed since the newest version was signed."""

    key = "cw.error.signed_already"


class AgreementChangedError(DomainError):
    """Something was added, moved or dropped since the page was made that says what both signed."""

    key = "cw.error.agreement_changed"


class DutyOpenError(DomainError):
    """Nobody has decided on the wish for deletion: the case is neither erased nor held."""

    key = "cw.error.duty_open"


class SignedInFutureError(DomainError):
    """Nobody signs tomorrow."""

    key = "cw.error.signed_in_future"
