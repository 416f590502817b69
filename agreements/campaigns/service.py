"""Use cases about messages to many: preview, send or schedule, correct, cancel, and how they stand."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from agreements import rules
from agreements.access import CaseAccess
from agreements.campaigns import previews
from agreements.campaigns import rules as campaign_rules
from agreements.campaigns.errors import (
    CampaignOverError,
    NobodyReachedError,
    PlaceUnknownError,
    SendTimeError,
)
from agreements.campaigns.previews import Target
from agreements.campaigns.repository import CampaignsRepository
from agreements.campaigns.types import (
    Audience,
    Campaign,
    Choices,
    Delivery,
    OpenedMessage,
    Preview,
    Recipient,
    RecipientLine,
    Reply,
    Said,
    Selection,
    Unreached,
)
from agreements.casework import by_client, checked_phrase, known
from agreements.errors import PhraseInvalidError
from agreements.placements.repository import PlacementsRepository
from agreements.pushes import Pushes
from agreements.repository import AgreementsRepository
from agreements.types import Client
from db.engine import Transaction
from i18n import phrases
from i18n.phrases import PHRASES
from offers import places
from offers.saved.repository import KeepersRepository
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor, Permission


class CampaignsService:
    """Never commits: `tx` is the caller's unit of work. Nothing of a message stands in its push."""

    def __init__(
        self,
        repository: CampaignsRepository,
        cases: AgreementsRepository,
        placements: PlacementsRepository,
        access: CaseAccess,
        pushes: Pushes,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._placements = placements
        self._access = access
        self._pushes = pushes
        self._new_id = new_id
        self._keepers = KeepersRepository()

    async def select(
        self, tx: Transaction, actor: Actor, selection: Selection, now: datetime
    ) -> list[Client]:
        """The sender's clients that a selection is about, by case number. Raises NotAllowedError."""
        clients = await self._access.caseload(tx, actor)
        ids = [client.id for client in clients]
        milestones = by_client(await self._cases.milestones(tx, ids))
        reminders = by_client(await self._cases.reminders(tx, client_id=ids, states=rules.TO_LOOK_AT))
        offers: dict[str, set[str]] = defaultdict(set)
        for owner, offer in await self._about_offers(tx, clients):
            offers[owner].add(offer)
        found = [
            client
            for client in clients
            if campaign_rules.meant(
                selection,
                client,
                milestones[client.id],
                reminders[client.id],
                offers[client.id],
                now,
            )
        ]
        return sorted(found, key=lambda client: client.case_number)

    async def choices(self, tx: Transaction, actor: Actor) -> Choices:
        """What occurs among the sender's clients. Raises NotAllowedError."""
        clients = await self._access.caseload(tx, actor)
        milestones = await self._cases.milestones(tx, [client.id for client in clients])
        return Choices(
            tuple(sorted({client.place for client in clients if client.place})),
            tuple(sorted({client.language for client in clients})),
            tuple(sorted({each.phrase for each in milestones if each.status in rules.ACTIVE})),
        )

    async def offers(self, tx: Transaction, actor: Actor, caseload: Sequence[Client]) -> set[str]:
        """Ids of the offers that a selection of one's caseload can be about. Raises NotFoundError."""
        clients = self._access.theirs_still(tx, actor, caseload)
        return {offer for _, offer in await self._about_offers(tx, clients)}

    async def preview(
        self,
        tx: Transaction,
        actor: Actor,
        selection: Selection,
        phrase: str,
        slots: Mapping[str, str],
        now: datetime,
        *,
        send_at: datetime | None = None,
    ) -> Preview:
        """What sending to these clients would do. Raises PhraseInvalid-, SendTime-, NotAllowedError."""
        filled = _checked(Audience.CLIENTS, phrase, slots)
        clients = await self.select(tx, actor, selection, now)
        reasons = [(client, campaign_rules.obstacle(client)) for client in clients]
        unreached = tuple(Unreached(client, why) for client, why in reasons if why)
        targets = previews.targets(clients)
        goes_at = await self._send_at(tx, targets, send_at, now)
        return previews.preview(targets, unreached, phrase, filled, goes_at)

    async def send(
        self,
        tx: Transaction,
        actor: Actor,
        selection: Selection,
        phrase: str,
        slots: Mapping[str, str],
        now: datetime,
        *,
        send_at: datetime | None = None,
    ) -> Campaign:
        """Send to these clients, now or at a time. Raises PhraseInvalid-, SendTime-, NobodyReached-, NotAllowedError."""
        filled = _checked(Audience.CLIENTS, phrase, slots)
        targets = previews.targets(await self.select(tx, actor, selection, now))
        return await self._send(tx, actor, Audience.CLIENTS, targets, (phrase, filled), send_at, now)

    async def preview_volunteers(
        self,
        tx: Transaction,
        actor: Actor,
        place: str,
        phrase: str,
        slots: Mapping[str, str],
        now: datetime,
        *,
        send_at: datetime | None = None,
    ) -> Preview:
        """What sending to the volunteers of a place would do. Raises PhraseInvalid-, SendTime-, NotAllowedError."""
        filled = _checked(Audience.VOLUNTEERS, phrase, slots)
        targets = await self._volunteers(tx, actor, place)
        goes_at = await self._send_at(tx, targets, send_at, now)
        return previews.preview(targets, (), phrase, filled, goes_at)

    async def send_volunteers(
        self,
        tx: Transaction,
        actor: Actor,
        place: str,
        phrase: str,
        slots: Mapping[str, str],
        now: datetime,
        *,
        send_at: datetime | None = None,
    ) -> Campaign:
        """Send to the volunteers of a place. Raises PhraseInvalid-, SendTime-, NobodyReached-, NotAllowedError."""
        filled = _checked(Audience.VOLUNTEERS, phrase, slots)
        targets = await self._volunteers(tx, actor, place)
        return await self._send(tx, actor, Audience.VOLUNTEERS, targets, (phrase, filled), send_at, now)

    async def sent(self, tx: Transaction, actor: Actor, most: int | None = None) -> list[Campaign]:
        """What the actor sent or scheduled, the newest first; `most` of it, or all. Raises NotAllowedError."""
        self._access.may(actor, Permission.WRITE_TO_VOLUNTEERS)
        return await self._repository.of_sender(tx, actor.id, most)

    async def deliveries(self, tx: Transaction, actor: Actor, most: int) -> list[Delivery]:
        """How the newest of them stand, in numbers: whose case a line is, is not read. Raises NotAllowedError."""
        campaigns = await self.sent(tx, actor, most)
        found = await self._repository.recipients_of(tx, [campaign.id for campaign in campaigns])
        return [
            Delivery(campaign, tuple(RecipientLine(who, None, state) for who, state in found[campaign.id]))
            for campaign in campaigns
        ]

    async def delivery(self, tx: Transaction, actor: Actor, campaign_id: str) -> Delivery:
        """How a message stands with each recipient, as of now. Raises NotFoundError."""
        campaign = await self._campaign(tx, actor, campaign_id)
        pairs = await self._repository.recipients(tx, campaign.id)
        mine: dict[str, Client] = {}
        if campaign.audience is Audience.CLIENTS:
            mine = {client.id: client for client in await self._access.caseload(tx, actor)}
        lines = [RecipientLine(who, mine.get(who.client_id or ""), state) for who, state in pairs]
        return Delivery(campaign, tuple(lines))

    async def cancel(self, tx: Transaction, actor: Actor, campaign_id: str, now: datetime) -> int:
        """Take back what has not left; what was opened reads no more. Returns how many got no push. Raises CampaignOver-, NotFoundError."""
        campaign = await self._campaign(tx, actor, campaign_id)
        if campaign.cancelled_at is not None:
            raise CampaignOverError
        await self._repository.cancel(tx, campaign.id, now)
        return await self._pushes.withdraw_messages(tx, _prefix(campaign.id), "cancelled", now)

    async def preview_correction(
        self,
        tx: Transaction,
        actor: Actor,
        campaign_id: str,
        phrase: str,
        slots: Mapping[str, str],
        now: datetime,
    ) -> Preview:
        """What its recipients would read instead: at its time, or who has it already from now on. Raises PhraseInvalid-, CampaignOver-, NotFoundError."""
        campaign = await self._campaign(tx, actor, campaign_id)
        if campaign.cancelled_at is not None:
            raise CampaignOverError
        filled = _checked(campaign.audience, phrase, slots)
        recipients = await self._repository.recipients(tx, campaign.id)
        spoken = await self._repository.languages(tx, [who.person_id for who, _ in recipients])
        chosen = [(who, state) for who, state in recipients if who.person_id in spoken]
        targets = [Target(who.person_id, None, spoken[who.person_id]) for who, _ in chosen]
        if campaign.send_at > now:
            return previews.preview(targets, (), phrase, filled, campaign.send_at)
        again = [target for target, one in zip(targets, chosen, strict=True) if previews.told_again(*one)]
        goes_at = await self._send_at(tx, again, None, now) if again else now
        return previews.preview(targets, (), phrase, filled, goes_at, len(again))

    async def correct(
        self,
        tx: Transaction,
        actor: Actor,
        campaign_id: str,
        phrase: str,
        slots: Mapping[str, str],
        now: datetime,
    ) -> Campaign:
        """Another text for the same recipients: who has not opened the old one reads the new one, who has is told again.

        Raises PhraseInvalid-, CampaignOver-, NotFoundError.
        """
        campaign = await self._campaign(tx, actor, campaign_id)
        if campaign.cancelled_at is not None:
            raise CampaignOverError
        filled = _checked(campaign.audience, phrase, slots)
        said = Said(campaign.texts[0].version + 1, phrase, filled, now)
        await self._repository.add_text(tx, self._new_id(), campaign.id, said)
        for who, state in await self._repository.recipients(tx, campaign.id):
            if not previews.told_again(who, state):
                continue
            key = f"{_prefix(campaign.id)}{who.id}:{said.version}"
            await self._repository.change_recipient(
                tx, who.id, outbox_key=key, opened_at=None, answer=None, answered_at=None
            )
            await self._pushes.message(tx, key, who.person_id, who.id, now, now, client_id=who.client_id)
        return await self._campaign(tx, actor, campaign_id)

    async def open(self, tx: Transaction, actor: Actor, recipient_id: str, now: datetime) -> OpenedMessage:
        """What was written to the person who asks. Raises CampaignOver- when it was taken back, NotFoundError."""
        who, campaign = await self._theirs(tx, actor, recipient_id)
        if campaign.cancelled_at is not None:
            raise CampaignOverError
        if who.opened_at is None:
            await self._repository.change_recipient(tx, who.id, opened_at=now)
        newest = campaign.texts[0]
        text = phrases.message(newest.phrase, newest.slots, actor.person.language)
        opened = known(await self._repository.recipient(tx, who.id))
        return OpenedMessage(opened, text, newest.version > 1)

    async def answer(
        self, tx: Transaction, actor: Actor, recipient_id: str, reply: Reply, now: datetime
    ) -> Recipient:
        """Yes or no by a tap; the last one counts. Raises CampaignOver-, NotFoundError."""
        who, campaign = await self._theirs(tx, actor, recipient_id)
        if campaign.cancelled_at is not None:
            raise CampaignOverError
        await self._repository.change_recipient(
            tx, who.id, answer=reply.value, answered_at=now, opened_at=who.opened_at or now
        )
        return known(await self._repository.recipient(tx, who.id))

    async def set_place(self, tx: Transaction, actor: Actor, place: str) -> str:
        """Where a volunteer helps, as they say themselves. Raises PlaceUnknownError."""
        found = places.load().find(place)
        if found is None:
            raise PlaceUnknownError
        await self._repository.set_place(tx, actor.id, found.name)
        return found.name

    async def place_of(self, tx: Transaction, actor: Actor) -> str:
        """Where the volunteer who asks helps, empty when they have not said."""
        return await self._repository.place_of(tx, actor.id)

    async def _send(
        self,
        tx: Transaction,
        actor: Actor,
        audience: Audience,
        targets: Sequence[Target],
        said: tuple[str, Mapping[str, str]],
        send_at: datetime | None,
        now: datetime,
    ) -> Campaign:
        goes_at = await self._send_at(tx, targets, send_at, now)
        if not targets:
            raise NobodyReachedError
        text = Said(1, *said, now)
        campaign = Campaign(self._new_id(), audience, goes_at, actor.id, now, None, (text,))
        await self._repository.add(tx, campaign)
        await self._repository.add_text(tx, self._new_id(), campaign.id, text)
        recipients = []
        for target in targets:
            id_ = self._new_id()
            key = f"{_prefix(campaign.id)}{id_}:1"
            recipients.append(
                Recipient(id_, campaign.id, target.person_id, target.client_id, key, None, None, None)
            )
            await self._pushes.message(
                tx, key, target.person_id, id_, goes_at, now, client_id=target.client_id
            )
        await self._repository.add_recipients(tx, recipients)
        return campaign

    async def _about_offers(self, tx: Transaction, clients: Sequence[Client]) -> set[tuple[str, str]]:
        """Client and offer: wished for, placed there, or kept in the chat."""
        ids = [client.id for client in clients]
        kept: dict[str, list[str]] = defaultdict(list)
        people = {client.person_id for client in clients if client.person_id}
        for person, offer in await self._keepers.kept_by(tx, people):
            kept[person].append(offer)
        return {
            *await self._cases.wished(tx, ids),
            *((placed.client_id, placed.offer_id) for placed in await self._placements.of_clients(tx, ids)),
            *((client.id, offer) for client in clients for offer in kept.get(client.person_id or "", ())),
        }

    async def _volunteers(self, tx: Transaction, actor: Actor, place: str) -> list[Target]:
        self._access.may(actor, Permission.WRITE_TO_VOLUNTEERS)
        found = await self._repository.volunteers(tx, place)
        return [Target(row.id, None, row.language) for row in found if row.id != actor.id]

    async def _campaign(self, tx: Transaction, actor: Actor, campaign_id: str) -> Campaign:
        self._access.may(actor, Permission.WRITE_TO_VOLUNTEERS)
        campaign = await self._repository.campaign(tx, campaign_id)
        if campaign is None or campaign.created_by != actor.id:
            raise NotFoundError
        return campaign

    async def _theirs(self, tx: Transaction, actor: Actor, recipient_id: str) -> tuple[Recipient, Campaign]:
        who = await self._repository.recipient(tx, recipient_id)
        if who is None or who.person_id != actor.id:
            raise NotFoundError
        if who.client_id is not None:
            await self._access.theirs(tx, actor, who.client_id, Part.REQUESTS)
        return who, known(await self._repository.campaign(tx, who.campaign_id))

    async def _send_at(
        self, tx: Transaction, targets: Sequence[Target], send_at: datetime | None, now: datetime
    ) -> datetime:
        """When the first of them gets it: at the time given or now, after the quiet times of each. Raises SendTimeError."""
        if send_at is not None and not campaign_rules.may_send_at(send_at, now):
            raise SendTimeError
        people = {target.person_id for target in targets}
        return min(await self._pushes.after_quiet_of(tx, people, max(send_at or now, now)))


def _checked(audience: Audience, phrase: str, slots: Mapping[str, str]) -> dict[str, str]:
    found = PHRASES.get(phrase)
    if found is None or found.category.value not in campaign_rules.categories(audience):
        raise PhraseInvalidError
    return checked_phrase(phrase, found.category, slots)


def _prefix(campaign_id: str) -> str:
    return f"message:{campaign_id}:"
