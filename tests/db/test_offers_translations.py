"""The catalogue in other languages, in storage: what is shown, what a machine still has to do, what people read and mend."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.crypto import Cipher
from db.engine import Database, Transaction
from offers.editing import EditingService
from offers.freshness import FreshnessService
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.translations import rules
from offers.translations.errors import NumbersLostError
from offers.translations.repository import TranslationsRepository
from offers.translations.service import TranslationsService, key_of, translate
from offers.translations.types import Job, TextField, TextState
from offers.twins.repository import TwinsRepository
from offers.types import Offer, Query
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.errors import NotAllowedError, NotFoundError
from people.repository import PeopleRepository
from people.service import PeopleService
from people.types import Actor, Role
from tests.catalogue import HOUSE, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAMES = (TextField.NAME,)


@pytest.fixture
def offers(new_id: Callable[[], str]) -> OffersService:
    return OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )


@pytest.fixture
def texts(new_id: Callable[[], str]) -> TranslationsService:
    return TranslationsService(OffersRepository(), TranslationsRepository(), new_id=new_id)


@pytest.fixture
async def filled(database: Database, offers: OffersService) -> Database:
    async with database.write() as tx:
        report = await offers.import_tables(tx, sample_files(), NOW, dry_run=False)
    assert report.errors == ()
    return database


@pytest.fixture
async def reader(filled: Database, cipher: Cipher, new_id: Callable[[], str]) -> Actor:
    people = PeopleService(
        PeopleRepository(cipher),
        Trail(AuditRepository(cipher), now=lambda: NOW),
        new_id=new_id,
        new_code=new_id,
    )
    async with filled.write() as tx:
        actor = await people.meet(tx, 7301, "fr", NOW)
    return replace(actor, roles=frozenset({Role.REVIEWER}))


async def course(database: Database, offers: OffersService) -> Offer:
    async with database.read() as tx:
        return next(o for o in await offers.published(tx) if o.summary and any(map(str.isdigit, o.name)))


def job(offer: Offer, field: TextField = TextField.NAME, language: str = "fr") -> Job:
    return next(j for j in rules.jobs(offer, [language], [field]))


async def test_a_batch_goes_on_where_it_stopped(
    filled: Database, offers: OffersService, texts: TranslationsService
) -> None:
    async with filled.read() as tx:
        everything = await texts.pending(tx, ["fr", "ti"], NAMES)
        assert len(everything) == 2 * len(await offers.published(tx))
    async with filled.write() as tx:
        await texts.keep(tx, everything[0], "Cours", NOW)
        await texts.keep(tx, everything[1], None, NOW)
    async with filled.read() as tx:
        assert set(await texts.pending(tx, ["fr", "ti"], NAMES)) == set(everything[2:])


async def test_only_what_fits_todays_german_text_is_shown(
    filled: Database, offers: OffersService, texts: TranslationsService
) -> None:
    offer = await course(filled, offers)
    async with filled.write() as tx:
        await texts.keep(tx, job(offer), "Cours d'allemand", NOW)
        await texts.keep(tx, job(offer, TextField.SUMMARY), None, NOW)
    async with filled.read() as tx:
        shown = (await texts.spoken(tx, [offer], "fr"))[offer.id]
        assert (shown.name, shown.summary, shown.by_machine) == ("Cours d'allemand", "", True)
        assert await texts.spoken(tx, [offer], "de") == {}
        minor = replace(offer, name=offer.name.upper() + " !")
        assert (await texts.spoken(tx, [minor], "fr"))[offer.id].name == "Cours d'allemand"
        moved = replace(offer, name=offer.name + " in Haar")
        assert await texts.spoken(tx, [moved], "fr") == {}


async def test_the_search_knows_a_new_translation_without_a_restart(
    filled: Database, offers: OffersService, texts: TranslationsService
) -> None:
    offer = await course(filled, offers)
    async with filled.read() as tx:
        assert await offers.refresh(tx)
        assert not await offers.refresh(tx)
    async with filled.write() as tx:
        await texts.keep(tx, job(offer), "Kurzeme zvirbulis", NOW + timedelta(seconds=1))
    async with filled.read() as tx:
        assert await offers.refresh(tx)
    found = offers.search(Query(text="zvirbulis"), NOW)
    assert [hit.offer.id for hit in found.hits] == [offer.id]


async def test_after_a_night_in_which_all_was_translated_one_change_is_read_as_one(
    filled: Database, offers: OffersService, texts: TranslationsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every change of an offer builds the search of a large catalogue anew, for seconds, until the next text changes."""
    night, morning = NOW + timedelta(hours=1), NOW + timedelta(hours=9)
    offer = await course(filled, offers)
    async with filled.write() as tx:
        jobs = [job for _, job in await texts.jobs(tx, ["fr"], (TextField.NAME,))]
        kept = await texts.import_texts(tx, [(each, "x", TextState.MACHINE) for each in jobs], night)
        assert kept > 100
    repository, read = offers._repository, []
    published_among = repository.published_among

    async def counted(tx: Transaction, ids: Collection[str]) -> list[Offer]:
        read.append(set(ids))
        return await published_among(tx, ids)

    async with filled.read() as tx:
        await offers.refresh(tx)
    monkeypatch.setattr(repository, "published_among", counted)
    for minute in range(3):
        async with filled.write() as tx:
            await repository.save(tx, offer, morning + timedelta(minutes=minute))
        async with filled.read() as tx:
            assert await offers.refresh(tx)
    assert read[1:] == [{offer.id}, {offer.id}]


async def test_who_follows_the_texts_knows_what_somebody_who_begins_now_would_read(
    filled: Database,
    offers: OffersService,
    texts: TranslationsService,
    reader: Actor,
    new_id: Callable[[], str],
) -> None:
    """Whatever is written meanwhile, in this process or in another, and what is taken back again."""
    keeper = replace(reader, roles=frozenset({Role.COORDINATOR, Role.REVIEWER}))
    editing = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)
    freshness, offer = FreshnessService(OffersRepository(), HOUSE), await course(filled, offers)

    async def told(service: TranslationsService) -> object:
        async with filled.read() as tx:
            coverage = [(c.language, dict(c.counts)) for c in await service.coverage(tx, tuple(TextField))]
            keys = {state: await service.keys(tx, reader, "fr", state) for state in TextState}
        return coverage, keys

    def beside() -> TranslationsService:
        return TranslationsService(OffersRepository(), TranslationsRepository(), new_id=new_id)

    seen = [await told(texts)]

    async def check() -> None:
        seen.append(await told(texts))
        assert seen[-1] == await told(beside())
        assert seen[-1] != seen[-2]

    later = NOW + timedelta(hours=1)
    async with filled.write() as tx:
        await beside().keep(tx, job(offer), "Cours", later)
    await check()
    # Two changes within one tick of the clock, and one that another process writes with an earlier time.
    async with filled.write() as tx:
        await texts.keep(tx, job(offer), None, later)
    await check()
    async with filled.write() as tx:
        await beside().keep(tx, job(offer, language="ar"), "دورة", later - timedelta(seconds=30))
        await beside().keep(tx, job(offer), "Cours", later + timedelta(hours=1))
    await check()
    async with filled.write() as tx:
        await editing.change(tx, keeper, offer.id, "name", f"{offer.name} am Abend", later)
        await editing.change(tx, keeper, offer.id, "summary", "", later)
    await check()
    async with filled.write() as tx:
        await freshness.answer(tx, keeper, offer.id, "pause", later + timedelta(hours=2))
    await check()
    async with filled.write() as tx:
        await freshness.answer(tx, keeper, offer.id, "still", later + timedelta(hours=3))
    await check()

    async def fails() -> None:
        async with filled.write() as tx:
            await texts.keep(tx, job(offer, language="tr"), "Kurs", later + timedelta(hours=4))
            assert (await texts.coverage(tx, NAMES))[0].counts
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await told(texts) == seen[-1] == await told(beside())


async def test_a_person_reads_mends_and_has_the_last_word(
    filled: Database, offers: OffersService, texts: TranslationsService, reader: Actor
) -> None:
    offer = await course(filled, offers)
    key = key_of(job(offer))
    async with filled.write() as tx:
        await texts.keep(tx, job(offer), "Cours", NOW)
        found = await texts.to_review(tx, reader, "fr")
        assert found is not None
        assert (found.text, found.waiting, found.job.source) == ("Cours", 1, offer.name)
        with pytest.raises(NumbersLostError):
            await texts.mend(tx, reader, "fr", key, "Cours sans nombre", NOW)
        await texts.mend(tx, reader, "fr", key, f"Cours : {offer.name}", NOW)
        assert await texts.to_review(tx, reader, "fr") is None
        assert not (await texts.spoken(tx, [offer], "fr"))[offer.id].by_machine
        assert await texts.import_texts(tx, [(job(offer), "Machine", TextState.MACHINE)], NOW) == 0
        assert job(offer) not in await texts.pending(tx, ["fr"], NAMES)
        coverage = {found.language: found.counts for found in await texts.coverage(tx, NAMES)}
        assert coverage["fr"][TextState.REVIEWED] == 1


async def test_later_goes_round_and_good_is_kept(
    filled: Database, texts: TranslationsService, reader: Actor
) -> None:
    async with filled.write() as tx:
        for each in (await texts.pending(tx, ["uk"], NAMES))[:3]:
            await texts.keep(tx, each, f"текст {each.source}", NOW)
        seen, key = [], ""
        for _ in range(4):
            found = await texts.to_review(tx, reader, "uk", key)
            assert found is not None
            key = key_of(found.job)
            seen.append(key)
        assert seen[3] == seen[0]
        assert len(set(seen)) == 3
        await texts.approve(tx, reader, "uk", seen[0], NOW)
        found = await texts.to_review(tx, reader, "uk")
        assert found is not None
        assert found.waiting == 2


async def test_others_do_not_review_and_strange_keys_find_nothing(
    filled: Database, texts: TranslationsService, reader: Actor
) -> None:
    async with filled.read() as tx:
        with pytest.raises(NotAllowedError):
            await texts.to_review(tx, replace(reader, roles=frozenset({Role.VOLUNTEER})), "fr")
        for language, key in (("fr", "nothing.0"), ("de", "x"), ("xx", "x")):
            with pytest.raises(NotFoundError):
                await texts.one(tx, reader, language, key)


class Machine:
    """Turns the text around, or forgets its marks."""

    def __init__(self, *, forgets: bool = False) -> None:
        self._forgets = forgets
        self.asked: list[str] = []

    async def translate(self, text: str, source: str, target: str) -> str:
        self.asked.append(text)
        return "tout autre chose" if self._forgets else f"[{target}] {text}".replace("[", "").replace("]", "")

    async def close(self) -> None:
        pass


async def test_a_machine_never_sees_names_and_numbers_and_may_not_lose_them() -> None:
    wanted = Job("0" * 16, "fr", TextField.SUMMARY, "Kita Sonne: 18:30 Uhr, 089 99998 126", ("Sonne",))
    machine = Machine()
    said = await translate(machine, wanted)
    assert said is not None
    assert all(kept in said for kept in ("Sonne", "18:30", "089 99998 126"))
    assert not any(char.isdigit() and "⟦" not in machine.asked[0] for char in machine.asked[0])
    assert "Sonne" not in machine.asked[0]
    assert await translate(Machine(forgets=True), wanted) is None


async def test_a_batch_that_began_earlier_leaves_what_a_person_wrote_meanwhile(
    filled: Database,
    offers: OffersService,
    texts: TranslationsService,
    reader: Actor,
    new_id: Callable[[], str],
) -> None:
    offer = await course(filled, offers)
    editing = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)
    keeper = replace(reader, roles=frozenset({Role.COORDINATOR}))
    began_with = job(offer)
    async with filled.write() as tx:
        await texts.mend(tx, reader, "fr", key_of(began_with), f"Cours : {offer.name}", NOW)
        assert not await texts.keep(tx, began_with, "Machine", NOW)
        assert not await texts.keep(tx, began_with, None, NOW)
        assert (await texts.spoken(tx, [offer], "fr"))[offer.id].name == f"Cours : {offer.name}"

        edited = (await editing.change(tx, keeper, offer.id, "name", f"{offer.name} am Abend", NOW)).offer
        assert await texts.keep(tx, job(edited), "Cours du soir", NOW), "outdated: a machine's text is better"
        await texts.mend(tx, reader, "fr", key_of(began_with), f"Cours du soir : {edited.name}", NOW)
        assert not await texts.keep(tx, began_with, "Machine", NOW), "made from what it no longer says"
        shown = (await texts.spoken(tx, [edited], "fr"))[offer.id]
        assert (shown.name, shown.by_machine) == (f"Cours du soir : {edited.name}", False)
