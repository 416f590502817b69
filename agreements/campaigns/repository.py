"""Every SQL statement about messages to many; what fills a phrase's slots is sealed here."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from agreements.campaigns.types import Audience, Campaign, Recipient, Reply, Said
from agreements.sealing import Sealing
from db import upsert
from db.among import among
from db.engine import Transaction
from db.tables.delivery import outbox
from db.tables.people import persons, roles
from db.tables.staff import campaign_recipients, campaign_texts, campaigns, volunteer_places
from delivery.types import OutboxState
from people.types import Role


class CampaignsRepository(Sealing):
    """Messages, their texts and recipients."""

    async def add(self, tx: Transaction, campaign: Campaign) -> None:
        values = dict(vars(campaign)) | {"audience": campaign.audience.value}
        del values["texts"]
        await tx.execute(insert(campaigns).values(**values))

    async def add_text(self, tx: Transaction, text_id: str, campaign_id: str, said: Said) -> None:
        await tx.execute(
            insert(campaign_texts).values(
                id=text_id,
                campaign_id=campaign_id,
                version=said.version,
                phrase=said.phrase,
                slots_sealed=self._seal("campaign_texts", "slots_sealed", text_id, dict(said.slots) or None),
                created_at=said.created_at,
            )
        )

    async def cancel(self, tx: Transaction, campaign_id: str, now: datetime) -> None:
        await tx.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(cancelled_at=now))

    async def campaign(self, tx: Transaction, campaign_id: str) -> Campaign | None:
        found = await self._campaigns(tx, campaigns.c.id == campaign_id)
        return found[0] if found else None

    async def of_sender(self, tx: Transaction, person_id: str, most: int | None = None) -> list[Campaign]:
        """The newest first; `most` of them, or all."""
        return await self._campaigns(tx, campaigns.c.created_by == person_id, most)

    async def _campaigns(self, tx: Transaction, which: Any, most: int | None = None) -> list[Campaign]:
        statement = select(campaigns).where(which).order_by(campaigns.c.created_at.desc(), campaigns.c.id)
        rows = (await tx.execute(statement.limit(most))).all()
        texts: dict[str, list[Said]] = {row.id: [] for row in rows}
        said = select(campaign_texts).where(campaign_texts.c.campaign_id.in_(texts))
        for row in await tx.execute(said.order_by(campaign_texts.c.version.desc())):
            slots = self._open("campaign_texts", "slots_sealed", row.id, row.slots_sealed) or {}
            texts[row.campaign_id].append(Said(row.version, row.phrase, slots, row.created_at))
        return [
            Campaign(
                row.id,
                Audience(row.audience),
                row.send_at,
                row.created_by,
                row.created_at,
                row.cancelled_at,
                tuple(texts[row.id]),
            )
            for row in rows
        ]

    # Recipients

    async def add_recipients(self, tx: Transaction, recipients: Collection[Recipient]) -> None:
        await tx.execute(insert(campaign_recipients), [dict(vars(found)) for found in recipients])

    async def recipient(self, tx: Transaction, recipient_id: str) -> Recipient | None:
        same = campaign_recipients.c.id == recipient_id
        row = (await tx.execute(select(campaign_recipients).where(same))).first()
        return _recipient(row) if row else None

    async def recipients(
        self, tx: Transaction, campaign_id: str
    ) -> list[tuple[Recipient, OutboxState | None]]:
        """Each with the state of its message, None when the outbox has forgotten it."""
        return (await self.recipients_of(tx, [campaign_id]))[campaign_id]

    async def recipients_of(
        self, tx: Transaction, campaign_ids: Collection[str]
    ) -> dict[str, list[tuple[Recipient, OutboxState | None]]]:
        """The same of several messages, by their ids."""
        table = campaign_recipients
        joined = table.outerjoin(outbox, outbox.c.dedup_key == table.c.outbox_key)
        statement = select(table, outbox.c.state.label("state")).select_from(joined)
        rows = await tx.execute(
            statement.where(among(table.c.campaign_id, campaign_ids)).order_by(table.c.id)
        )
        found: dict[str, list[tuple[Recipient, OutboxState | None]]] = {id_: [] for id_ in campaign_ids}
        for row in rows:
            state = OutboxState(row.state) if row.state else None
            found[row.campaign_id].append((_recipient(row), state))
        return found

    async def change_recipient(self, tx: Transaction, recipient_id: str, **values: Any) -> None:
        await tx.execute(
            update(campaign_recipients).where(campaign_recipients.c.id == recipient_id).values(**values)
        )

    # Volunteers

    async def set_place(self, tx: Transaction, person_id: str, place: str) -> None:
        await upsert.put(tx, volunteer_places, {"person_id": person_id}, {"place": place})

    async def place_of(self, tx: Transaction, person_id: str) -> str:
        own = volunteer_places.c.person_id == person_id
        return str((await tx.execute(select(volunteer_places.c.place).where(own))).scalar() or "")

    async def languages(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, str]:
        """Which language each of these people reads."""
        rows = await tx.execute(
            select(persons.c.id, persons.c.language).where(among(persons.c.id, person_ids))
        )
        return {row.id: row.language for row in rows}

    async def volunteers(self, tx: Transaction, place: str) -> list[Row[Any]]:
        """`id` and `language` of the volunteers of a place who can be written to."""
        joined = volunteer_places.join(persons, persons.c.id == volunteer_places.c.person_id)
        helping = select(roles.c.person_id).where(
            roles.c.role == Role.VOLUNTEER.value, roles.c.ended_at.is_(None)
        )
        wanted = (
            volunteer_places.c.place == place,
            persons.c.id.in_(helping),
            persons.c.paused.is_(False),
            persons.c.reachable.is_(True),
        )
        statement = select(persons.c.id, persons.c.language).select_from(joined)
        return list(await tx.execute(statement.where(*wanted).order_by(persons.c.id)))


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        row.id,
        row.campaign_id,
        row.person_id,
        row.client_id,
        row.outbox_key,
        row.opened_at,
        Reply(row.answer) if row.answer else None,
        row.answered_at,
    )
