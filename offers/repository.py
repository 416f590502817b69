"""Every SQL statement about the catalogue and what people report about it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Row,
    Table,
    bindparam,
    delete,
    distinct,
    func,
    insert,
    select,
    true,
    update,
)  # fmt: skip

from db.among import among
from db.engine import Transaction
from db.tables.offers import (
    offer_exceptions,
    offer_originals,
    offer_reports,
    offer_texts,
    offer_versions,
    offers,
    providers,
    schedules,
)
from offers import rules
from offers.reviews.repository import IN_TURN, KEPT_AS, due
from offers.rows import (
    exception_values,
    offer_of,
    offer_values,
    original_values,
    provider_of,
    provider_values,
    schedule_of,
    schedule_values,
)
from offers.types import DateException, Offer, Provider, Report, Schedule, Status

Stamp = tuple[datetime | None, int]
"""When the catalogue last changed and how many offers it has: equal as long as nothing moved."""

Seen = tuple[datetime | None, int, int]
"""The last change, and how many rows changed at how many moments."""

_BATCH = 500


class OffersRepository:
    """Providers, offers, their series, and reports."""

    async def stamp(self, tx: Transaction) -> Stamp:
        """When the catalogue or one of its translations changed last, and how many offers it has."""
        newest = select(func.max(offers.c.changed_at), func.count()).select_from(offers)
        row = (await tx.execute(newest)).one()
        translated = (await tx.execute(select(func.max(offer_texts.c.updated_at)))).scalar_one()
        return max((moment for moment in (row[0], translated) if moment), default=None), int(row[1])

    async def moment(self, tx: Transaction, now: datetime) -> datetime:
        """When a change of now is written: later than every one before."""
        return rules.next_moment((await self.stamp(tx))[0], now)

    async def changes(self, tx: Transaction, since: datetime) -> tuple[Seen, Seen]:
        """What has changed in offers and in their translations: when and how much. Two small looks into an index, at once."""
        row = (await tx.execute(_CHANGES, {"since": since})).one()
        return (row[0], row[1], row[2]), (row[3], row[4], row[5])

    async def changed(self, tx: Transaction, since: datetime, limit: int) -> frozenset[str]:
        """Offers that changed, or whose translations did; more than `limit` when there are more."""
        own = await tx.execute(_CHANGED_OFFERS, {"since": since, "most": limit + 1})
        texts = await tx.execute(_CHANGED_TEXTS, {"since": since, "most": 50 * limit})
        return frozenset([*own.scalars(), *texts.scalars()])

    async def published(self, tx: Transaction) -> list[Offer]:
        """All offers that the search may find, by id."""
        found: list[Offer] = []
        public = offers.c.status == Status.PUBLISHED.value
        # In slices, so that a large catalogue does not keep everything else waiting.
        ids = list(await tx.scalars(select(offers.c.id).where(public).order_by(offers.c.id)))
        for batch in _batches(ids):
            found += await self._load(tx, among(offers.c.id, batch), texts=True)
        return found

    async def published_among(self, tx: Transaction, ids: Iterable[str]) -> list[Offer]:
        """Those of some offers that the search may find, by id."""
        # Nearly all are public: asked for both, SQLite goes through the index of states, at each of the tables.
        found = await self._load(tx, among(offers.c.id, sorted(ids)), texts=True)
        return [offer for offer in found if offer.status == Status.PUBLISHED]

    async def everything(self, tx: Transaction) -> tuple[list[Provider], list[Offer]]:
        """Every provider and every offer, drafts included, by their ids in the files they came from."""
        makers = await tx.execute(select(providers).order_by(providers.c.external_id))
        originals = {row.offer_id: row.content for row in await tx.execute(select(offer_originals))}
        found = [replace(o, original=originals.get(o.id)) for o in await self._load(tx, true(), texts=True)]
        return [provider_of(row._asdict()) for row in makers], sorted(
            found, key=lambda offer: offer.external_id
        )

    async def among(self, tx: Transaction, ids: Collection[str]) -> list[Offer]:
        """Those of some offers that are there, whatever their state, without what they are called in other languages."""
        return await self._load(tx, among(offers.c.id, ids)) if ids else []

    async def known(self, tx: Transaction, ids: Collection[str] | None = None) -> list[Offer]:
        """Every offer that has not ended, or those of `ids`, drafts included, without what it is called in other languages."""
        here = offers.c.status != Status.ENDED.value
        return await self._load(tx, here if ids is None else here & among(offers.c.id, ids))

    async def by_id(self, tx: Transaction, offer_id: str, *, to_write: bool = False) -> Offer | None:
        """The offer; with `to_write` nobody else writes it until the transaction ends."""
        if to_write:
            await tx.execute(select(offers.c.id).where(offers.c.id == offer_id).with_for_update())
        return next(iter(await self._load(tx, offers.c.id == offer_id)), None)

    async def _load(self, tx: Transaction, condition: Any, *, texts: bool = False) -> list[Offer]:
        wanted = select(offers.c.id).where(condition)
        rows = (await tx.execute(select(offers).where(condition).order_by(offers.c.id))).all()
        makers = await tx.execute(
            select(providers).where(providers.c.id.in_(select(offers.c.provider_id).where(condition)))
        )
        by_id = {row.id: provider_of(row._asdict()) for row in makers}
        series: dict[str, list[Schedule]] = {}
        for row in await tx.execute(
            select(schedules)
            .where(schedules.c.offer_id.in_(wanted))
            .order_by(schedules.c.offer_id, schedules.c.position)
        ):
            series.setdefault(row.offer_id, []).append(schedule_of(row._asdict()))
        gone = await self._exceptions(tx, wanted)
        translated = await self._texts(tx, wanted) if texts else {}
        return [
            offer_of(
                row._asdict(),
                by_id[row.provider_id],
                schedules=tuple(series.get(row.id, ())),
                exceptions=tuple(gone.get(row.id, ())),
                texts=tuple(translated.get(row.id, ())),
            )
            for row in rows
        ]

    async def _exceptions(self, tx: Transaction, wanted: Any) -> dict[str, list[DateException]]:
        found: dict[str, list[DateException]] = {}
        chosen = select(offer_exceptions).where(offer_exceptions.c.offer_id.in_(wanted))
        for row in await tx.execute(chosen.order_by(offer_exceptions.c.day, offer_exceptions.c.opens_at)):
            values = dict(row._mapping)  # noqa: SLF001 -- the documented name of a row's columns
            found.setdefault(values.pop("offer_id"), []).append(DateException(**values))
        return found

    async def _texts(self, tx: Transaction, wanted: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        chosen = select(offer_texts.c.offer_id, offer_texts.c.text).where(
            offer_texts.c.offer_id.in_(wanted) & (offer_texts.c.text != "")
        )
        for offer_id, text in await tx.execute(chosen.order_by(offer_texts.c.id)):
            found.setdefault(offer_id, []).append(text)
        return found

    async def to_review(self, tx: Transaction, before: date) -> list[Offer]:
        """Public offers that were last confirmed before this day or never, or that an open report is about, by id."""
        return await self._load(tx, due(before))

    async def ids_to_review(
        self, tx: Transaction, before: date, owners: Collection[str]
    ) -> list[tuple[str, str]]:
        """Id and owner, as `reviews.rules.kept_as` says it, of all that `to_review` would name of these owners, in turn."""
        chosen = select(offers.c.id, KEPT_AS.label("kept_as")).where(due(before) & among(KEPT_AS, owners))
        return [(row.id, row.kept_as) for row in await tx.execute(chosen.order_by(*IN_TURN))]

    async def count_to_review(self, tx: Transaction, before: date) -> int:
        """How many offers `to_review` would name."""
        return await tx.scalar(select(func.count()).select_from(offers).where(due(before))) or 0

    async def review(
        self, tx: Transaction, offer_id: str, status: Status, assured: date | None, now: datetime
    ) -> None:
        """Write what a review found; the row as it was imported keeps its hash, so that an old file changes nothing."""
        await tx.execute(
            update(offers)
            .where(offers.c.id == offer_id)
            .values(status=status.value, assured_date=assured, changed_at=now)
        )

    async def drafts(self, tx: Transaction, limit: int) -> list[Offer]:
        """Offers that are not public yet, the newest first."""
        chosen = select(offers.c.id).where(offers.c.status == Status.DRAFT.value)
        newest = chosen.order_by(offers.c.changed_at.desc(), offers.c.id).limit(limit)
        ids = [row.id for row in await tx.execute(newest)]
        found = {offer.id: offer for offer in await self._load(tx, among(offers.c.id, ids))} if ids else {}
        return [found[offer_id] for offer_id in ids]

    async def count_drafts(self, tx: Transaction, beginning: str = "") -> int:
        """How many drafts there are whose ids in files begin like this."""
        draft = offers.c.status == Status.DRAFT.value
        chosen = select(func.count()).where(draft, offers.c.external_id.startswith(beginning))
        return int((await tx.execute(chosen)).scalar_one())

    async def providers(self, tx: Transaction) -> list[Provider]:
        """Everybody who makes offers, by name."""
        rows = await tx.execute(select(providers).order_by(providers.c.name, providers.c.id))
        return [provider_of(row._asdict()) for row in rows]

    async def changed_at(self, tx: Transaction, offer_id: str) -> datetime | None:
        """When the offer last changed."""
        return await tx.scalar(select(offers.c.changed_at).where(offers.c.id == offer_id))

    async def save(self, tx: Transaction, item: Offer, now: datetime) -> None:
        """Write an offer that somebody edited; it keeps the hash of the row it came from, so that an old file changes nothing."""
        values = offer_values(item, now)
        del values["row_hash"]
        await tx.execute(update(offers).where(offers.c.id == item.id).values(values))
        await _replace(tx, schedules, [item], schedule_values(item))
        await _replace(tx, offer_exceptions, [item], exception_values(item))

    async def add_version(
        self,
        tx: Transaction,
        version_id: str,
        offer_id: str,
        before: Mapping[str, Any],
        changed_by: str,
        now: datetime,
    ) -> None:
        await tx.execute(
            insert(offer_versions).values(
                id=version_id, offer_id=offer_id, before=dict(before), changed_by=changed_by, changed_at=now
            )
        )

    async def version(self, tx: Transaction, offer_id: str, version_id: str) -> Row[Any] | None:
        """An offer as it was `before` a change, `changed_by` whom and `changed_at` when."""
        found = await tx.execute(
            select(offer_versions).where(
                offer_versions.c.id == version_id, offer_versions.c.offer_id == offer_id
            )
        )
        return found.one_or_none()

    async def drop_version(self, tx: Transaction, version_id: str) -> None:
        await tx.execute(delete(offer_versions).where(offer_versions.c.id == version_id))

    async def close_reports(self, tx: Transaction, offer_id: str, now: datetime) -> None:
        await tx.execute(
            update(offer_reports)
            .where(offer_reports.c.offer_id == offer_id, offer_reports.c.closed_at.is_(None))
            .values(closed_at=now)
        )

    async def reopen_reports(self, tx: Transaction, offer_id: str) -> int:
        """Open again what the last change of the offer closed, and say how many: both carry the same moment."""
        changed = select(offers.c.changed_at).where(offers.c.id == offer_id).scalar_subquery()
        reopened = (
            update(offer_reports)
            .where(offer_reports.c.offer_id == offer_id, offer_reports.c.closed_at == changed)
            .values(closed_at=None)
        )
        return (await tx.execute(reopened)).rowcount

    async def add_providers(self, tx: Transaction, items: Sequence[Provider]) -> None:
        await _insert(tx, providers, [provider_values(item) for item in items])

    async def change_providers(self, tx: Transaction, items: Sequence[Provider], now: datetime) -> None:
        """Write changed providers; their offers count as changed, since cards show both."""
        await _update(tx, providers, [provider_values(item) for item in items])
        theirs = among(offers.c.provider_id, [item.id for item in items])
        await tx.execute(update(offers).where(theirs).values(changed_at=now))

    async def add_offers(self, tx: Transaction, items: Sequence[Offer], now: datetime) -> None:
        await _insert(tx, offers, [offer_values(item, now) for item in items])
        await _insert(tx, schedules, [row for item in items for row in schedule_values(item)])
        await _insert(tx, offer_exceptions, [row for item in items for row in exception_values(item)])
        await _insert(tx, offer_originals, original_values(items))

    async def change_offers(
        self, tx: Transaction, items: Sequence[Offer], now: datetime, hashes: Mapping[str, str] | None = None
    ) -> None:
        """Write changed offers; `hashes` by id are those of the rows they came from, where the rows say less than the offers."""
        values = [offer_values(item, now) for item in items]
        rows = [{**row, "row_hash": (hashes or {}).get(row["id"], row["row_hash"])} for row in values]
        await _update(tx, offers, rows)
        await _replace(tx, schedules, items, [row for item in items for row in schedule_values(item)])
        await _replace(tx, offer_exceptions, items, [row for item in items for row in exception_values(item)])
        await _replace(tx, offer_originals, items, original_values(items))

    async def has_open_report(
        self, tx: Transaction, offer_id: str, reason: str, person_id: str | None
    ) -> bool:
        """Whether the same person said the same already and nobody looked at it yet."""
        found = await tx.execute(
            select(func.count())
            .select_from(offer_reports)
            .where(
                offer_reports.c.offer_id == offer_id,
                offer_reports.c.reason == reason,
                offer_reports.c.person_id == person_id,
                offer_reports.c.closed_at.is_(None),
            )
        )
        return bool(found.scalar_one())

    async def add_report(
        self,
        tx: Transaction,
        report_id: str,
        offer_id: str,
        reason: str,
        person_id: str | None,
        now: datetime,
    ) -> None:
        await tx.execute(
            insert(offer_reports).values(
                id=report_id, offer_id=offer_id, reason=reason, person_id=person_id, created_at=now
            )
        )

    async def open_reports(self, tx: Transaction, offer_id: str | None = None) -> list[Report]:
        """Reports that nobody has closed, of one offer or all, oldest first, without who sent them."""
        chosen = (
            select(offer_reports, offers.c.name, offers.c.owner)
            .join(offers, offers.c.id == offer_reports.c.offer_id)
            .where(offer_reports.c.closed_at.is_(None))
            .order_by(offer_reports.c.created_at, offer_reports.c.id)
        )
        rows = await tx.execute(chosen if offer_id is None else chosen.where(offers.c.id == offer_id))
        return [Report(r.id, r.offer_id, r.name, r.owner, r.reason, r.created_at) for r in rows]


def _batches(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


async def _insert(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for batch in _batches(rows):
        await tx.execute(insert(table), list(batch))


async def _replace(tx: Transaction, table: Table, items: Sequence[Offer], rows: list[dict[str, Any]]) -> None:
    await tx.execute(delete(table).where(among(table.c.offer_id, [item.id for item in items])))
    await _insert(tx, table, rows)


async def _update(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = [name for name in rows[0] if name != "id"]
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(new)
    for batch in _batches(rows):
        values = [{"row_id": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in batch]
        await tx.execute(statement, values)


_SINCE: Any = bindparam("since")


def _seen(name: str, moment: Any) -> Any:
    what = func.max(moment), func.count(), func.count(distinct(moment))
    named = [each.label(f"{name}_{number}") for number, each in enumerate(what)]
    return select(*named).where(moment >= _SINCE).subquery()


_SEEN = _seen("offers", offers.c.changed_at), _seen("texts", offer_texts.c.updated_at)
_CHANGES = select(*_SEEN).select_from(_SEEN[0].join(_SEEN[1], true()))
"""Asked before every answer, so it is put together once."""
_CHANGED_OFFERS = select(offers.c.id).where(offers.c.changed_at >= _SINCE).limit(bindparam("most"))
# Cut off before the ids are made distinct (no offer has fifty texts): else SQLite goes through every text there is.
_LATELY = select(offer_texts.c.offer_id).where(offer_texts.c.updated_at >= _SINCE).limit(bindparam("most"))
_CHANGED_TEXTS = select(_LATELY.subquery().c.offer_id).distinct()
