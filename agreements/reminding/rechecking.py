"""The last look at a push before it leaves: is it still wanted, and is it still theirs?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from agreements.pushes import REMINDERS, Pushes
from agreements.reminding.rationing import Rationing
from agreements.reminding.repository import RemindingRepository
from agreements.reminding.types import Case
from agreements.repository import AgreementsRepository
from agreements.types import Reminder
from db.engine import Transaction
from delivery.types import Cancel, Go, OutboxItem, Push, Verdict


class Rechecking:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self, cases: AgreementsRepository, many: RemindingRepository, rationing: Rationing, pushes: Pushes
    ) -> None:
        self._repository = cases
        self._many = many
        self._rationing = rationing
        self._pushes = pushes

    async def verdicts(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> dict[str, Verdict]:
        """Whether pushes are still wanted, by their ids; called right before they leave."""
        cases = await self._many.cases(tx, {str(i.content["case"]) for i in items if "case" in i.content})
        verdicts = await self._rationing.verdicts(tx, items, cases, now)
        verdicts |= await self._of_reminders(tx, items, cases, now)
        verdicts |= await self._of_news(tx, items, now)
        for item in items:
            if "case" in item.content:
                case = cases.get(str(item.content["case"]))
                if case is None or case.person_id != item.person_id:
                    verdicts[item.id] = Cancel("not_linked")
                elif case.stored and item.content.get("push") != Push.RESTRICTION:
                    verdicts[item.id] = Cancel("restricted")
                elif case.picture and isinstance(verdicts[item.id], Go):
                    verdicts[item.id] = Go({"picture": case.picture})
        return verdicts

    async def _of_reminders(
        self,
        tx: Transaction,
        items: Sequence[OutboxItem],
        cases: Mapping[str, Case],
        now: datetime,
    ) -> dict[str, Verdict]:
        refs = {_ref(item): item for item in items if item.content.get("push") in REMINDERS}
        if not refs:
            return {}
        found = await self._many.queued(tx, list(refs))
        rows = {row.id: row for row in found}
        unknown = {row.client_id for row in found} - cases.keys()
        if unknown:
            cases = {**cases, **await self._many.cases(tx, unknown)}
        live = await self._many.open_subjects(tx, found, now)
        refused: dict[str, Verdict] = {}
        for ref, item in refs.items():
            row = rows.get(ref)
            reason = _reason_against(row, cases, item, live)
            if reason is not None:
                refused[item.id] = Cancel(reason)
        return refused

    async def _of_news(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> dict[str, Verdict]:
        """News that is none any more; what is somebody else's by now is told to them instead."""
        news = [item for item in items if item.content.get("push") == Push.NEWS]
        about = await self._many.clients_of_news(tx, {_ref(item) for item in news}) if news else {}
        cases = await self._many.cases(tx, set(about.values()))
        refused: dict[str, Verdict] = {}
        for item in news:
            ref = _ref(item)
            request = await self._repository.request(tx, ref)
            if request is not None and not request.open:
                refused[item.id] = Cancel("answered")
            elif ref in about and cases[about[ref]].coordinator_id != item.person_id:
                refused[item.id] = Cancel("not_theirs")
                await self._pushes.tell_coordinator(tx, cases[about[ref]], ref, now)
        return refused


def _reason_against(
    row: Reminder | None, cases: Mapping[str, Case], item: OutboxItem, live: set[str]
) -> str | None:
    """Why a reminder is not sent after all, as a short code; None when it is."""
    if row is None:
        return "not_waiting"
    case = cases.get(row.client_id)
    if case is None or case.person_id != item.person_id:
        return "not_linked"
    if not case.reminders or case.ended:
        return "no_consent"
    return None if row.subject_id in live else "not_open"


def _ref(item: OutboxItem) -> str:
    return str(item.content.get("ref", ""))
