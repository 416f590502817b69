"""The desk and the phone side by side: what is agreed at one is seen on the other, and the answer comes back by itself."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from lotse import sample
from offers.translations.types import TextField, TextState
from tests.bot.world import CLIENT, LotseWorld, at, data_of
from tests.desk.hand import Hand
from tests.desk.world import PASSWORD, DeskWorld

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_milestone_goes_from_the_desk_to_the_phone_and_the_answer_back(
    desk: DeskWorld, browser: Browser
) -> None:
    lotse, core = desk.lotse, desk.lotse.core
    kim = await desk.account("kim")
    now = lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
        code = (await core.agreements.invite_client(tx, kim, client.id, now)).code
    amira = await lotse.joins(CLIENT, code, "ar")
    await amira.taps(data="remind:on")
    page = await desk.page(browser, kim.id)
    phones = await browser.new_page(viewport={"width": 1440, "height": 900})
    await phones.goto(lotse.server.page_url)
    phone = phones.locator(f"[data-phone='{CLIENT}']")

    # Logged at the desk, with the preview as it will stand on the phone.
    await page.goto(f"{desk.url}/clients/{client.id}")
    await page.locator("#p-ms").select_option("write_cv")
    said = await page.locator("#v-ms .bubble").inner_text()
    await page.locator("#f-due_on").fill("2026-12-10")
    await page.get_by_role("button", name="Hinzufügen", exact=True).click()
    await expect(page.locator("#notice")).to_contain_text("Der Meilenstein steht")
    await expect(page.locator(".timeline .what")).to_have_text("Einen Lebenslauf schreiben")

    # Three days before, the phone is reminded; a tap shows what was agreed.
    await lotse.waits_until("2026-12-07 10:00")
    assert lotse.clock.now() >= at("2026-12-07 10:00")
    reminder = data_of(await amira.last())[0]
    await expect(phone.locator(".row:not(.mine)").last).not_to_contain_text(said)
    await amira.taps(data=reminder)
    await expect(phone.locator(".row:not(.mine)").last).to_contain_text(said)

    # What the client answers is at the desk without loading the page again.
    await page.goto(f"{desk.url}/")
    await expect(page.locator("h1")).to_have_text("Mein Tag")
    lines = page.locator("#g-request")
    await expect(lines).to_have_count(0)
    done = next(data for data in data_of(await amira.last()) if data.endswith(":done"))
    await amira.taps(data=done)
    await expect(lines).to_contain_text("Einen Lebenslauf schreiben")
    await lines.get_by_role("button", name="Bestätigen").click()
    await expect(page.locator("#notice")).not_to_be_empty()
    await expect(lines).to_have_count(0)
    await page.context.close()
    await phones.close()


MOST = {
    "sign in": 0,
    "take over forty cases": 6,
    "a new case": 5,
    "the first interview": 9,
    "connect the phone": 1,
    "a goal and three milestones": 12,
    "sign": 1,
    "suggest a course from a milestone": 2,
    "write to eleven in four languages": 16,
    "answer a call for help": 3,
    "confirm a milestone": 1,
    "print the agreement": 1,
    "hand over to the Jobcenter": 4,
    "correct an offer": 4,
    "review a translation": 4,
    "the quarter's figures": 2,
    "the report for the council": 2,
}
"""With so many clicks each is done; docs/desk.md names them."""


@pytest.mark.timeout(900)
async def test_a_new_coordinator_does_it_all_with_few_clicks(
    desk: DeskWorld, browser: Browser, tmp_path: Path
) -> None:
    lotse, core = desk.lotse, desk.lotse.core
    async with httpx.AsyncClient(base_url=lotse.server.url, trust_env=False) as play:
        chats = {"id": sample.FIRST_CHAT, "count": sample.LINKED, "started": True}
        (await play.post("/play/users", json=chats)).raise_for_status()
    muster = await desk.sample()
    # Everything of forty cases goes out, one after the other for each chat.
    await lotse.quiet(120)
    new = await desk.account("neu")
    async with core.database.write() as tx:
        jobs = [job for _, job in await core.translations.jobs(tx, ["ar"], (TextField.NAME,))][:2]
        given = [(job, "دورة", TextState.MACHINE) for job in jobs]
        await core.translations.import_texts(tx, given, lotse.clock.now())
    # Whoever begins has an authenticator with a code that is not used up.
    desk.wall.ahead = timedelta(minutes=1)
    page = await (await browser.new_context(viewport={"width": 1280, "height": 900}, locale="de")).new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    hand, lead = Hand(page), Hand(await desk.page(browser, muster.id))

    await page.goto(desk.url)
    hand.begins("sign in")
    await hand.types("#f-name", "neu")
    await hand.presses("Tab")
    await hand.types("#f-password", PASSWORD)
    await hand.presses("Tab")
    await hand.types("#f-code", desk.digits("neu"))
    await hand.presses("Enter")
    await expect(page.locator("h1")).to_have_text("Mein Tag")

    # The lead gives the cases; they come in without loading the page.
    await lead.page.goto(desk.url)
    lead.begins("take over forty cases")
    await lead.click(lead.page.locator(".account summary"))
    await lead.goes("Team")
    # The sample coordinator, who has all of them, stands first among who gives.
    giver = await lead.page.locator("#f-from option").nth(1).get_attribute("value")
    await lead.chooses("#f-from", str(giver))
    await lead.chooses("#f-to", new.id)
    await lead.button("Fälle übergeben")
    await expect(lead.page.locator("main")).to_contain_text(re.compile("Neu.*40"))
    await lead.button("Fälle übergeben")
    await lead.hears("Übergeben")
    await expect(page.locator("#g-request")).to_be_visible()

    await hand_interviews(hand)
    file = page.url.partition("?")[0]
    hand.begins("connect the phone")
    await hand.button("Telefon verbinden")
    code = str(await page.locator("#link").inner_text()).partition("join_")[2]
    selam = await lotse.joins(CLIENT, code, "ti")
    await selam.taps(data="remind:on")

    await page.goto(file)
    await hand_agrees(hand)
    await selam.reads()
    hand.begins("suggest a course from a milestone")
    first = page.locator(".timeline > li").first
    await hand.click(first.locator("summary", has_text="Was aus dem Katalog passt"))
    await hand.button("Vorschlagen", first)
    await hand.hears("Vorgeschlagen")
    assert await selam.reads(), "the phone has it"
    async with core.database.read() as tx:
        client_id = file.rpartition("/")[2]
        assert len(await core.cases.placements.placements(tx, new, client_id)) == 1
    hand.begins("print the agreement")
    assert (
        await hand.gets(page.get_by_role("button", name="Zielvereinbarung", exact=True))
    ).suggested_filename

    await hand_writes_to_eleven(hand, lotse)
    await hand_answers(hand)

    await page.goto(file)
    hand.begins("hand over to the Jobcenter")
    await hand.button("Ans Jobcenter")
    await hand.click(page.get_by_role("button", name=re.compile("Auf .Tigrinya. fragen")))
    await selam.reads()
    await selam.taps(data=next(data for data in data_of(await selam.last()) if data.startswith("consent:")))
    yes = next(data for data in data_of(await selam.last()) if data.endswith(":yes"))
    await selam.taps(data=yes)
    # What the client said on the phone is here by itself.
    pdf = await hand.gets(page.get_by_role("button", name="Als PDF sichern"))
    assert pdf.suggested_filename.endswith(".pdf")
    given = await hand.gets(page.get_by_role("button", name="Als JSON sichern"))
    await given.save_as(tmp_path / "given.json")
    assert "Köchin" in (tmp_path / "given.json").read_text(encoding="utf-8")

    await hand_keeps_the_catalogue(hand)
    await hand_reports(hand)
    clicks = hand.clicks | lead.clicks
    assert clicks.keys() == MOST.keys()
    assert {task: number for task, number in clicks.items() if number > MOST[task]} == {}
    assert complaints == []
    await page.context.close()
    await lead.page.context.close()


async def hand_interviews(hand: Hand) -> None:
    """A new case, and the first interview that follows it."""
    hand.begins("a new case")
    await hand.goes("Klienten")
    await hand.button("Neuer Fall")
    await hand.types("#f-case_number", "LM-9001")
    await hand.presses("Tab")
    await hand.types("#f-call_name", "Selam")
    await hand.chooses("#f-language", "ti")
    await hand.chooses("#f-place", "Haar")
    await hand.button("Fall anlegen")
    await hand.hears("Der Fall ist angelegt")
    hand.begins("the first interview")
    await hand.types("#f-allocated_on", "2026-11-10")
    for field, value in (
        ("working_age", "yes"),
        ("gender", "woman"),
        ("degree", "secondary"),
        ("literacy", "latin"),
        ("german_level", "A1"),
    ):
        await hand.chooses(f"#f-{field}", value)
    await hand.types("#f-school_years", "8")
    await hand.types("#f-profession", "Köchin")
    await hand.button("In die Akte schreiben")
    await hand.hears("In die Akte geschrieben")
    # Education that is said is recorded on the day it is said, and nothing is left to go on with.
    await expect(hand.page.locator("tr", has_text="Bildungsstand erfasst am")).to_contain_text("1. Dez.")
    await expect(hand.page.get_by_role("button", name="Erstgespräch", exact=True)).to_be_visible()


async def hand_agrees(hand: Hand) -> None:
    """A goal, three milestones one after the other without looking for the form, and both signatures."""
    page = hand.page
    hand.begins("a goal and three milestones")
    await hand.click(page.locator("summary", has_text="Ziel hinzufügen"))
    await hand.chooses("#p-goal", "find_work")
    await hand.button("Hinzufügen", page.locator("form[action$='/goals']"))
    await hand.hears("Das Ziel steht")
    steps = ("register_german_course", "write_cv", "register_jobcenter")
    for number, phrase in enumerate(steps, 1):
        await hand.chooses("#p-ms", phrase)
        await hand.types("#f-due_on", f"2027-0{number}-15")
        await hand.button("Hinzufügen", page.locator("form[action$='/milestones']"))
        await expect(page.locator(".timeline .what")).to_have_count(number)
        await expect(page.locator("#p-ms")).to_be_focused()
    hand.begins("sign")
    await hand.button("Von beiden unterschrieben")
    await hand.hears("Unterschrieben")


async def hand_writes_to_eleven(hand: Hand, lotse: LotseWorld) -> None:
    """Picked one by one, seen in four languages, changed without choosing anew, sent, arrived."""
    page = hand.page
    hand.begins("write to eleven in four languages")
    await hand.goes("Mitteilungen")
    await hand.button("Neue Mitteilung")
    await hand.chooses("#p-msg", "bring_letter")
    for number in (1, 2, 3, 4, 9, 10, 11, 12, 17, 18, 19):
        await hand.click(page.locator("label", has_text=f"MUSTER-{number:03}").locator("input"))
    await hand.button("Vorschau")
    await expect(page.locator(".bubble")).to_have_count(4)
    for language in ("ar", "fa", "tr", "uk"):
        await expect(page.locator(f".bubble[lang={language}]")).to_have_count(1)
    clicked = hand.clicks["write to eleven in four languages"]
    await hand.button("Ändern")
    await expect(page.locator("input[name=client]:checked")).to_have_count(11)
    await hand.button("Vorschau")
    # Nobody needs to go back and look again.
    hand.clicks["write to eleven in four languages"] = clicked
    await hand.button("An 11 senden")
    await hand.hears("unterwegs")
    await lotse.quiet()
    await expect(page.locator("#lines").get_by_text("Angekommen", exact=True)).to_have_count(11)


async def hand_answers(hand: Hand) -> None:
    """From my day: a call for help, and what somebody says is done."""
    page = hand.page
    await page.goto(page.url.partition("/messages")[0])
    hand.begins("answer a call for help")
    calls = page.locator("#g-call").get_by_role("button", name="Antworten")
    waiting = await calls.count()
    await hand.click(calls)
    await hand.chooses("#p-rq", "i_will_call_you")
    await hand.button("Antwort senden")
    await hand.hears("Die Antwort ist unterwegs")
    await expect(calls).to_have_count(waiting - 1)
    hand.begins("confirm a milestone")
    await hand.button("Bestätigen")
    await hand.hears("Bestätigt")
    # A slip of the finger is taken back from the sentence that tells of it.
    reported = page.locator("#g-request").get_by_role("button", name="Bestätigen")
    left = await reported.count()
    await page.locator("#notice").get_by_role("button", name="Rückgängig").click()
    await hand.hears("Rückgängig gemacht")
    await expect(reported).to_have_count(left + 1)


async def hand_keeps_the_catalogue(hand: Hand) -> None:
    """A wrong telephone number, and a text that was translated by a machine."""
    page = hand.page
    hand.begins("correct an offer")
    await hand.goes("Maßnahmenkatalog")
    await hand.types("#q", "deutschkurs haar")
    await hand.click(page.locator("#rows a[href^='/offers/']"))
    await hand.types("#f-phone", "089 6221-0")
    await hand.button("Speichern", page.locator("form:has(#f-phone)"))
    await hand.hears("Gespeichert")
    hand.begins("review a translation")
    await hand.goes("Maßnahmenkatalog")
    await hand.click(page.locator(".tabs").get_by_role("link", name="Übersetzungen"))
    await hand.click(page.get_by_role("link", name="Arabisch"))
    await hand.button("Lesen")
    await hand.presses("g")
    await hand.hears("Gelesen und gut")


async def hand_reports(hand: Hand) -> None:
    """What the council asks for."""
    page = hand.page
    hand.begins("the quarter's figures")
    await hand.goes("Kennzahlen")
    await hand.click(page.get_by_role("link", name="Nach Quartal"))
    # On paper the bars stand beside their numbers.
    await page.emulate_media(media="print")
    await expect(page.locator("g.bar rect").first).to_be_visible()
    await expect(page.locator("header.bar")).to_be_hidden()
    await page.emulate_media(media="screen")
    hand.begins("the report for the council")
    await hand.goes("Fahrplan")
    report = await hand.gets(page.get_by_role("button", name="Als PDF speichern"))
    assert report.suggested_filename.endswith(".pdf")
