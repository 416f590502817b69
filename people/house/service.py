"""Use cases about the settings of the house. Each process holds them and looks again every few seconds."""

from collections.abc import Callable, Mapping
from datetime import datetime

from db.engine import Transaction
from i18n.messages import Message
from people.accessor import Accessor
from people.house import rules
from people.house.errors import SettingsInvalidError
from people.house.repository import HouseRepository
from people.house.types import House, RoleChange, Setting, SettingChange, SettingLine
from people.types import Actor, Permission

SHOWN = 100


class HouseService:
    """Never commits: `tx` is the caller's unit of work. `current` is as of the last `refresh`."""

    def __init__(
        self,
        repository: HouseRepository,
        *,
        new_id: Callable[[], str],
        defaults: Mapping[Setting, str] | None = None,
    ) -> None:
        """`defaults` come out of the environment; they were checked there."""
        self._repository = repository
        self._new_id = new_id
        self._defaults = dict(defaults or {})
        self._accessor = Accessor()
        self._values: Mapping[Setting, str] = {}
        self.current: House = rules.house(self._defaults)

    async def refresh(self, tx: Transaction) -> None:
        """Take up what an administrator changed, in whichever process. One small query."""
        values = await self._repository.values(tx)
        if values != self._values:
            self._values = values
            self.current = rules.house({**self._defaults, **values})

    async def look(self, tx: Transaction, actor: Actor) -> list[SettingLine]:
        """Every setting with its default. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_SETTINGS)
        values = await self._repository.values(tx)
        return [SettingLine(s, values.get(s, ""), self._defaults.get(s, "")) for s in Setting]

    async def change(self, tx: Transaction, actor: Actor, given: Mapping[Setting, str], now: datetime) -> int:
        """Write what differs; an empty text goes back to the default. Returns how many changed.

        Raises SettingsInvalidError with a sentence for each that does not fit, and NotAllowedError.
        """
        self._accessor.require(actor, Permission.KEEP_SETTINGS)
        wanted: dict[Setting, str] = {}
        wrong: dict[Setting, Message] = {}
        for setting, text in given.items():
            try:
                wanted[setting] = rules.written(setting, text) if text.strip() else ""
            except ValueError:
                wrong[setting] = Message("desk.house.wrong." + setting.value)
        if wrong:
            raise SettingsInvalidError(wrong)
        before = await self._repository.values(tx)
        changed = {s: text for s, text in wanted.items() if text != before.get(s, "")}
        for setting, text in changed.items():
            await self._repository.put(tx, setting, text)
            await self._repository.add_change(
                tx, SettingChange(self._new_id(), setting, before.get(setting, ""), text, actor.id, now)
            )
        return len(changed)

    async def changes(self, tx: Transaction, actor: Actor) -> list[SettingChange]:
        """Who changed which setting, the newest first. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_SETTINGS)
        return await self._repository.changes(tx, SHOWN)

    async def role_changes(self, tx: Transaction, actor: Actor) -> list[RoleChange]:
        """Who got or lost which role, the newest first. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_SETTINGS)
        return await self._repository.role_changes(tx, SHOWN)
