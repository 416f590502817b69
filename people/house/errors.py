"""What can go wrong with the settings of the house."""

from collections.abc import Mapping

from i18n.messages import Message
from people.errors import DomainError
from people.house.types import Setting


class SettingsInvalidError(DomainError):
    """Some values do not fit; nothing was changed. `wrong` says for each what is wrong."""

    key = "cw.error.fields"

    def __init__(self, wrong: Mapping[Setting, Message]) -> None:
        super().__init__()
        self.wrong = dict(wrong)
