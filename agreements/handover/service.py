"""Use cases about handing a case over: ask for the consent, keep the answer, take it back, and give the file out."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time

from agreements import rules
from agreements.access import CaseAccess
from agreements.files.repository import FilesRepository
from agreements.goals.repository import GoalsRepository
from agreements.handover import rules as consent_rules
from agreements.handover.errors import (
    ConsentDayError,
    ConsentMissingError,
    ConsentOverruledError,
    NothingChosenError,
)
from agreements.handover.repository import HandoverRepository
from agreements.handover.types import (
    Bundle,
    CaseConsents,
    Consent,
    Given,
    HandedOver,
    OwnConsent,
    Part,
    State,
)
from agreements.placements.repository import PlacementsRepository
from agreements.pushes import Pushes
from agreements.repository import AgreementsRepository
from agreements.types import Client
from db.engine import Transaction
from delivery.types import Push
from i18n import dates
from i18n.languages import SOURCE
from offers.service import OffersService
from people.errors import NotFoundError
from people.types import Actor

_NOON = time(12)


class HandoverService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: HandoverRepository,
        cases: AgreementsRepository,
        files: FilesRepository,
        goals: GoalsRepository,
        placements: PlacementsRepository,
        offers: OffersService,
        access: CaseAccess,
        pushes: Pushes,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._files = files
        self._goals = goals
        self._placements = placements
        self._offers = offers
        self._access = access
        self._pushes = pushes
        self._new_id = new_id

    # Staff

    async def look(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> CaseConsents:
        """What was asked, answered, handed over and taken back. Raises NotFoundError."""
        return await self._look(tx, await self._access.work_on(tx, actor, client_id), now)

    async def _look(self, tx: Transaction, client: Client, now: datetime) -> CaseConsents:
        found = await self._repository.consents(tx, client.id)
        handed = await self._repository.handovers(tx, client.id)
        revoked = {consent.id: consent.revoked_at for consent in found if consent.revoked_at is not None}
        warned = [h for h in handed if h.consent_id in revoked and h.handed_at <= revoked[h.consent_id]]
        valid = consent_rules.valid(found, now)
        states = [(consent, consent_rules.standing(consent, valid, now)) for consent in found]
        return CaseConsents(client, states, handed, valid, warned)

    async def ask(
        self, tx: Transaction, actor: Actor, client_id: str, parts: Iterable[str], now: datetime
    ) -> Consent:
        """Ask the client on the phone, in their language; a question that waits is replaced.

        Raises NotFoundError, NothingChosenError, and ClientNotLinked-, ClientUnreachable-, ClientPausedError where nobody would see it.
        """
        client = await self._access.work_on(tx, actor, client_id, change=True)
        error = rules.unreached(client)
        if error is not None:
            raise error
        consent = self._new(client, actor, parts, Given.PHONE, client.language, now)
        for old in await self._repository.withdraw(tx, client.id):
            await self._pushes.withdraw_messages(tx, f"{Push.CONSENT.value}:{old}:", "replaced", now)
        await self._repository.add(tx, consent)
        await self._pushes.tell_client(
            tx, client, Push.CONSENT, consent.id, now, not_after=now + consent_rules.ASKED_FOR
        )
        return consent

    async def signed(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        parts: Iterable[str],
        day: date,
        now: datetime,
    ) -> Consent:
        """Keep that the client signed the paper on that day; one of today was signed just now.

        Raises NotFoundError, NothingChosenError, ConsentDayError, and ConsentOverruledError where a no or a revocation is not from before
        that day.
        """
        client = await self._access.work_on(tx, actor, client_id, change=True)
        at = now if day == rules.today(now) else rules.at_berlin(datetime.combine(day, _NOON))
        if day > rules.today(now) or now - at >= consent_rules.VALID_FOR:
            raise ConsentDayError
        no = consent_rules.said_no_at(await self._repository.consents(tx, client.id))
        if no is not None and at < now and day <= rules.today(no):
            raise ConsentOverruledError(day=dates.day(rules.today(no), SOURCE))
        consent = self._new(client, actor, parts, Given.PAPER, client.language, now)
        await self._repository.withdraw(tx, client.id)
        await self._repository.add(tx, consent)
        await self._repository.answer(tx, consent.id, True, at)
        return consent

    async def take_back(self, tx: Transaction, actor: Actor, consent_id: str, now: datetime) -> Consent:
        """The client said in the office that the yes no longer holds. Raises NotFoundError."""
        consent = await self._repository.consent(tx, consent_id)
        client = await self._access.work_on(tx, actor, consent.client_id if consent else None, change=True)
        await self._repository.revoke(tx, consent_id, Given.PAPER, now)
        return await self._known(tx, consent_id, client)

    async def bundle(
        self, tx: Transaction, actor: Actor, client_id: str, parts: Iterable[Part], author: str, now: datetime
    ) -> Bundle:
        """The parts of a case as they would go; `author` is who signs for it. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id)
        placements = await self._placements.of_clients(tx, [client.id])
        appointments = await self._cases.appointments(tx, [client.id])
        return Bundle(
            frozenset(parts),
            client,
            await self._files.record(tx, client.id),
            await self._goals.goals(tx, client.id),
            await self._cases.milestones(tx, [client.id]),
            [appointment for appointment in appointments if rules.is_coming(appointment, now)],
            placements,
            await self._offers.names(tx, [placement.offer_id for placement in placements]),
            author,
            consent_rules.valid(await self._repository.consents(tx, client.id), now),
        )

    async def hand_over(
        self, tx: Transaction, actor: Actor, bundle: Bundle, form: str, now: datetime
    ) -> HandedOver:
        """Keep that the bundle went. Raises ConsentMissingError unless its consent still holds and covers all of it."""
        client = await self._access.work_on(tx, actor, bundle.client.id, change=True)
        valid = consent_rules.valid(await self._repository.consents(tx, client.id), now)
        if valid is None or bundle.consent is None or valid.id != bundle.consent.id:
            raise ConsentMissingError
        if not bundle.parts <= set(valid.parts):
            raise ConsentMissingError
        parts = tuple(part for part in Part if part in bundle.parts)
        handed = HandedOver(self._new_id(), client.id, valid.id, parts, form, actor.id, now)
        await self._repository.hand_over(tx, handed)
        return handed

    # The client

    async def own(
        self, tx: Transaction, actor: Actor, consent_id: str, now: datetime, *, change: bool = False
    ) -> OwnConsent:
        """One's own consent. Raises NotFoundError, also once the question was replaced."""
        consent = await self._repository.consent(tx, consent_id)
        client = await self._access.theirs(tx, actor, consent.client_id if consent else None, change=change)
        return await self._own(tx, await self._known(tx, consent_id, client), now)

    async def own_open(self, tx: Transaction, actor: Actor, now: datetime) -> list[OwnConsent]:
        """One's own consents that wait for an answer or hold: what can still be said no to."""
        cases = await self._cases.clients_of_person(tx, actor.id)
        own = [await self._access.theirs(tx, actor, case.id) for case in cases if case.ended_at is None]
        asked = [consent for case in own for consent in await self._repository.consents(tx, case.id)]
        found = [await self._own(tx, consent, now) for consent in asked]
        return [one for one in found if one.state in (State.ASKED, State.VALID)]

    async def answer(
        self, tx: Transaction, actor: Actor, consent_id: str, said: bool, now: datetime
    ) -> OwnConsent:
        """Yes or no; only a question that waits can be answered, and the coordinator hears of it. Raises NotFoundError."""
        before = await self.own(tx, actor, consent_id, now)
        if before.state is not State.ASKED:
            return before
        await self._repository.answer(tx, consent_id, said, now)
        await self._tell(tx, before.consent.client_id, now)
        return await self.own(tx, actor, consent_id, now, change=True)

    async def revoke(self, tx: Transaction, actor: Actor, consent_id: str, now: datetime) -> OwnConsent:
        """Take one's yes back, at any time; the coordinator hears of it. Raises NotFoundError."""
        before = await self.own(tx, actor, consent_id, now)
        if before.state not in (State.VALID, State.OLD):
            return before
        await self._repository.revoke(tx, consent_id, Given.PHONE, now)
        await self._tell(tx, before.consent.client_id, now)
        return await self.own(tx, actor, consent_id, now, change=True)

    async def _own(self, tx: Transaction, consent: Consent, now: datetime) -> OwnConsent:
        handed = await self._repository.handovers(tx, consent.client_id)
        times = [one.handed_at for one in handed if one.consent_id == consent.id]
        counting = consent_rules.valid(await self._repository.consents(tx, consent.client_id), now)
        state = consent_rules.standing(consent, counting, now)
        return OwnConsent(consent, state, max(times, default=None))

    async def _tell(self, tx: Transaction, client_id: str, now: datetime) -> None:
        client = await self._cases.client(tx, client_id)
        if client is not None:
            await self._pushes.tell_coordinator(tx, client, client.id, now)

    async def _known(self, tx: Transaction, consent_id: str, client: Client) -> Consent:
        consent = await self._repository.consent(tx, consent_id)
        if consent is None or consent.client_id != client.id:
            raise NotFoundError
        return consent

    def _new(
        self, client: Client, actor: Actor, names: Iterable[str], how: Given, language: str, now: datetime
    ) -> Consent:
        parts = consent_rules.chosen(names)
        if len(parts) < 2:
            raise NothingChosenError
        return Consent(self._new_id(), client.id, parts, consent_rules.VERSION, language, how, actor.id, now)
