"""Use cases about what is held: forget a person, give them their copy, and let go of what has been kept long enough."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from agreements import rules
from agreements.errors import StillCoordinatesError
from agreements.holds.repository import HoldsRepository
from agreements.holds.types import ErasedFor, Hold
from agreements.privacy.repository import PrivacyRepository
from agreements.privacy.rules import RULES
from agreements.privacy.telling import limit, seen
from agreements.privacy.types import Copy, Limits, Seen
from agreements.service import AgreementsService
from agreements.types import Client
from db.engine import Transaction
from delivery.service import DeliveryService
from people.accounts.service import AccountsService
from people.audit.types import Part, Row
from people.service import PeopleService
from people.types import Actor

INTERVIEWS = "interviews"
"""What staff typed and have not yet written into the file, beside the tables of a copy."""


class PrivacyService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: PrivacyRepository,
        people: PeopleService,
        accounts: AccountsService,
        delivery: DeliveryService,
        agreements: AgreementsService,
        holds: HoldsRepository,
        *,
        limits: Limits,
        erased: Callable[[str, datetime], None],
    ) -> None:
        self._repository = repository
        self._people = people
        self._accounts = accounts
        self._delivery = delivery
        self._agreements = agreements
        self._access = agreements.access
        self._holds = holds
        self.limits = limits
        self._note_erased = erased

    async def forget(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """Forget a person: what hangs on the chat goes, the case stays with the coordinator and names nobody. Raises StillCoordinatesError."""
        await self._agreements.forget_person(tx, actor, now)
        await self._erase(tx, actor.id)
        self._note_erased(actor.id, now)

    async def erase_again(
        self, tx: Transaction, was_erased: Callable[[str], bool], now: datetime
    ) -> tuple[int, int, int]:
        """Erase the people and cases that an older copy of the database has brought back; returns how many of each, and how many people stay.

        Whoever coordinates cases in that copy does, as everywhere: the cases go to somebody else first.
        """
        people = cases = stay = 0
        for client_id in filter(was_erased, await self._repository.every_case(tx)):
            await self._holds.bury(tx, client_id, ErasedFor.WISH, rules.today(now))
            await self._repository.remove_case(tx, client_id)
            cases += 1
        for person_id in filter(was_erased, await self._people.ids(tx)):
            try:
                await self.forget(tx, await self._people.actor(tx, person_id), now)
            except StillCoordinatesError:
                stay += 1
            else:
                people += 1
        return people, cases, stay

    async def _erase(self, tx: Transaction, person_id: str) -> None:
        await self._repository.let_go(tx, person_id)
        await self._people.forget(tx, person_id)

    async def copy(self, tx: Transaction, actor: Actor, now: datetime) -> Copy:
        """What is stored about the person who asks; what only the office shows is counted, not read."""
        cases = [
            (await self._access.theirs(tx, actor, id_, Part.COPY)).id
            for id_ in await self._repository.cases_of(tx, actor.id)
        ]
        found = await self._read(tx, actor.id, cases)
        kept_back = {name: len(rows) for name, rows in found.items() if _at_office(name)}
        return Copy(now, {name: rows for name, rows in found.items() if name not in kept_back}, kept_back)

    async def seen(self, tx: Transaction, actor: Actor) -> Seen:
        """Who looked at the record of the person who asks."""
        cases = await self._repository.cases_of(tx, actor.id)
        return seen(await self._people.trail.of_cases(tx, cases))

    async def accesses(self, tx: Transaction, case_number: str) -> list[Row]:
        """Who looked at a case, for whoever checks it at the command line; the newest first, nothing for a number that nobody has."""
        cases = await self._repository.cases_with(tx, rules.case_number(case_number) or "")
        return await self._people.trail.of_cases(tx, cases)

    async def own_holds(self, tx: Transaction, actor: Actor, now: datetime) -> list[tuple[Client, Hold]]:
        """Of the cases of the person who asks those that must be kept, with why and until when."""
        own = await self._agreements.own_clients(tx, actor)
        holds = await self._holds.holds(tx, [client.id for client in own], rules.today(now))
        return [(client, holds[client.id]) for client in own if client.id in holds]

    async def copy_of_case(self, tx: Transaction, actor: Actor, case_number: str, now: datetime) -> Copy:
        """Everything about a client and the chat behind the case, for the coordinator to hand over. Raises NotFoundError."""
        client = await self._agreements.client_by_case(tx, actor, case_number, Part.COPY)
        return Copy(now, await self._read(tx, client.person_id, [client.id]), {})

    async def _read(
        self, tx: Transaction, person_id: str | None, client_ids: list[str]
    ) -> dict[str, list[dict[str, Any]]]:
        rows = {name: await self._repository.rows(tx, name, person_id or "", client_ids) for name in RULES}
        rows[INTERVIEWS] = await self._repository.interviews(tx, client_ids)
        rows["access_log"] = [_seen(row) for row in await self._people.trail.of_cases(tx, client_ids)]
        return {name: found for name, found in rows.items() if found}

    async def purge(self, tx: Transaction, now: datetime) -> dict[str, int]:
        """Let go of everything that has been kept long enough; returns how many rows went, by table."""
        before = await self._repository.counts(tx)
        await self._purge_passing(tx, now)
        await self._purge_people(tx, now)
        await self._purge_cases(tx, now)
        after = await self._repository.counts(tx)
        return {name: before[name] - after[name] for name in before if before[name] > after[name]}

    async def preview(self, tx: Transaction, now: datetime) -> dict[str, int]:
        """What `purge` would do now, and nothing done."""
        nested = await tx.begin_nested()
        found = await self.purge(tx, now)
        await nested.rollback()
        return found

    async def _purge_passing(self, tx: Transaction, now: datetime) -> None:
        keep = self.limits
        await self._delivery.purge(
            tx, now, updates=timedelta(days=keep.updates), messages=timedelta(days=keep.messages)
        )
        await self._people.purge(tx, now, attempts=timedelta(days=keep.attempts))
        await self._accounts.purge(tx, now)
        await self._people.trail.let_go(tx, limit(now, keep.access_log))
        await self._repository.remove_invitations(tx, limit(now, keep.invitations))
        await self._repository.remove_shares(tx, limit(now, keep.attempts))
        await self._repository.remove_reports(tx, limit(now, keep.reports))
        await self._repository.remove_campaigns(tx, limit(now, keep.campaigns))
        await self._repository.remove_saved(tx, limit(now, keep.saved))
        await self._repository.remove_asks(tx, limit(now, keep.asked))
        await self._repository.remove_guests(tx, limit(now, keep.guests).date())

    async def _purge_people(self, tx: Transaction, now: datetime) -> None:
        for person_id in await self._repository.strangers(tx, limit(now, self.limits.strangers)):
            await self._people.forget(tx, person_id)
        for person_id in await self._repository.idle(tx, limit(now, self.limits.idle_chats)):
            await self._erase(tx, person_id)
        await self._repository.remove_roles(tx, limit(now, self.limits.ended_roles))

    async def _purge_cases(self, tx: Transaction, now: datetime) -> None:
        await self._repository.remove_notes(tx, limit(now, self.limits.removed_notes))
        await self._repository.remove_changes(tx, limit(now, self.limits.history))
        closed, today = (
            await self._repository.closed(tx, limit(now, self.limits.closed_cases)),
            rules.today(now),
        )
        held = await self._holds.holds(tx, closed, today)
        # Whoever asked that their data be only stored may need it for a claim of their own.
        stored = await self._repository.stored(tx, closed)
        for client_id in closed:
            if client_id not in held and client_id not in stored:
                await self._holds.bury(tx, client_id, ErasedFor.RETENTION, today)
                await self._repository.remove_case(tx, client_id)
        await self._holds.let_go(tx, limit(now, self.limits.tombstones).date())


def _at_office(name: str) -> bool:
    return name == INTERVIEWS or RULES[name].at_office


def _seen(row: Row) -> dict[str, Any]:
    """A row of the access log as it stands in the copy: when, as whom and what, never who by name."""
    return {
        "at": row.at.isoformat(),
        "acted_as": row.acted_as.value,
        "part": row.part.value,
        "change": row.change,
    }
