"""What may leave now: nothing at quiet times, and two pushes a day of what can wait; asked right before a push goes out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from agreements import rules
from agreements.pushes import REMINDERS
from agreements.reminding.planning import waking
from agreements.reminding.repository import RemindingRepository
from agreements.reminding.types import Case
from db.engine import Transaction
from delivery.types import Cancel, Go, OutboxItem, Postpone, Push, Verdict
from people.house.service import HouseService

RATIONED = (*REMINDERS, Push.MILESTONE, Push.OFFER_DATE, Push.FEEDBACK)
"""What somebody gets two of a day; an answer they wait for, and an appointment that moved, are told at once."""


class Rationing:
    """Only reads: `tx` is the caller's unit of work."""

    def __init__(self, repository: RemindingRepository, house: HouseService) -> None:
        self._repository = repository
        self._house = house

    async def verdicts(
        self, tx: Transaction, items: Sequence[OutboxItem], cases: Mapping[str, Case], now: datetime
    ) -> dict[str, Verdict]:
        """Whether each may leave now, by its id; `cases` are those that the pushes are about."""
        people = {item.person_id for item in items}
        own = await self._repository.quiet_of(tx, people)
        told = await self._repository.told_since(tx, people, rules.day_began(now))
        night = rules.night_of(self._house.current)
        quiet = {person: own.get(person, night) for person in people}
        found = {item.id: waking(item, now, quiet[item.person_id]) for item in items}
        over = [
            item
            for item in items
            if isinstance(found[item.id], Go)
            and _is_rationed(item)
            and told.get(item.person_id, 0) >= _ration(cases.get(str(item.content.get("case", ""))))
        ]
        if over:
            found |= await self._put_off(tx, over, quiet, now)
        return found

    async def leaves_at(self, tx: Transaction, case: Case, due_on: date, now: datetime) -> datetime:
        """When a reminder leaves that is written now, of something that is due on this day, unless others come in between."""
        first = rules.after_quiet(now, case.quiet)
        person = case.person_id or ""
        told = await self._repository.told_since(tx, [person], rules.day_began(first))
        if told.get(person, 0) < _ration(case):
            return first
        tomorrow = rules.next_day(first, case.quiet)
        late = _too_late(tomorrow, rules.milestone_not_after(now), due_on, first)
        return first if late else tomorrow

    async def _put_off(
        self,
        tx: Transaction,
        over: Sequence[OutboxItem],
        quiet: Mapping[str, rules.QuietTimes],
        now: datetime,
    ) -> dict[str, Verdict]:
        """The next day for those that can wait until then."""
        news = [item.id for item in over if item.content.get("push") == Push.MILESTONE]
        told = await self._repository.told_since_then(tx, news, Push.MILESTONE) if news else frozenset()
        reminders = [_ref(item) for item in over if item.content.get("push") in REMINDERS]
        today = rules.today(now)
        due = await self._repository.due_days(tx, reminders, today) if reminders else {}
        found: dict[str, Verdict] = {}
        for item in over:
            if (item.id, item.content.get("case")) in told:
                # Since it was written, another has said that there is something new in the agreement; all of it stands there.
                found[item.id] = Cancel("told")
            else:
                tomorrow = rules.next_day(now, quiet[item.person_id])
                late = _too_late(tomorrow, item.not_after, due.get(_ref(item)), now)
                found[item.id] = Go() if late else Postpone(tomorrow)
        return found


def _too_late(tomorrow: datetime, not_after: datetime | None, due_on: date | None, now: datetime) -> bool:
    """Whether the next day is too late to set off for what begins then; what is due then is done, or never."""
    if not_after is not None and tomorrow > not_after - rules.SET_OFF:
        return True
    return due_on is not None and rules.today(now) <= due_on < rules.today(tomorrow)


def _is_rationed(item: OutboxItem) -> bool:
    return item.content.get("push") in RATIONED and not item.urgent and item.attempts == 0


def _ration(case: Case | None) -> int:
    # Behind a chat that several share there is one person for each case.
    return rules.PUSHES_A_DAY * max(1, case.in_chat if case else 1)


def _ref(item: OutboxItem) -> str:
    return str(item.content.get("ref", ""))
