"""Offices, duplicates and translations at the desk, with the phone beside it."""

import re
from dataclasses import replace

from offers.importer import Catalogue
from offers.responsible.types import Responsibility
from offers.translations.service import key_of, source_mark
from offers.translations.types import TextField, TextState
from offers.types import Offer, Query
from people.types import Actor
from tests.bot.world import CLIENT, all_said, data_of, sentence
from tests.desk.world import DeskWorld, Visitor


async def keeper(desk: DeskWorld) -> tuple[Actor, Visitor]:
    actor = await desk.account("kim")
    return actor, await desk.signed_in(actor.id)


async def offer(desk: DeskWorld, external_id: str) -> Offer:
    core = desk.lotse.core
    async with core.database.read() as tx:
        return next(o for o in (await core.offers.everything(tx))[1] if o.external_id == external_id)


async def test_a_new_office_is_entered_published_and_answers_on_the_phone(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    listed = await visitor.get("/catalogue/offices?matter=civil_status&place=Haar")
    assert "Niemand ist eingetragen" in listed.text
    assert "Hier fehlt jemand" in listed.text
    form = {"name": "Standesamt Haar", "kind": "registry_office", "place": "Haar", "phone": "089 99998 110"}
    refused = await visitor.post("/catalogue/new", {**form, "provider_name": ""})
    assert refused.status_code == 422
    begun = await visitor.post("/catalogue/new", {**form, "provider_name": "Gemeinde Haar, Standesamt"})
    path = begun.headers["location"].split("?")[0]
    page = await visitor.get(path)
    hours = {"schedules": "Mo, Di 8-12 ab 1.9.2026\r\nDo 14-18 ab 1.9.2026", "transportation": "S4 Haar"}
    assert (await visitor.post(path, hours)).headers["location"].startswith(f"{path}?undo=")
    wrong = await visitor.post(path, {"phone": "keine"})
    assert wrong.status_code == 422
    assert "Telefonnummer" in wrong.text
    added = await visitor.post(
        f"{path}/responsible", {"do": "add", "matter": "civil_status", "places": ["Haar"]}
    )
    assert added.status_code == 303
    twice = await visitor.post(
        f"{path}/responsible", {"do": "add", "matter": "civil_status", "places": ["Haar"]}
    )
    assert twice.status_code == 422
    await visitor.post(f"{path}/is", {"is": "publish"})
    page = await visitor.get(path)
    assert "Geburt, Heirat (Standesamt)" in page.text
    assert "S4 Haar" in page.text

    amira = await desk.lotse.arrives(CLIENT, "en")
    told = all_said(await amira.says("Which office in Haar is responsible for a birth certificate?"))
    assert "Standesamt Haar" in told
    assert "14:00-18:00" in told
    assert "S4 Haar" in told

    entry = page.text.split('name="entry" value="')[1].split('"')[0]
    await visitor.post(f"{path}/responsible", {"do": "remove", "entry": entry})
    assert (
        "Niemand ist eingetragen"
        in (await visitor.get("/catalogue/offices?matter=civil_status&place=Haar")).text
    )


async def test_duplicates_are_made_one_and_what_hangs_on_them_goes_along(desk: DeskWorld) -> None:
    actor, visitor = await keeper(desk)
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kept = await offer(desk, "sprachcafe-haar")
    other = replace(kept, id="d0" * 8, external_id="zweites", name="Sprachcafe Haar", email="neu@example.org")
    assert "Keine gefunden" in (await visitor.get("/catalogue/twins")).text
    async with core.database.write() as tx:
        found = Catalogue(
            (kept.provider,), (other,), (), (Responsibility("r", "r", other.id, "advice", (), ("Haar",)),)
        )
        await core.offers.import_catalogue(tx, found, now, dry_run=False)
        client = await core.agreements.create_client(tx, actor, "LM-9", "en", "Haar", now)
        placed = await core.cases.placements.suggest(tx, actor, client.id, other.id, now)
    listed = await visitor.get("/catalogue/twins")
    assert "Sprachcafe Haar" in listed.text
    path = f"/catalogue/twins/{kept.id}/{other.id}"
    side = await visitor.get(path)
    assert "neu@example.org" in side.text
    assert 'name="f-phone"' not in side.text, "what is the same is no question"
    done = await visitor.post(path, {"do": "merge", "keep": "first", "f-email": "second", "f-name": "first"})
    assert done.headers["location"].startswith(f"/offers/{kept.id}")
    merged = await offer(desk, "sprachcafe-haar")
    assert (merged.name, merged.email) == (kept.name, "neu@example.org")
    assert (await offer(desk, "zweites")).status == "ended"
    assert desk.lotse.rows("SELECT offer_id FROM placements WHERE id = ?", placed.placement.id) == [
        (kept.id,)
    ]
    assert "Keine gefunden" in (await visitor.get("/catalogue/twins")).text
    # A card that was passed on before opens the one that stayed.
    amira = await desk.lotse.arrives(CLIENT, "de")
    shown = await amira.opens(f"offer_{other.id}")
    assert any(f"want:{kept.id}" in data_of(message) for message in shown)


async def test_two_that_are_not_the_same_are_told_apart_for_good(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kept = await offer(desk, "sprachcafe-haar")
    other = replace(kept, id="d0" * 8, external_id="zweites", name="Sprachcafe Haar")
    async with core.database.write() as tx:
        await core.offers.import_catalogue(tx, Catalogue((kept.provider,), (other,), ()), now, dry_run=False)
    await visitor.get("/catalogue/twins")
    await visitor.post(f"/catalogue/twins/{other.id}/{kept.id}", {"do": "apart"})
    assert "Keine gefunden" in (await visitor.get("/catalogue/twins")).text
    async with core.database.write() as tx:
        await core.offers.refresh(tx)
    both = core.offers.search(Query(text="Sprachcafe Haar", topic="leisure", place="Haar"), now, 5)
    assert {kept.id, other.id} <= {hit.offer.id for hit in both.hits}


async def test_translations_are_read_side_by_side(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        waiting = await core.translations.pending(tx, ["ar"], (TextField.NAME,))
        jobs = sorted((job for job in waiting if "A1" in job.source), key=key_of)[:3]
        for job in jobs:
            await core.translations.keep(tx, job, "دورة ألمانية A1", now)
    assert ">3</a>" in (await visitor.get("/translations")).text
    listed = await visitor.get("/translations/ar?state=machine")
    assert all(key_of(job) in listed.text for job in jobs)
    first, second, third = (f"/translations/ar/{key_of(job)}" for job in jobs)
    shown = await visitor.get(first)
    assert "<mark>A1</mark>" in shown.text
    assert 'dir="rtl"' in shown.text
    read = {"state": "machine", "source": source_mark(jobs[0])}
    good = await visitor.post(first, {**read, "do": "good"})
    assert good.headers["location"].startswith(second)
    read = {"state": "machine", "source": source_mark(jobs[1]), "names": "yes"}
    lost = await visitor.post(second, {**read, "do": "fix", "text": "دورة"})
    assert lost.status_code == 422
    assert "A1" in lost.text
    fixed = await visitor.post(second, {**read, "do": "fix", "text": "دورة جديدة A1"})
    assert fixed.headers["location"].startswith(third)
    skipped = await visitor.post(third, {"do": "skip", "state": "machine"})
    assert skipped.headers["location"].startswith("/translations/ar?")
    async with core.database.read() as tx:
        said = dict(await core.translations.listed(tx, (await desk_actor(desk)), "ar", TextState.REVIEWED))
    assert sorted(said.values()) == ["دورة ألمانية A1", "دورة جديدة A1"]


async def test_good_means_the_text_that_stands_there_and_the_german_one_that_was_read(
    desk: DeskWorld,
) -> None:
    actor, visitor = await keeper(desk)
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        waiting = await core.translations.pending(tx, ["ar"], (TextField.NAME,))
        first, second = sorted((job for job in waiting if "A1" in job.source), key=key_of)[:2]
        for job in (first, second):
            await core.translations.keep(tx, job, "دورة ألمانية A1", now)

    async def said(state: TextState) -> list[str]:
        async with core.database.read() as tx:
            return [text for _, text in await core.translations.listed(tx, actor, "ar", state)]

    mended = {"do": "good", "text": "دورة جديدة A1", "names": "yes", "source": source_mark(first)}
    assert (await visitor.post(f"/translations/ar/{key_of(first)}", mended)).status_code == 303
    assert await said(TextState.REVIEWED) == ["دورة جديدة A1"]
    path = f"/translations/ar/{key_of(second)}"
    mark = re.search(r'name="source" value="([^"]+)"', (await visitor.get(path)).text)
    assert mark
    async with core.database.write() as tx:
        await core.editing.change(tx, actor, second.offer_id, "name", f"{second.source} am Abend", now)
    for do in ("good", "fix"):
        read = {"do": do, "text": "دورة ألمانية A1", "names": "yes", "source": mark.group(1)}
        refused = await visitor.post(path, read)
        assert refused.status_code == 422
        assert sentence("de", "desk.error.meanwhile") in refused.text
    assert await said(TextState.OUTDATED) == ["دورة ألمانية A1"]


async def test_a_text_that_is_missing_can_be_written(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    async with desk.lotse.core.database.read() as tx:
        job = (await desk.lotse.core.translations.pending(tx, ["tr"], (TextField.NAME,)))[0]
    path = f"/translations/tr/{key_of(job)}"
    assert (await visitor.get(f"{path}?state=missing")).status_code == 200
    read = {"state": "missing", "source": source_mark(job)}
    written = await visitor.post(path, {**read, "do": "fix", "text": f"Kurs {job.source}"})
    assert written.status_code == 303
    assert (await visitor.get("/translations/xx")).status_code == 404
    assert (await visitor.get("/translations/tr/nothing.0")).status_code == 404


async def desk_actor(desk: DeskWorld) -> Actor:
    core = desk.lotse.core
    async with core.database.read() as tx:
        account = next(a for a in await core.accounts.everybody(tx) if a.name == "kim")
        return await core.people.actor(tx, account.person_id)
