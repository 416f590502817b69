"""What can go wrong with a form before a use case is asked, each with its sentence."""

from people.errors import DomainError


class BotUnknownError(DomainError):
    """Telegram has not said the bot's name yet: no link would lead anywhere."""

    key = "desk.error.bot_unknown"


class FieldMissingError(DomainError):
    """A date, time or file that the form needs is not there."""

    key = "desk.error.field_missing"
