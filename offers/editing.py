"""Changing the catalogue by hand: one field, one date or the status of an offer at a time, each with a way back; new offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from db.engine import Transaction
from offers import cells, coming, dates, exceptions, forms, importer, kinds, series, tablefile
from offers.beginning import NewOffer, draft, new_provider
from offers.belonging import Belonging
from offers.coming import ComingDate
from offers.errors import CellError, ChangedSinceError, ClashError, FieldError, MergedError, NoContactError
from offers.forms import Fields
from offers.importer import Catalogue
from offers.repository import OffersRepository
from offers.reviews.repository import ReviewsRepository
from offers.tables import ORGANIZATIONS, SCHEDULES, SERVICES, tables
from offers.twins.repository import TwinsRepository
from offers.types import (
    AUDIENCES,
    BARRIER_FREE,
    BRING,
    CHILDCARE,
    COSTS,
    DISTRICT_FINANCED,
    LANGUAGE_CODES,
    LEVELS,
    REGISTRATION,
    RESIDENCE,
    DateException,
    Edited,
    Offer,
    Provider,
    Status,
)
from people.accessor import Accessor
from people.errors import NotFoundError
from people.types import Actor, Permission

MOST_DRAFTS = 500
_MERGED = "merged_into"
_TAKEN = "taken"
"""Beside it, where whoever published it looks after it since."""
ONE: Mapping[str, Sequence[str]] = {
    "level_min": LEVELS,
    "level_max": LEVELS,
    "childcare": CHILDCARE,
    "cost": COSTS,
    "registration": REGISTRATION,
    "barrier_free": BARRIER_FREE,
    "district_financed": DISTRICT_FINANCED,
}
"""Fields that hold one code of a list."""
SEVERAL: Mapping[str, Sequence[str]] = {
    "audience": AUDIENCES,
    "languages": LANGUAGE_CODES,
    "residence_status": RESIDENCE,
    "bring": BRING,
}
"""Fields that hold any codes of a list."""
TYPED = (
    "name", "summary", "description", "keywords", "location_name", "address_1", "postal_code", "transportation", "phone", "email", "url",
    "cost_amount", "registration_deadline", "capacity", "free_places", "owner",
    "cooperation_until",
)  # fmt: skip
"""Fields that are written, as in a table for the import."""
PLACE, DATES = "place", "schedules"
FIELDS = (*TYPED, *ONE, *SEVERAL, PLACE, DATES)
EMPTY_NEVER = frozenset(
    {"name", "place", "cost", "registration", "childcare", "barrier_free", "district_financed"}
)


class EditingService:
    """Changes by people who keep the catalogue, and by providers to what is theirs (`belonging`). Never commits: `tx` is the caller's unit of work.

    A change is what an import of the same row would accept, so that what was exported comes back.
    """

    def __init__(
        self, repository: OffersRepository, twins: TwinsRepository, *, new_id: Callable[[], str]
    ) -> None:
        self._repository = repository
        self._twins = twins
        self._new_id = new_id
        self._accessor = Accessor()
        self._reviews = ReviewsRepository()
        self.belonging = Belonging(repository, twins, self._reviews)

    async def look(self, tx: Transaction, actor: Actor, offer_id: str) -> Offer:
        """The offer, drafts included. Raises NotAllowedError, NotFoundError."""
        return await self.belonging.offer(tx, actor, offer_id)

    async def _held(self, tx: Transaction, actor: Actor, offer_id: str) -> Offer:
        """The offer for whoever writes it: two who save at once do so one after the other."""
        return await self.belonging.offer(tx, actor, offer_id, to_write=True)

    async def drafts(self, tx: Transaction, actor: Actor) -> list[Offer]:
        """What nobody finds yet, the newest first. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        return await self._repository.drafts(tx, MOST_DRAFTS)

    async def draft_count(self, tx: Transaction, actor: Actor) -> int:
        """How many offers nobody finds yet. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        return await self._repository.count_drafts(tx)

    async def providers(self, tx: Transaction, actor: Actor, like: str, most: int) -> list[Provider]:
        """Whose names hold these letters, those that begin with them first. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        wanted = like.casefold().strip()
        found = [item for item in await self._repository.providers(tx) if wanted in item.name.casefold()]
        return sorted(found, key=lambda item: not item.name.casefold().startswith(wanted))[:most]

    async def change(
        self, tx: Transaction, actor: Actor, offer_id: str, field: str, text: str, now: datetime
    ) -> Edited:
        """Write a field as the import would read it; empty text empties it. Cancelled and moved dates go on with new series as far as these have their days.

        Raises FieldError with the sentence for what is wrong, NotAllowedError, NotFoundError.
        """
        return await self._write(tx, actor, await self._held(tx, actor, offer_id), {field: text}, now)

    async def fill_in(
        self, tx: Transaction, actor: Actor, offer_id: str, was: Fields, given: Fields, now: datetime
    ) -> Edited | None:
        """Write what somebody changed in a form that showed `was` when it was opened: one change, checked as a whole; None where nothing differs.

        What others wrote since stays. Raises ClashError where they changed the very same field, FieldError, CellError,
        NotAllowedError, NotFoundError.
        """
        offer = await self._held(tx, actor, offer_id)
        changed, clashes = forms.changes(was, given, fields_of(offer))
        if clashes:
            raise ClashError(clashes)
        return await self._write(tx, actor, offer, changed, now) if changed else None

    async def _write(
        self, tx: Transaction, actor: Actor, offer: Offer, changed: Fields, now: datetime
    ) -> Edited:
        if not set(changed) <= set(FIELDS):
            raise NotFoundError
        self.belonging.check_fields(actor, frozenset(changed))
        return await self._save(tx, actor, offer, _with(offer, changed, now), now)

    async def toggle(
        self, tx: Transaction, actor: Actor, offer_id: str, field: str, code: str, now: datetime
    ) -> Edited:
        """Add a code to a field that holds several, or take it out. Raises NotAllowedError, NotFoundError."""
        offer = await self._held(tx, actor, offer_id)
        if code not in SEVERAL.get(field, ()):
            raise NotFoundError
        chosen = {*getattr(offer, field)} ^ {code}
        kept = ",".join(known for known in SEVERAL[field] if known in chosen)
        return await self._write(tx, actor, offer, {field: kept}, now)

    async def publish(self, tx: Transaction, actor: Actor, offer_id: str, now: datetime) -> Edited:
        """From now on it is found; whoever publishes has looked at it, and looks after it where nobody does. One that went on as another stands by itself again.

        Raises NoContact-, Merged-, NotAllowed-, NotFoundError.
        """
        offer = await self._held(tx, actor, offer_id)
        await self.belonging.check_publish(tx, actor, offer)
        ways = (offer.phone, offer.email, offer.url, offer.address_1)
        if not any((*ways, offer.provider.phone, offer.provider.email, offer.provider.website)):
            raise NoContactError
        published = {"status": Status.PUBLISHED.value}
        changed = _with(replace(offer, assured_date=dates.today(now)), published, now)
        more = {_TAKEN: "yes"} if await self.belonging.take(tx, actor, offer) else {}
        if into := await self._twins.part(tx, offer.id):
            more[_MERGED] = into
        return await self._save(tx, actor, offer, changed, now, more)

    async def discard(self, tx: Transaction, actor: Actor, offer_id: str, now: datetime) -> Edited:
        """Nobody needs this draft: it ends, without dates, as nothing of it took place. Raises NotAllowedError, NotFoundError."""
        offer = await self._held(tx, actor, offer_id)
        if offer.status != Status.DRAFT:
            raise NotFoundError
        ended = replace(offer, status=Status.ENDED.value, schedules=(), exceptions=())
        return await self._save(tx, actor, offer, ended, now)

    async def create(self, tx: Transaction, actor: Actor, new: NewOffer, now: datetime) -> Offer:
        """Begin an offer as a draft. Raises FieldError, SuggestedEnough-, NotAllowed-, NotFoundError."""
        await self.belonging.check_begin(tx, actor, new.provider_id)
        kind = kinds.load().get(new.kind)
        if kind is None:
            raise NotFoundError
        known = {item.id: item for item in await self._repository.providers(tx)}
        if new.provider_id and new.provider_id not in known:
            raise NotFoundError
        provider = known[new.provider_id] if new.provider_id else new_provider(new, self._new_id())
        offer = checked(draft(new, kind.topic, provider, self._new_id()))
        moment = await self._repository.moment(tx, now)
        if not new.provider_id:
            await self._repository.add_providers(tx, [offer.provider])
        await self._repository.add_offers(tx, [offer], moment)
        await self.belonging.take(tx, actor, offer)
        return await self.look(tx, actor, offer.id)

    async def undo(
        self, tx: Transaction, actor: Actor, offer_id: str, version_id: str, now: datetime
    ) -> Offer:
        """The offer as it was before its last change. Raises ChangedSinceError, MergedError, NotAllowedError, NotFoundError."""
        offer = await self._held(tx, actor, offer_id)
        version = await self._repository.version(tx, offer.id, version_id)
        if version is None or version.changed_at != await self._repository.changed_at(tx, offer.id):
            raise ChangedSinceError
        if await self._twins.made_one(tx, offer.id, version.changed_at):
            raise MergedError
        moment = await self._repository.moment(tx, now)
        await self._keep(tx, offer, loaded(offer, version.before), moment)
        if _TAKEN in version.before:
            await self.belonging.let_go(tx, version.changed_by, offer)
        into = version.before.get(_MERGED)
        if into and await self._repository.by_id(tx, into) is not None:
            await self._twins.point(tx, offer.id, into, actor.id, moment)
        await self._repository.drop_version(tx, version_id)
        return await self.look(tx, actor, offer.id)

    async def coming(
        self, tx: Transaction, actor: Actor, offer_id: str, now: datetime, most: int
    ) -> tuple[Offer, list[ComingDate]]:
        """The next dates as the series say them, each with what became of it, after those that were moved from a day that is over.

        Raises NotAllowedError, NotFoundError.
        """
        offer = await self.look(tx, actor, offer_id)
        return offer, coming.dates_of(offer, now, most)

    async def cancel_date(
        self, tx: Transaction, actor: Actor, offer_id: str, day: date, opens_at: str, now: datetime
    ) -> Edited:
        """This date does not take place. Raises NotAllowedError, NotFoundError."""
        return await self._except(tx, actor, offer_id, DateException(day, opens_at), now)

    async def move_date(
        self, tx: Transaction, actor: Actor, offer_id: str, day: date, opens_at: str, text: str, now: datetime
    ) -> Edited:
        """This date takes place at another time: `3.2. 18:00-19:30`. Raises CellError, NotAllowedError, NotFoundError."""
        to = series.single(text, dates.today(now))
        moved = DateException(day, opens_at, to.valid_from, to.opens_at, to.closes_at)
        return await self._except(tx, actor, offer_id, moved, now)

    async def restore_date(
        self, tx: Transaction, actor: Actor, offer_id: str, day: date, opens_at: str, now: datetime
    ) -> Edited:
        """This date takes place as the series says, unless that time is over. Raises NotAllowedError, NotFoundError."""
        offer = await self._held(tx, actor, offer_id)
        kept = tuple(e for e in offer.exceptions if (e.day, e.opens_at) != (day, opens_at))
        if kept == offer.exceptions or dates.planned(offer, day, opens_at).ends_at < now:
            raise NotFoundError
        return await self._save(tx, actor, offer, replace(offer, exceptions=kept), now)

    async def _except(
        self, tx: Transaction, actor: Actor, offer_id: str, exception: DateException, now: datetime
    ) -> Edited:
        offer = await self._held(tx, actor, offer_id)
        wanted = (exception.day, exception.opens_at)
        known = any((e.day, e.opens_at) == wanted for e in offer.exceptions)
        if not known and not exceptions.takes_place(offer, *wanted):
            raise NotFoundError
        others = [e for e in offer.exceptions if (e.day, e.opens_at) != wanted]
        sorted_ = sorted([*others, exception], key=lambda e: (e.day, e.opens_at))
        return await self._save(tx, actor, offer, replace(offer, exceptions=tuple(sorted_)), now)

    async def _save(
        self,
        tx: Transaction,
        actor: Actor,
        before: Offer,
        after: Offer,
        now: datetime,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Edited:
        version_id, moment = self._new_id(), await self._repository.moment(tx, now)
        was = {**dumped(before), **more}
        await self._keep(tx, before, after, moment)
        await self._repository.add_version(tx, version_id, before.id, was, actor.id, moment)
        return Edited(await self.look(tx, actor, before.id), version_id)

    async def _keep(self, tx: Transaction, before: Offer, after: Offer, moment: datetime) -> None:
        await self._repository.save(tx, after, moment)
        if (after.assured_date, after.owner) != (before.assured_date, before.owner):
            await self._reviews.settle(tx, [after.id])


def checked_text(field: str, text: str) -> str:
    """A cell as the import would keep it. Raises FieldError."""
    column = tables()[SERVICES][field]
    try:
        cleaned = cells.cleaned(text, lines=column.lines)
        if cleaned:
            column.read(cleaned)
    except CellError as error:
        raise FieldError(field, error.message.key, **error.message.params) from None
    if not cleaned:
        raise FieldError(field, "import.empty")
    return cleaned


def fields_of(offer: Offer) -> dict[str, str]:
    """Every field as it would be typed."""
    header, row = tablefile.tables_of([offer.provider], [offer])[SERVICES]
    read = {name: cell for name, cell in zip(header, row, strict=True) if name in FIELDS}
    several = {
        name: ",".join(code for code in codes if code in getattr(offer, name))
        for name, codes in SEVERAL.items()
    }
    return {**read, **several, DATES: series.text(offer.schedules)}


def _with(offer: Offer, texts: Fields, now: datetime) -> Offer:
    """The offer with other cells, checked as a whole like a row of the import. Raises FieldError, CellError."""
    for field, text in texts.items():
        if field in EMPTY_NEVER and not text.strip():
            raise FieldError(field, "import.empty")
    if DATES in texts:
        typed = texts[DATES]
        schedules = series.parse(typed, dates.today(now)) if typed.strip() else ()
        offer = replace(offer, schedules=schedules, exceptions=exceptions.carried(offer, schedules, now))
    given = {field: text for field, text in texts.items() if field != DATES}
    if not given:
        return offer
    rows = tablefile.tables_of([offer.provider], [offer])
    header, row = rows[SERVICES]
    for field, text in given.items():
        row[header.index(field)] = text
    return replace(_only(importer.from_rows(rows), *given), exceptions=offer.exceptions, texts=offer.texts)


def checked(offer: Offer) -> Offer:
    """A whole offer as the import would make it. Raises FieldError."""
    return _only(importer.from_rows(tablefile.tables_of([offer.provider], [offer])), "name")


def _only(found: Catalogue, *fields: str) -> Offer:
    if found.errors:
        # What was typed just now is what somebody can put right.
        error = next((e for e in found.errors if e.column in fields), found.errors[0])
        raise FieldError(error.column or fields[0], error.message.key, **error.message.params)
    return found.offers[0]


def dumped(offer: Offer) -> dict[str, Any]:
    """The offer as rows of text, which JSON keeps."""
    gone = [
        [
            e.day.isoformat(),
            e.opens_at,
            e.moved_to and e.moved_to.isoformat(),
            e.moved_opens_at,
            e.moved_closes_at,
        ]
        for e in offer.exceptions
    ]
    rows = tablefile.tables_of([], [offer])
    return {"service": rows[SERVICES], "schedules": rows[SCHEDULES], "exceptions": gone}


def loaded(offer: Offer, dumped: Mapping[str, Any]) -> Offer:
    """The offer as it was when it was dumped. Raises FieldError where it could not be read any more."""
    rows = tablefile.tables_of([offer.provider], [])
    found = importer.from_rows(
        {ORGANIZATIONS: rows[ORGANIZATIONS], SERVICES: dumped["service"], SCHEDULES: dumped["schedules"]}
    )
    gone = [
        DateException(date.fromisoformat(day), opens_at, to and date.fromisoformat(to), opens, closes)
        for day, opens_at, to, opens, closes in dumped["exceptions"]
    ]
    return replace(_only(found, "name"), exceptions=tuple(gone))
