"""Two entries become one, on both databases: fields, translations, reports and duties go along, and the old one leads to the new."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.crypto import Cipher
from db.engine import Database
from db.tables.offers import offer_versions
from offers.editing import EditingService
from offers.errors import FieldError, MergedError
from offers.freshness import FreshnessService
from offers.importer import Catalogue
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.responsible.types import Responsibility
from offers.rules import stable_id
from offers.service import OffersService
from offers.translations.repository import TranslationsRepository
from offers.translations.rules import digest
from offers.translations.types import StoredText, TextField, TextState
from offers.twins.errors import NotTwinsError
from offers.twins.repository import TwinsRepository
from offers.twins.service import TwinsService
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.errors import NotAllowedError, NotFoundError
from people.repository import PeopleRepository
from people.service import PeopleService
from people.types import Actor, Person, Role
from tests.catalogue import HOUSE, PROVIDER, offer, schedule

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STAYS = offer(
    "a1", name="Sprachcafé am Freitag", phone="089 99998 001", schedules=(schedule(),), status="published"
)
ENDS = offer(
    "b2", name="Sprachcafe", summary="Kaffee und Deutsch", email="cafe@example.org", status="published"
)
DUTY = Responsibility("d1", "d1", "b2", "advice", (), ("Haar",))


@pytest.fixture
def offers(new_id: Callable[[], str]) -> OffersService:
    return OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )


@pytest.fixture
def twins(new_id: Callable[[], str]) -> TwinsService:
    return TwinsService(
        TwinsRepository(),
        OffersRepository(),
        ResponsibleRepository(),
        TranslationsRepository(),
        new_id=new_id,
    )


@pytest.fixture
async def filled(database: Database, offers: OffersService) -> Database:
    both = Catalogue(
        (PROVIDER,), (STAYS, ENDS), (), (DUTY, replace(DUTY, id="d2", external_id="d2", offer_id="a1"))
    )
    async with database.write() as tx:
        await offers.import_catalogue(tx, both, NOW, dry_run=False)
    return database


@pytest.fixture
async def keeper(filled: Database, cipher: Cipher, new_id: Callable[[], str]) -> Actor:
    people = PeopleService(
        PeopleRepository(cipher),
        Trail(AuditRepository(cipher), now=lambda: NOW),
        new_id=new_id,
        new_code=new_id,
    )
    async with filled.write() as tx:
        actor = await people.meet(tx, 7301, "de", NOW)
    return replace(actor, roles=frozenset({Role.COORDINATOR}))


def text(offer_id: str, field: TextField, said: str, german: str, state: TextState) -> StoredText:
    return StoredText(offer_id, "uk", field, said, state, digest(german), NOW)


async def test_chosen_fields_and_what_hangs_on_the_other_go_along(
    filled: Database, offers: OffersService, twins: TwinsService, keeper: Actor
) -> None:
    kept_texts = TranslationsRepository()
    async with filled.write() as tx:
        await kept_texts.add(tx, [
            ("t1", text("a1", TextField.NAME, "Мовне кафе в п'ятницю", STAYS.name, TextState.REVIEWED)),
            ("t2", text("b2", TextField.NAME, "Мовне кафе", ENDS.name, TextState.MACHINE)),
            ("t3", text("b2", TextField.SUMMARY, "Кава й німецька", ENDS.summary, TextState.MACHINE)),
        ])  # fmt: skip
        await offers.report(tx, None, "b2", "phone", NOW)
        [pair] = await twins.proposed(tx, keeper)
        assert {pair.first.id, pair.second.id} == {"a1", "b2"}
        await twins.merge(tx, keeper, "a1", "b2", ["summary", "email"], NOW)
    async with filled.read() as tx:
        kept = await offers.get(tx, "a1")
        assert (kept.name, kept.summary, kept.email, kept.phone) == (
            STAYS.name,
            ENDS.summary,
            ENDS.email,
            STAYS.phone,
        )
        assert kept.schedules == STAYS.schedules
        assert await offers.get(tx, "b2") == kept, "whoever has the old one is led to the new one"
        assert [o.id for o in await offers.published(tx)] == ["a1"]
        said = {t.field: t.text for t in await kept_texts.of(tx, ["a1"], "uk")}
        assert said == {TextField.NAME: "Мовне кафе в п'ятницю", TextField.SUMMARY: "Кава й німецька"}
        assert [report.offer_id for report in await offers.open_reports(tx)] == ["a1"]
        duties = await ResponsibleRepository().everything(tx)
        assert [(d.offer_id, d.matter) for d in duties] == [("a1", "advice")], (
            "what both answered for stands there once"
        )
        assert await twins.proposed(tx, keeper) == []
        with pytest.raises(NotTwinsError):
            await twins.two(tx, keeper, "a1", "b2")


async def test_a_merge_is_not_taken_back_by_half(
    filled: Database, twins: TwinsService, keeper: Actor, new_id: Callable[[], str]
) -> None:
    edits = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)
    async with filled.write() as tx:
        await twins.merge(tx, keeper, "a1", "b2", ["summary"], NOW)
        for offer_id in ("a1", "b2"):
            here = offer_versions.c.offer_id == offer_id
            version_id = (await tx.execute(select(offer_versions.c.id).where(here))).scalar_one()
            with pytest.raises(MergedError):
                await edits.undo(tx, keeper, offer_id, version_id, NOW)
        reviews = FreshnessService(OffersRepository(), HOUSE)
        with pytest.raises(MergedError):
            await reviews.answer(tx, keeper, "b2", "still", NOW)
        with pytest.raises(MergedError):
            await reviews.take_back(tx, keeper, "b2", "published", None, NOW, NOW)
        assert (await edits.look(tx, keeper, "a1")).summary == ENDS.summary
        assert (await edits.look(tx, keeper, "b2")).status == "ended"


async def test_a_merged_entry_that_is_published_again_stands_by_itself(
    filled: Database, offers: OffersService, twins: TwinsService, keeper: Actor, new_id: Callable[[], str]
) -> None:
    edits = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)
    reviews = FreshnessService(OffersRepository(), HOUSE)
    maker = replace(PROVIDER, id=stable_id("organization", "o9"), external_id="o9")
    third = replace(ENDS, id=stable_id("service", "c3"), external_id="c3", provider=maker)
    async with filled.write() as tx:
        await OffersRepository().add_providers(tx, [maker])
        await OffersRepository().add_offers(tx, [third], NOW)
        await twins.merge(tx, keeper, "a1", third.id, [], NOW)
        published = await edits.publish(tx, keeper, third.id, NOW)
        await edits.undo(tx, keeper, third.id, published.version_id, NOW)
        assert (await offers.get(tx, third.id)).id == "a1", "the old one leads to the new one again"
        await edits.publish(tx, keeper, third.id, NOW)
        for answer, status in (("pause", "paused"), ("still", "published"), ("end", "ended")):
            done = await reviews.answer(tx, keeper, third.id, answer, NOW)
            assert done.offer.status == status
        await reviews.take_back(tx, keeper, third.id, "published", done.assured_before, done.at, NOW)
        assert (await offers.get(tx, third.id)).id == third.id


async def test_a_file_does_not_make_two_of_a_merged_entry(
    filled: Database, offers: OffersService, twins: TwinsService, keeper: Actor
) -> None:
    changed = Catalogue((PROVIDER,), (STAYS, replace(ENDS, summary="Jetzt mit Kuchen")), ())
    async with filled.write() as tx:
        await twins.merge(tx, keeper, "a1", "b2", [], NOW)
        assert (await offers.import_catalogue(tx, changed, NOW, dry_run=False)).changed == 1
        assert [o.id for o in await offers.published(tx)] == ["a1"]
        assert (await offers.import_catalogue(tx, changed, NOW, dry_run=False)).changed == 0


async def test_of_two_translations_the_one_of_todays_text_is_kept(
    filled: Database, twins: TwinsService, keeper: Actor
) -> None:
    kept_texts = TranslationsRepository()
    async with filled.write() as tx:
        await kept_texts.add(tx, [
            ("t1", text("a1", TextField.NAME, "старе", STAYS.name, TextState.REVIEWED)),
            ("t2", text("b2", TextField.NAME, "Мовне кафе", ENDS.name, TextState.MACHINE)),
        ])  # fmt: skip
        await twins.merge(tx, keeper, "a1", "b2", ["name"], NOW)
        assert [t.text for t in await kept_texts.of(tx, ["a1"], "uk")] == ["Мовне кафе"]


async def test_not_the_same_is_remembered(filled: Database, twins: TwinsService, keeper: Actor) -> None:
    async with filled.write() as tx:
        await twins.tell_apart(tx, keeper, "b2", "a1", NOW)
        await twins.tell_apart(tx, keeper, "a1", "b2", NOW)
        assert await twins.proposed(tx, keeper) == []


async def test_what_changed_is_held_against_the_others_anew(
    filled: Database, offers: OffersService, twins: TwinsService, keeper: Actor
) -> None:
    kept = OffersRepository()

    async def proposed() -> list[set[str]]:
        async with filled.read() as tx:
            return [{pair.first.id, pair.second.id} for pair in await twins.proposed(tx, keeper)]

    assert await proposed() == [{"a1", "b2"}]
    third = replace(ENDS, id="c3", external_id="c3")
    async with filled.write() as tx:
        every = Catalogue((PROVIDER,), (STAYS, ENDS, third), ())
        await offers.import_catalogue(tx, every, NOW + timedelta(minutes=5), dry_run=False)
    assert sorted(map(sorted, await proposed())) == [["a1", "b2"], ["a1", "c3"], ["b2", "c3"]]
    async with filled.write() as tx:
        await kept.save(tx, replace(third, name="Schwimmen lernen"), NOW + timedelta(minutes=9))
    assert await proposed() == [{"a1", "b2"}]
    async with filled.write() as tx:
        await kept.save(tx, replace(ENDS, place="Garching"), NOW + timedelta(minutes=10))
    assert await proposed() == []


async def test_an_import_does_not_bring_the_old_one_back_and_publishing_it_does(
    filled: Database, offers: OffersService, twins: TwinsService, keeper: Actor
) -> None:
    async with filled.write() as tx:
        await twins.merge(tx, keeper, "a1", "b2", [], NOW)
        both = Catalogue((PROVIDER,), (STAYS, ENDS), ())
        report = await offers.import_catalogue(tx, both, NOW, dry_run=False)
        assert (report.new, report.changed) == (0, 0)
        assert (await offers.get(tx, "b2")).id == "a1"
        ended = await OffersRepository().by_id(tx, "b2")
        assert ended is not None
        await OffersRepository().save(tx, replace(ended, status="published"), NOW)
        assert (await offers.get(tx, "b2")).id == "b2"


async def test_who_may_and_what_cannot_be(filled: Database, twins: TwinsService, keeper: Actor) -> None:
    client = Actor(Person("p1", "de", True, None, None, False, True), frozenset({Role.CLIENT}))
    async with filled.write() as tx:
        for attempt in (
            twins.proposed(tx, client),
            twins.merge(tx, client, "a1", "b2", [], NOW),
            twins.tell_apart(tx, client, "a1", "b2", NOW),
        ):
            with pytest.raises(NotAllowedError):
                await attempt
        with pytest.raises(NotFoundError):
            await twins.merge(tx, keeper, "a1", "nowhere", [], NOW)
        with pytest.raises(NotTwinsError):
            await twins.merge(tx, keeper, "a1", "a1", [], NOW)


async def test_fields_that_do_not_fit_each_other_are_refused(
    filled: Database, offers: OffersService, twins: TwinsService, keeper: Actor
) -> None:
    full = replace(ENDS, id="c3", external_id="c3", capacity=5, free_places=5)
    small = replace(STAYS, id="d4", external_id="d4", capacity=3, free_places=1)
    async with filled.write() as tx:
        await offers.import_catalogue(tx, Catalogue((PROVIDER,), (full, small), ()), NOW, dry_run=False)
        with pytest.raises(FieldError):
            await twins.merge(tx, keeper, "d4", "c3", ["free_places"], NOW)
