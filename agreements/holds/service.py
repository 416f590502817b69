"""Use cases about keeping a case against its deletion, and about erasing it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from agreements import rules
from agreements.access import CaseAccess
from agreements.holds.errors import CaseHeldError, HoldUntilError
from agreements.holds.repository import HoldsRepository
from agreements.holds.types import ErasedFor, Hold, HoldReason
from agreements.privacy.repository import PrivacyRepository
from agreements.service import AgreementsService
from db.engine import Transaction
from i18n import dates
from i18n.languages import SOURCE
from people.audit.types import Part
from people.types import Actor

LONGEST = timedelta(days=3653)


class HoldsService:
    """Never commits: `tx` is the caller's unit of work. What is not theirs raises the same NotFoundError as what does not exist."""

    def __init__(
        self,
        repository: HoldsRepository,
        privacy: PrivacyRepository,
        agreements: AgreementsService,
        access: CaseAccess,
        *,
        new_id: Callable[[], str],
        erased: Callable[[str, datetime], None],
    ) -> None:
        self._repository = repository
        self._privacy = privacy
        self._agreements = agreements
        self._access = access
        self._new_id = new_id
        self._note_erased = erased

    async def hold_of(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> Hold | None:
        """Why and until when a case must be kept. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.HOLD)
        return (await self._repository.holds(tx, [client.id], rules.today(now))).get(client.id)

    async def hold(
        self, tx: Transaction, actor: Actor, client_id: str, reason: HoldReason, until: date, now: datetime
    ) -> Hold:
        """Keep a case up to and with a day; it replaces the hold before. Raises HoldUntil-, NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.HOLD, change=True)
        today = rules.today(now)
        if not today <= until <= today + LONGEST:
            raise HoldUntilError
        await self._repository.lift(tx, client.id, actor.id, now)
        made = Hold(self._new_id(), client.id, reason, until, actor.id, now)
        await self._repository.add(tx, made)
        return made

    async def lift(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> None:
        """It need not be kept any more. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.HOLD, change=True)
        await self._repository.lift(tx, client.id, actor.id, now)

    async def erase(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> None:
        """Remove a case with everything that hangs on it, for good; a tombstone is left.

        One that is only stored goes where the person wants that too. Raises CaseHeld-, CaseRestricted-, NotFoundError.
        """
        client = await self._agreements.to_erase(tx, actor, client_id)
        today = rules.today(now)
        held = (await self._repository.holds(tx, [client.id], today)).get(client.id)
        if held is not None:
            raise CaseHeldError(day=dates.day(held.until, SOURCE))
        await self._agreements.let_go(tx, client, now)
        await self._repository.bury(tx, client.id, ErasedFor.WISH, today)
        await self._privacy.remove_case(tx, client.id)
        self._note_erased(client.id, now)
