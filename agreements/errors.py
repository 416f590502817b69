"""What can go wrong in case work, each with the sentence that the person reads."""

from agreements.types import Client
from people.errors import DomainError


class CaseRestrictedError(DomainError):
    """The client's case is only stored since `day`: nobody works with it until that ends."""

    key = "cw.error.restricted"


class OnlyStoredError(DomainError):
    """The same for the client, who asks for something that nobody would see; nothing is kept of it. `client` is the case."""

    key = "restrict.is_on"

    def __init__(self, client: Client, **params: object) -> None:
        super().__init__(**params)
        self.client = client


class AlreadyLinkedError(DomainError):
    """The chat stands for this case already: its own link was tapped once more."""

    key = "error.already_linked"


class CaseNumberInvalidError(DomainError):
    """Not a case number: 3 to 20 of A-Z, 0-9, dot, hyphen, slash."""

    key = "error.case_number_invalid"


class CaseNumberTakenError(DomainError):
    """Another client has this number."""

    key = "error.case_number_taken"


class LanguageUnknownError(DomainError):
    """Not a language that is spoken here."""

    key = "error.language_unknown"


class PlaceTooLongError(DomainError):
    """The name of a place has more than 60 characters."""

    key = "error.place_too_long"


class DueInPastError(DomainError):
    """The day is over."""

    key = "error.due_in_past"


class DayTooOldError(DomainError):
    """Something that is said to have happened more than three years ago: most likely a slip in the year."""

    key = "cw.error.day_too_old"


class DueTooFarError(DomainError):
    """The day is more than three years ahead."""

    key = "error.due_too_far"


class AppointmentInPastError(DomainError):
    """The time is over."""

    key = "error.appointment_in_past"


class AppointmentTooFarError(DomainError):
    """More than two years ahead."""

    key = "error.appointment_too_far"


class AppointmentMinutesError(DomainError):
    """Shorter than five minutes or longer than twelve hours."""

    key = "error.appointment_minutes"


class AppointmentOverError(DomainError):
    """Nothing can be changed about an appointment that is over or cancelled."""

    key = "error.appointment_over"


class WhereTooLongError(DomainError):
    """The address has more than 200 characters."""

    key = "error.where_too_long"


class BringUnknownError(DomainError):
    """Not on the list of things to bring."""

    key = "error.bring_unknown"


class PhraseInvalidError(DomainError):
    """Not a phrase of this kind, or its slots are not filled as they must be."""

    key = "error.phrase_invalid"


class MilestoneClosedError(DomainError):
    """The milestone is confirmed or dropped."""

    key = "error.milestone_closed"


class StepNotPossibleError(DomainError):
    """A milestone cannot go from its state to this one."""

    key = "error.step_not_possible"


class ReasonNeededError(DomainError):
    """A call for help says what for."""

    key = "error.reason_needed"


class WhoseUnclearError(DomainError):
    """The chat stands for several cases, and it was not said which one is meant."""

    key = "family.whose"


class PicturesNeededError(DomainError):
    """The chat stands for a case already: each needs a picture of its own first."""

    key = "family.choose"


class TooManyInChatError(DomainError):
    """A chat stands for as many cases as it can."""

    key = "family.full"


class NotLinkedError(DomainError):
    """The person who asks is nobody's client."""

    key = "error.not_linked"


class OwnInvitationError(DomainError):
    """A coordinator opened the link made for the client."""

    key = "error.own_invitation"


class ClientNotLinkedError(DomainError):
    """No chat stands for the client."""

    key = "error.client_not_linked"


class ClientRemindersOffError(DomainError):
    """The client has not said yes to reminders."""

    key = "error.client_reminders_off"


class ClientPausedError(DomainError):
    """The client paused all pushes."""

    key = "error.client_paused"


class ClientUnreachableError(DomainError):
    """The client blocked the bot or is gone."""

    key = "error.client_unreachable"


class AlreadyRemindedError(DomainError):
    """The same milestone was pushed within the hour."""

    key = "error.already_reminded"


class AlreadyAnsweredError(DomainError):
    """Somebody else was quicker, or the request was withdrawn."""

    key = "error.already_answered"


class StillCoordinatesError(DomainError):
    """Somebody who looks after clients must hand them over before their chat is forgotten."""

    key = "error.still_coordinates"
