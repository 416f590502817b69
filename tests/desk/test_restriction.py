"""A client asks on the phone that the data be only stored; the coordinator confirms it at the desk, and the phone hears of it."""

from i18n import dates
from i18n.messages import words
from people.types import Role
from tests.bot.world import CLIENT, data_of, said, sentence
from tests.desk.world import DeskWorld


async def test_asked_for_on_the_phone_confirmed_at_the_desk_and_ended_on_the_phone(desk: DeskWorld) -> None:
    lotse, core = desk.lotse, desk.lotse.core
    kim = await desk.account("kim", Role.COORDINATOR)
    now = lotse.clock.now()
    async with core.database.write() as tx:
        case = await core.agreements.create_client(tx, kim, "LM-18", "ar", "Haar", now)
        code = (await core.agreements.invite_client(tx, kim, case.id, now)).code
    amira = await lotse.joins(CLIENT, code, "ar")
    browser = await desk.signed_in(kim.id)
    assert 'id="restriction"' not in (await browser.get("/clients")).text

    [privacy] = await amira.says("/privacy")
    assert f"restrict:{case.id}" in data_of(privacy)
    [what] = await amira.taps(data=f"restrict:{case.id}")
    assert sentence("ar", "restrict.what") in said(what)
    [asked] = await amira.taps(data=f"restrict.ask:{case.id}", message_id=what["message_id"])
    assert data_of(asked)[0] == f"restrict.off:{case.id}"

    listed = (await browser.get("/clients")).text
    assert 'id="restriction"' in listed
    assert listed.count("LM-18") == 2, "in the list, and above it"
    path = f"/clients/{case.id}/restriction"
    done = await browser.post(path, {"do": "restrict"})
    assert done.status_code in (200, 303)
    await lotse.quiet()
    assert (await browser.get("/clients")).text.count("LM-18") == 1, "above the list alone"
    shut = await browser.get(f"/clients/{case.id}")
    assert "LM-18" not in shut.text
    assert "1. Dezember 2026" in shut.text, "since when, and why it is not shown"

    news = await amira.last()
    assert data_of(news) == [f"restrict:{case.id}"]
    assert said(news) == sentence("ar", "push.message"), "a push says no more than that there is news"
    [told] = await amira.taps(data=f"restrict:{case.id}")
    assert sentence("ar", "restrict.is_on", day=dates.day(now.date(), "ar")) in said(told)
    await amira.taps(data=f"restrict.off:{case.id}", message_id=told["message_id"])
    assert 'id="restriction"' not in (await browser.get("/clients")).text
    assert "LM-18" in (await browser.get(f"/clients/{case.id}")).text


async def test_the_desk_can_decline_and_the_phone_hears_of_it(desk: DeskWorld) -> None:
    lotse, core = desk.lotse, desk.lotse.core
    kim = await desk.account("kim", Role.COORDINATOR)
    now = lotse.clock.now()
    async with core.database.write() as tx:
        case = await core.agreements.create_client(tx, kim, "LM-19", "en", "Haar", now)
        code = (await core.agreements.invite_client(tx, kim, case.id, now)).code
    amira = await lotse.joins(CLIENT, code, "en")
    await amira.tampers(f"restrict.ask:{case.id}")
    browser = await desk.signed_in(kim.id)
    await browser.post(f"/clients/{case.id}/restriction", {"do": "end"})
    await lotse.quiet()
    assert data_of(await amira.last()) == [f"restrict:{case.id}"]
    [told] = await amira.taps(data=f"restrict:{case.id}")
    assert sentence("en", "restrict.what") in said(told)


async def test_who_wants_both_is_seen_at_the_desk_and_their_case_can_be_erased(desk: DeskWorld) -> None:
    lotse, core = desk.lotse, desk.lotse.core
    kim = await desk.account("kim", Role.COORDINATOR)
    now = lotse.clock.now()
    async with core.database.write() as tx:
        case = await core.agreements.create_client(tx, kim, "LM-20", "en", "Haar", now)
        code = (await core.agreements.invite_client(tx, kim, case.id, now)).code
    amira = await lotse.joins(CLIENT, code, "en")
    browser = await desk.signed_in(kim.id)
    await browser.post(f"/clients/{case.id}/restriction", {"do": "restrict"})
    erase = f'action="/clients/{case.id}/erase"'
    assert erase not in (await browser.get("/clients")).text, "nobody wished for that"
    await amira.tampers("forget.yes")

    day = (await browser.get("/")).text
    assert words("de")("desk.day.what_erasure") in day
    assert 'href="/clients#restriction"' in day
    listed = (await browser.get("/clients")).text
    assert erase in listed
    async with core.database.read() as tx:
        duty = await core.cases.goals.duty(tx, kim, case.id)
    assert duty is not None
    refused = await browser.post(f"/tasks/{duty.id}/done", {"to": "/"})
    assert words("de")("cw.error.duty_open") in refused.text
    held = {"reason": "court", "until": "2027-06-30", "to": "/clients"}
    kept = await browser.post(f"/clients/{case.id}/hold", held)
    assert kept.headers["location"].startswith("/clients?"), "its own page is shut"
    await browser.post(f"/clients/{case.id}/hold", {"do": "lift"})
    await browser.post(f"/clients/{case.id}/erase")
    assert "LM-20" not in (await browser.get("/clients")).text
    assert words("de")("desk.day.what_erasure") not in (await browser.get("/")).text
