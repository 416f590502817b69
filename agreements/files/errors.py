"""What can go wrong with a client's file."""

from collections.abc import Mapping

from i18n.messages import Message
from people.errors import DomainError


class FieldsInvalidError(DomainError):
    """Some fields of a form do not fit; nothing was changed. `fields` says for each what is wrong."""

    key = "cw.error.fields"

    def __init__(self, fields: Mapping[str, Message]) -> None:
        super().__init__()
        self.fields = dict(fields)


class ChangedAgainError(DomainError):
    """What somebody wants to take back was changed again since."""

    key = "cw.error.changed_again"


class ChangedMeanwhileError(DomainError):
    """A field that a form changes was changed by somebody else since the form was shown."""

    key = "desk.error.meanwhile"


class NoteEmptyError(DomainError):
    """A note without a word, or one that is too long."""

    key = "cw.error.note"


class ContactDayError(DomainError):
    """A contact that is said to have been in the future."""

    key = "cw.error.contact_day"
