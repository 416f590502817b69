"""Offices, duplicates and translations at the desk, with the phone beside it."""

import re
from dataclasses import replace

from sqlalchemy import text

from offers.importer import Catalogue
from offers.responsible.types import Responsibility
from offers.translations.service import key_of, source_mark, text_mark
from offers.translations.types import TextField, TextState
from offers.types import Offer, Query
from people.types import Actor
from tests.bot.world import CLIENT, all_said, data_of, sentence
from tests.desk.forms import opened
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
    public = (await visitor.post(f"{path}/is", {"is": "publish"})).headers["location"]
    version = public.partition("?undo=")[2].partition("&")[0]
    assert f'value="{version}"' in (await visitor.get(public)).text, "a click too early is taken back"
    await visitor.post(f"{path}/undo", {"version": version})
    assert sentence("de", "desk.status.draft") in (await visitor.get(path)).text
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


async def test_what_belongs_together_is_saved_and_taken_back_together(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    before = await offer(desk, "deutsch-a1-kinderbetreuung-haar")
    path = f"/offers/{before.id}"
    form = opened(await visitor.get(path))
    form |= {"capacity": "20", "free_places": "15", "level_min": "A1", "level_max": "A2", "cost": "free"}
    await visitor.post(path, {**form, "cost_amount": ""})
    form = opened(await visitor.get(path))
    changed = {"cost": "fee", "cost_amount": "35", "level_min": "B1", "level_max": "B2", "capacity": "10"}
    chosen = {"free_places": "5", "name": "Deutsch am Abend", "phone": "089 6221 1234", "audience": ["women"]}
    saved = await visitor.post(path, {**form, **changed, **chosen})
    assert saved.status_code == 303, saved.text
    after = await offer(desk, before.external_id)
    assert (after.cost, after.level_min, after.level_max, after.capacity) == ("fee", "B1", "B2", 10)
    assert (after.free_places, after.name, after.audience) == (5, "Deutsch am Abend", ("women",))
    version = saved.headers["location"].split("undo=")[1].split("&")[0]
    await visitor.post(f"{path}/undo", {"version": version})
    back = await offer(desk, before.external_id)
    assert (back.name, back.phone, back.audience) == (before.name, before.phone, before.audience)
    assert (back.cost, back.level_max, back.capacity, back.free_places) == ("free", "A2", 20, 15)


async def test_what_a_colleague_wrote_meanwhile_stays_and_the_same_field_is_asked_about(
    desk: DeskWorld,
) -> None:
    _, mine = await keeper(desk)
    theirs = await desk.signed_in((await desk.account("lena")).id)
    found = await offer(desk, "deutsch-a1-kinderbetreuung-haar")
    path = f"/offers/{found.id}"
    form, other = opened(await mine.get(path)), opened(await theirs.get(path))
    await theirs.post(path, {**other, "phone": "089 99998 777", "summary": "Kurz von Lena"})
    saved = await mine.post(path, {**form, "transportation": "S4 Haar"})
    assert saved.status_code == 303
    now = await offer(desk, found.external_id)
    assert (now.phone, now.transportation, now.summary) == ("089 99998 777", "S4 Haar", "Kurz von Lena")

    both = await mine.post(path, {**form, "summary": "Kurz von Kim", "email": "kim@example.org"})
    assert both.status_code == 422
    assert "Jemand anderes hat inzwischen dasselbe geändert" in both.text
    assert "<td>Kurz von Lena</td><td>Kurz von Kim</td>" in both.text
    assert (await offer(desk, found.external_id)).email == found.email, "all of it or nothing"
    again = opened(both)
    assert (again["summary"], again["email"], again["phone"]) == (
        "Kurz von Kim",
        "kim@example.org",
        "089 99998 777",
    )
    assert (await mine.post(path, again)).status_code == 303
    last = await offer(desk, found.external_id)
    assert (last.summary, last.email, last.phone) == ("Kurz von Kim", "kim@example.org", "089 99998 777")


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
    machine = {"state": "machine", "said": text_mark("دورة ألمانية A1")}
    read = {**machine, "source": source_mark(jobs[0])}
    good = await visitor.post(first, {**read, "do": "good"})
    assert good.headers["location"].startswith(second)
    read = {**machine, "source": source_mark(jobs[1]), "names": "yes"}
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

    before = "دورة ألمانية A1"
    mended = {"do": "good", "text": "دورة جديدة A1", "names": "yes", "said": text_mark(before)}
    mended |= {"source": source_mark(first)}
    assert (await visitor.post(f"/translations/ar/{key_of(first)}", mended)).status_code == 303
    assert await said(TextState.REVIEWED) == ["دورة جديدة A1"]
    path = f"/translations/ar/{key_of(second)}"
    mark = re.search(r'name="source" value="([^"]+)"', (await visitor.get(path)).text)
    assert mark
    async with core.database.write() as tx:
        await core.editing.change(tx, actor, second.offer_id, "name", f"{second.source} am Abend", now)
    for do in ("good", "fix"):
        read = {"do": do, "text": before, "names": "yes", "source": mark.group(1), "said": text_mark(before)}
        refused = await visitor.post(path, read)
        assert refused.status_code == 422
        assert sentence("de", "desk.error.meanwhile") in refused.text
    assert await said(TextState.OUTDATED) == ["دورة ألمانية A1"]


async def test_nobody_writes_over_what_a_colleague_has_mended_meanwhile(desk: DeskWorld) -> None:
    """Two tabs show the same text: one is mended, in the other it is found good as it was."""
    actor, visitor = await keeper(desk)
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        waiting = await core.translations.pending(tx, ["ar"], (TextField.NAME,))
        job = next(job for job in waiting if "A1" in job.source)
        await core.translations.keep(tx, job, "دورة ألمانية A1", now)
    path = f"/translations/ar/{key_of(job)}"
    page = (await visitor.get(path)).text
    form = dict(re.findall(r'type="hidden" name="(source|said)" value="([^"]+)"', page))
    mended = {**form, "do": "fix", "text": "دورة جديدة A1", "names": "yes"}
    assert (await visitor.post(path, mended)).status_code == 303
    for do in ("good", "fix"):
        refused = await visitor.post(path, {**form, "do": do, "text": "دورة ألمانية A1", "names": "yes"})
        assert refused.status_code == 422
        assert sentence("de", "desk.error.meanwhile") in refused.text
    async with core.database.read() as tx:
        said = await core.translations.listed(tx, actor, "ar", TextState.REVIEWED)
    assert [text for _, text in said] == ["دورة جديدة A1"]


async def test_a_text_that_is_missing_can_be_written(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    async with desk.lotse.core.database.read() as tx:
        job = (await desk.lotse.core.translations.pending(tx, ["tr"], (TextField.NAME,)))[0]
    path = f"/translations/tr/{key_of(job)}"
    assert (await visitor.get(f"{path}?state=missing")).status_code == 200
    read = {"state": "missing", "source": source_mark(job), "said": text_mark("")}
    written = await visitor.post(path, {**read, "do": "fix", "text": f"Kurs {job.source}"})
    assert written.status_code == 303
    assert (await visitor.get("/translations/xx")).status_code == 404
    assert (await visitor.get("/translations/tr/nothing.0")).status_code == 404


async def desk_actor(desk: DeskWorld) -> Actor:
    core = desk.lotse.core
    async with core.database.read() as tx:
        account = next(a for a in await core.accounts.everybody(tx) if a.name == "kim")
        return await core.people.actor(tx, account.person_id)


async def test_who_pays_and_until_when_is_agreed_is_changed_at_the_desk(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    course = await offer(desk, "deutsch-a1-kinderbetreuung-haar")
    page = (await visitor.get(f"/offers/{course.id}")).text
    assert "Vom Landkreis finanziert" in page
    assert "31.07.2027" in page
    await visitor.post(f"/offers/{course.id}", {"district_financed": "no", "cooperation_until": "31.12.2028"})
    changed = await offer(desk, "deutsch-a1-kinderbetreuung-haar")
    assert (changed.district_financed, str(changed.cooperation_until)) == ("no", "2028-12-31")


async def test_an_office_that_opens_twice_a_day_has_dates_in_every_month(desk: DeskWorld) -> None:
    _, visitor = await keeper(desk)
    form = {"name": "Bürgerbüro Haar", "kind": "registry_office", "place": "Haar", "phone": "089 99998 110"}
    begun = await visitor.post("/catalogue/new", {**form, "provider_name": "Gemeinde Haar"})
    address = begun.headers["location"].partition("?")[0]
    opens = "Mo,Di,Mi,Do,Fr 8-12; Mo,Di,Mi,Do 14-17"
    saved = await visitor.post(address, {"schedules": opens})
    assert saved.status_code == 303, saved.text
    for month in ("2026-12", "2027-03", "2027-10"):
        page = (await visitor.get(f"{address}/dates?month={month}")).text
        assert page.count('name="opens_at"') > 30, month


async def test_what_should_be_looked_at_stands_by_owner_page_by_page(desk: DeskWorld) -> None:
    actor, visitor = await keeper(desk)
    core = desk.lotse.core
    async with core.database.write() as tx:
        await tx.execute(text("UPDATE offers SET assured_date = NULL"))
        await tx.execute(text("UPDATE offers SET owner = '' WHERE external_id = 'sprachcafe-haar'"))
        waiting = await core.reviews.waiting(tx, actor, range(1000), desk.lotse.clock.now())
    [lonely] = [each for each in waiting if not each.owner]
    pages = -(-len(waiting) // 25)
    first, last = [(await visitor.get(f"/catalogue?page={page}")).text for page in (1, pages)]
    assert sentence("de", "fr.nobody") in first
    assert f"{waiting[0].owner} ·" in first
    assert f"/offers/{waiting[0].offer_id}/mine" in first
    assert "/catalogue?page=2" in first
    assert f"/offers/{lonely.offer_id}/mine" in last, "what names nobody comes after the rest"
    assert f"/catalogue?page={pages - 1}" in last
    still = {"is": "still", "to": "/catalogue", "page": str(pages - 1)}
    done = await visitor.post(f"/offers/{waiting[-3].offer_id}/is", still)
    assert done.headers["location"].startswith(f"/catalogue?page={pages - 1}&"), "where the list was left"

    for offer_id, said in ((lonely.offer_id, "Sprachcafé"), (waiting[-2].offer_id, waiting[-2].owner)):
        assert (await visitor.post(f"/offers/{offer_id}/mine", {"on": "yes"})).status_code == 303
        mine = (await visitor.get("/catalogue")).text
        assert sentence("de", "fr.by_you") in mine
        assert said in mine
    assert (await visitor.post(f"/offers/{lonely.offer_id}/mine", {"on": "no"})).status_code == 303
    assert (await visitor.post(f"/offers/{lonely.offer_id}/mine", {"on": "no"})).status_code == 404
