"""What can go wrong here, each with the sentence that the person reads."""

from typing import ClassVar

from i18n.messages import Message


class DomainError(Exception):
    """Something a person asked for cannot be done; `message` tells them why, in their language."""

    key: ClassVar[str] = "error.unknown"
    keeps_effect: ClassVar[bool] = False
    """Whether what was written before the error stays, such as the count of wrong codes."""

    def __init__(self, **params: object) -> None:
        super().__init__(self.key)
        self.message = Message(self.key, params)


class NotFoundError(DomainError):
    """It does not exist, or is not theirs: the same answer for both, so that nothing can be guessed."""

    key = "error.not_found"


class NotAllowedError(DomainError):
    """The role does not include this."""

    key = "error.not_allowed"


class InvitationInvalidError(DomainError):
    """The code was never made, was revoked, is used up or too old: the same answer for all."""

    key = "error.invitation_invalid"
    keeps_effect = True


class CodesOpenError(DomainError):
    """As many codes are open as one person may have."""

    key = "error.codes_open"


class TooManyAttemptsError(DomainError):
    """Too many codes tried within the hour."""

    key = "error.too_many_attempts"
