"""What can go wrong with messages to many."""

from people.errors import DomainError


class NobodyReachedError(DomainError):
    """Nobody would get the message."""

    key = "cw.error.nobody_reached"


class SendTimeError(DomainError):
    """In the past or more than three months ahead."""

    key = "cw.error.send_time"


class CampaignOverError(DomainError):
    """It was cancelled."""

    key = "cw.error.campaign_over"


class PlaceUnknownError(DomainError):
    """Not a place of the district."""

    key = "cw.error.place_unknown"
