"""Use cases about entries that are probably the same: what is proposed, keeping both, and making them one."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from db.engine import Transaction
from offers import editing
from offers.followed import EVER, MOST_CHANGES, Followed, follow
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.translations import rules as texts
from offers.translations.repository import TranslationsRepository
from offers.translations.types import StoredText, TextState
from offers.twins import rules
from offers.twins.errors import NotTwinsError
from offers.twins.repository import TwinsRepository
from offers.twins.types import Merged, Pair
from offers.types import Offer, Status
from people.accessor import Accessor
from people.errors import NotFoundError
from people.types import Actor, Permission

FIELDS = ("provider", "kind", *editing.FIELDS)
"""What can be taken from either; the topic goes with the kind, cancelled dates go with the dates."""
_WITH = {"kind": ("kind", "topic", "field_of_action"), editing.DATES: (editing.DATES, "exceptions")}


class TwinsService:
    """Pairs of entries. Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: TwinsRepository,
        offers: OffersRepository,
        duties: ResponsibleRepository,
        translations: TranslationsRepository,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._offers = offers
        self._duties = duties
        self._translations = translations
        self._new_id = new_id
        self._accessor = Accessor()
        self._proposed: _Proposed | None = None

    async def proposed(self, tx: Transaction, actor: Actor) -> list[Pair]:
        """Entries that are probably the same and of which nobody said they are not. Raises NotAllowedError.

        Every entry is held against others, which takes a second in a large catalogue: that is done once, and then for what changed.
        """
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        denied = await self._repository.denied(tx)
        return [p for p in await self._pairs(tx) if _ids(p.first.id, p.second.id) not in denied]

    async def _pairs(self, tx: Transaction) -> list[Pair]:
        old = self._proposed
        since = old.followed.since if old else EVER
        seen = await self._offers.changes(tx, since)
        if old is not None and seen == old.followed.seen:
            return old.pairs
        # First where to look from next time, then what is there: whatever comes between is read twice, not missed.
        followed = await follow(self._offers, tx, seen)
        ids = await self._offers.changed(tx, since, MOST_CHANGES)
        if old is None or len(ids | old.followed.ids) > MOST_CHANGES:
            pairs = await asyncio.to_thread(rules.pairs, await self._offers.known(tx))
        else:
            # Also what had changed when it was looked at last: that may have been taken back since.
            ids |= old.followed.ids
            others = [pair for pair in old.pairs if not ids & {pair.first.id, pair.second.id}]
            near = await self._offers.known(tx, await self._repository.near(tx, ids))
            pairs = rules.in_order([*others, *rules.pairs(near, ids)])
        self._proposed = _Proposed(followed, pairs)
        return pairs

    async def two(self, tx: Transaction, actor: Actor, one: str, other: str) -> tuple[Offer, Offer]:
        """Two entries side by side. Raises NotAllowedError, NotFoundError, NotTwinsError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        found = [await self._offers.by_id(tx, offer_id) for offer_id in (one, other)]
        if found[0] is None or found[1] is None:
            raise NotFoundError
        if one == other or any(offer is not None and offer.status == Status.ENDED for offer in found):
            raise NotTwinsError
        return found[0], found[1]

    async def tell_apart(self, tx: Transaction, actor: Actor, one: str, other: str, now: datetime) -> None:
        """They are two: this pair is not proposed again. Raises NotAllowedError, NotFoundError, NotTwinsError."""
        await self.two(tx, actor, one, other)
        await self._repository.deny(tx, one, other, actor.id, now)

    async def merge(
        self, tx: Transaction, actor: Actor, keep: str, end: str, taken: Collection[str], now: datetime
    ) -> Merged:
        """Make two entries one: `keep` stays with the fields of `taken` from `end`, which ends and points to it.

        Translations that fit the German text, open reports and responsibilities go along; each entry keeps the history of its
        changes. Raises FieldError, NotAllowedError, NotFoundError, NotTwinsError.
        """
        kept, ended = await self.two(tx, actor, keep, end)
        wanted = [name for field in FIELDS if field in taken for name in _WITH.get(field, (field,))]
        changed = replace(kept, **{name: getattr(ended, name) for name in wanted})
        editing.checked(changed)
        moment = await self._offers.moment(tx, now)
        for before, after in ((kept, changed), (ended, replace(ended, status=Status.ENDED.value))):
            await self._offers.add_version(
                tx, self._new_id(), before.id, editing.dumped(before), actor.id, moment
            )
            await self._offers.save(tx, after, moment)
        await self._take_texts(tx, changed, ended.id)
        await self._take_duties(tx, kept.id, ended.id)
        await self._repository.merge(tx, ended.id, kept.id, actor.id, moment)
        return Merged(changed, replace(ended, status=Status.ENDED.value))

    async def _take_texts(self, tx: Transaction, kept: Offer, ended_id: str) -> None:
        """Of both translations of a text the one that was made from what it says now, and of two such one that was read."""
        every = await self._translations.of_offers(tx, [kept.id, ended_id])
        mine = {(text.language, text.field): text for text in every if text.offer_id == kept.id}
        for theirs in (text for text in every if text.offer_id == ended_id):
            own = mine.get((theirs.language, theirs.field))
            if own is None or _worth(theirs, kept) > _worth(own, kept):
                await self._translations.save(tx, self._new_id(), replace(theirs, offer_id=kept.id))

    async def _take_duties(self, tx: Transaction, kept_id: str, ended_id: str) -> None:
        """What both answer for stands there once."""
        mine = {(e.matter, e.residence_status, e.places) for e in await self._duties.of(tx, kept_id)}
        for entry in await self._duties.of(tx, ended_id):
            if (entry.matter, entry.residence_status, entry.places) in mine:
                await self._duties.remove(tx, entry.id)
        await self._duties.hand_over(tx, ended_id, kept_id)


@dataclass(frozen=True)
class _Proposed:
    """What was found in the catalogue as it was then, those that were told apart included."""

    followed: Followed
    pairs: list[Pair]


def _ids(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _worth(text: StoredText, offer: Offer) -> tuple[bool, bool]:
    state = texts.state(text, texts.source(offer, text.field))
    return state in (TextState.REVIEWED, TextState.MACHINE), state is TextState.REVIEWED
