"""What can go wrong with a consent or a hand-over."""

from people.errors import DomainError


class ConsentMissingError(DomainError):
    """There is no consent on which this could be handed over: none was given, it is too old, or it was taken back."""

    key = "desk.error.consent"


class ConsentDayError(DomainError):
    """A paper that is said to have been signed in the future, or so long ago that it holds no more."""

    key = "desk.error.consent_day"


class ConsentOverruledError(DomainError):
    """A paper from before the client said no, or took a yes back: what was said since counts."""

    key = "desk.error.consent_overruled"


class NothingChosenError(DomainError):
    """Beside what always goes nothing is to be handed over."""

    key = "desk.error.consent_parts"
