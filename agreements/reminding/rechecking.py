"""The last look at a push before it leaves: is it still wanted, and is it still theirs?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from agreements.pushes import REMINDERS, Push, Pushes
from agreements.reminding.rationing import Rationing
from agreements.reminding.repository import RemindingRepository
from agreements.reminding.types import Case
from agreements.repository import AgreementsRepository
from agreements.types import Reminder
from db.engine import Transaction
from delivery.types import Cancel, Go, OutboxItem, Verdict


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
        for item in items:
            push, ref = item.content.get("push"), str(item.content.get("ref", ""))
            if push == Push.NEWS and (refused := await self._news_refused(tx, item, ref)):
                verdicts[item.id] = Cancel(refused)
            elif "case" in item.content:
                case = cases.get(str(item.content["case"]))
                if case is None or case.person_id != item.person_id:
                    verdicts[item.id] = Cancel("not_linked")
                elif case.stored and push != Push.RESTRICTION:
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
        refs = {
            str(item.content.get("ref", "")): item for item in items if item.content.get("push") in REMINDERS
        }
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

    async def _news_refused(self, tx: Transaction, item: OutboxItem, ref: str) -> str | None:
        request = await self._repository.request(tx, ref)
        if request is None:
            return None
        if not request.open:
            return "answered"
        client = await self._repository.client(tx, request.client_id)
        return None if client is not None and client.coordinator_id == item.person_id else "not_theirs"


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
