"""What an import does to the catalogue that is stored: what is new, what changes, and what somebody put right here and stays."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from db.engine import Transaction
from offers import editing, exceptions, merging
from offers.errors import FieldError
from offers.hsds import reading
from offers.hsds.changes import unchanged
from offers.imported import before as earlier
from offers.imported.repository import ImportedRepository
from offers.importer import Catalogue
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository, entry_hash
from offers.responsible.types import Responsibility
from offers.reviews.repository import ReviewsRepository
from offers.rows import offer_hash, provider_hash
from offers.twins.repository import TwinsRepository
from offers.types import DateException, ImportReport, Offer, Provider

_Item = TypeVar("_Item", Provider, Offer, Responsibility)


class ImportService:
    """Brings the catalogue to what files say. Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self, repository: OffersRepository, duties: ResponsibleRepository, twins: TwinsRepository
    ) -> None:
        self._repository = repository
        self._imported = ImportedRepository()
        self._reviews = ReviewsRepository()
        self._duties = duties
        self._twins = twins

    async def take(self, tx: Transaction, found: Catalogue, now: datetime, *, dry_run: bool) -> ImportReport:
        """All or nothing, as `OffersService.import_tables` says; a row that says what is stored already changes nothing."""
        if found.errors:
            return ImportReport(0, 0, 0, (), found.errors, left_out=found.left_out)
        providers = _difference(found.providers, provider_hash, await self._imported.provider_hashes(tx))
        said = await self._imported.offer_hashes(tx)
        offers = _difference(found.offers, offer_hash, said)
        if found.speaks_for is not None or found.elsewhere:
            gone = await self._imported.gone(tx, found.speaks_for, {offer.id for offer in found.offers})
            providers, offers = replace(providers, vanished=()), replace(offers, vanished=gone)
        hashes = {row.id: offer_hash(row) for row in offers.changed}
        merges = await self._over(tx, offers.changed, found.unsaid, said)
        anew = [one for one in merges if one.changes]
        # What another directory says as before is compared with what it said: its hash need not be remembered.
        known = {one.row.id: hashes[one.row.id] for one in merges if not one.changes and not one.row.original}
        offers = replace(
            offers,
            changed=tuple(one.merged for one in anew),
            unchanged=offers.unchanged + len(merges) - len(anew),
        )
        stored = {one.row.id: one.stored for one in anew}
        ended = await self._twins.merged(tx, [*stored])
        offers, news = _carried(offers, stored, ended, now)
        parts: list[_Difference[Provider] | _Difference[Offer] | _Difference[Responsibility]] = [
            providers,
            offers,
        ]
        if not dry_run:
            await self._write(tx, providers, offers, hashes, now)
            await self._imported.remember(tx, known)
            # What a file says of an entry that went on as another does not make two of it again.
            await self._twins.end_again(tx, ended)
            await self._reviews.settle(tx, _looked_at(offers.changed, stored))
        if found.responsibilities is not None:
            duties = _difference(found.responsibilities, entry_hash, await self._duties.hashes(tx))
            parts.append(duties)
            if not dry_run:
                await self._duties.add(tx, duties.new)
                await self._duties.change(tx, duties.changed)
        return ImportReport(
            new=sum(len(part.new) for part in parts),
            changed=sum(len(part.changed) for part in parts),
            unchanged=sum(part.unchanged for part in parts),
            vanished=tuple(name for part in parts for name in part.vanished),
            errors=(),
            news=news,
            left_out=found.left_out,
            begun=tuple(_name(item) for part in parts for item in part.new),
            altered=tuple(_name(item) for part in parts for item in part.changed),
            dateless=tuple(o.name for o in offers.changed if stored[o.id].schedules and not o.schedules),
            overwritten=tuple((one.merged.name, one.overwritten) for one in anew if one.overwritten),
        )

    async def _write(
        self,
        tx: Transaction,
        providers: "_Difference[Provider]",
        offers: "_Difference[Offer]",
        hashes: Mapping[str, str],
        now: datetime,
    ) -> None:
        moment = await self._repository.moment(tx, now)
        await self._repository.add_providers(tx, providers.new)
        await self._repository.change_providers(tx, providers.changed, moment)
        await self._repository.add_offers(tx, offers.new, moment)
        await self._repository.change_offers(tx, offers.changed, moment, hashes)

    async def _over(
        self,
        tx: Transaction,
        rows: Sequence[Offer],
        unsaid: Mapping[str, frozenset[str]],
        said: Mapping[str, tuple[str, str]],
    ) -> list["_Merge"]:
        """What rows that say something else than the last time make of the offers that are stored."""
        ids = [row.id for row in rows]
        stored = {offer.id: offer for offer in await self._repository.among(tx, ids)}
        originals = await self._imported.originals(tx, ids)
        versions = await self._imported.versions(tx, ids)
        return [
            _merge(
                row,
                replace(stored[row.id], original=originals.get(row.id)),
                [o for one in versions.get(row.id, ()) if (o := _was(stored[row.id], one))],
                unsaid.get(row.id, frozenset()),
                said[row.id][1],
            )
            for row in rows
        ]


@dataclass(frozen=True)
class _Merge:
    """A row, the offer that is stored, and what both make."""

    row: Offer
    stored: Offer
    merged: Offer
    overwritten: tuple[str, ...]
    """Columns that somebody changed here, and of which the row says something else."""

    @property
    def changes(self) -> bool:
        """Whether anything differs from what is stored."""
        one, other = (replace(offer, texts=()) for offer in (self.stored, self.merged))
        return offer_hash(one) != offer_hash(other)


def _merge(row: Offer, stored: Offer, versions: Sequence[Offer], unsaid: frozenset[str], said: str) -> _Merge:
    """Over what is stored stands what the row says anew; what it says as the last time leaves alone what was changed here since."""
    if row.original and stored.original:
        last, kept = reading.read_one(dict(stored.original)), unchanged(stored.original, row)
    else:
        last = earlier.last_read(row, unsaid, [stored, *versions], stored.original, said)
        kept = earlier.same(last, row) if last else frozenset()
    merged = replace(merging.over(stored, row, unsaid | kept), original=row.original or stored.original)
    edited = earlier.changed_here(stored, last, versions) - unsaid
    lost = edited - earlier.same(stored, merged)
    return _Merge(row, stored, merged, tuple(name for name in earlier.FIELDS if name in lost))


def _was(stored: Offer, dumped: Mapping[str, Any]) -> Offer | None:
    """The offer as it was before a change; None where its version is of another time and cannot be read any more."""
    try:
        return editing.loaded(stored, dumped)
    except FieldError:
        return None


@dataclass(frozen=True)
class _Difference(Generic[_Item]):
    """How a table differs from what is stored; `vanished` are names."""

    new: tuple[_Item, ...]
    changed: tuple[_Item, ...]
    unchanged: int
    vanished: tuple[str, ...]


def _difference(
    items: Sequence[_Item], digest: Callable[[_Item], str], stored: Mapping[str, tuple[str, str]]
) -> _Difference[_Item]:
    new = tuple(item for item in items if item.id not in stored)
    changed = tuple(item for item in items if item.id in stored and stored[item.id][1] != digest(item))
    ids = {item.id for item in items}
    vanished = tuple(sorted(name for id_, (name, _) in stored.items() if id_ not in ids))
    return _Difference(new, changed, len(items) - len(new) - len(changed), vanished)


def _name(item: Provider | Offer | Responsibility) -> str:
    return item.external_id if isinstance(item, Responsibility) else item.name


def _carried(
    offers: _Difference[Offer], stored: Mapping[str, Offer], ended: Collection[str], now: datetime
) -> tuple[_Difference[Offer], tuple[tuple[str, DateException | None], ...]]:
    """The changed offers with the cancelled and moved dates that go on with their new series, and what is news about them."""
    changed = tuple(
        replace(offer, exceptions=exceptions.carried(stored[offer.id], offer.schedules, now))
        for offer in offers.changed
    )
    there = [offer for offer in changed if offer.id not in ended]
    news = ((o.id, found) for o in there for found in exceptions.news(stored[o.id], o, now))
    return replace(offers, changed=changed), tuple(news)


def _looked_at(changed: Sequence[Offer], stored: Mapping[str, Offer]) -> list[str]:
    """What the file says was confirmed on another day, or is somebody else's to look after."""
    return [
        offer.id
        for offer in changed
        for old in [stored[offer.id]]
        if (offer.assured_date, offer.owner) != (old.assured_date, old.owner)
    ]
