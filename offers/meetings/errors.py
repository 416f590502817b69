"""What can go wrong with meetings."""

from people.errors import DomainError


class MeetingTimeError(DomainError):
    """A day or hour that is over, too far ahead, or none at all."""

    key = "meeting.bad_time"


class MeetingPeopleError(DomainError):
    """No number of people."""

    key = "meeting.bad_number"


class MeetingOverError(DomainError):
    """The date is over, or has been cancelled."""

    key = "meeting.over"
