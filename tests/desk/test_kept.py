"""What somebody typed is not lost: to the lock, to a session that ended, to a colleague, to a page that renews itself."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from playwright.async_api import Browser, expect

from agreements.files.rules import draft_kind
from agreements.handover.types import Given
from people.types import Actor, Role
from tests.bot.world import sentence
from tests.desk.test_work import linked
from tests.desk.world import PASSWORD, DeskWorld, Visitor

BOOSTED = {"hx-request": "true", "hx-boosted": "true"}
VOID = {"input", "meta", "link", "br", "img"}


class Outline(HTMLParser):
    """Of every form the ids of what it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.forms: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms[given.get("action") or ""] = [id_ for _, id_ in self.open if id_]
        if tag not in VOID:
            self.open.append((tag, given.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass


@pytest.fixture
async def owner(desk: DeskWorld) -> Actor:
    return await desk.account("kim", Role.COORDINATOR)


@pytest.fixture
async def kim(desk: DeskWorld, owner: Actor) -> Visitor:
    return await desk.signed_in(owner.id)


@pytest.fixture
async def client(desk: DeskWorld, owner: Actor) -> str:
    core = desk.lotse.core
    async with core.database.write() as tx:
        made = await core.agreements.create_client(tx, owner, "LM-1", "ar", "Haar", desk.lotse.clock.now())
        return made.id


NOTE = {"channel": "", "text": "Lange getippt"}


async def test_the_lock_leaves_the_page_and_what_was_typed(
    desk: DeskWorld, kim: Visitor, client: str
) -> None:
    desk.wall.ahead += timedelta(minutes=61)
    for headers in (BOOSTED, {"hx-request": "true"}):
        sent = await kim.post(f"/clients/{client}/contacts", NOTE, **headers)
        assert (sent.status_code, sent.headers["hx-retarget"]) == (422, "#notice")
        assert sentence("de", "desk.away.locked") in sent.text
        assert 'href="/locked" target="_blank"' in sent.text
    piece = await kim.get("/messages", **{"hx-request": "true", "hx-trigger": "lines"})
    assert (piece.status_code, piece.headers["hx-reswap"]) == (422, "innerHTML")
    day = await kim.get("/today", **{"hx-request": "true", "hx-trigger": "lines"})
    assert (day.status_code, day.headers["hx-redirect"]) == (204, "/locked"), (
        "nobody's day stays on the screen"
    )
    await kim.post("/locked", {"password": PASSWORD, "to": "/"})
    assert (await kim.post(f"/clients/{client}/contacts", NOTE, **BOOSTED)).status_code == 303
    assert NOTE["text"] in (await kim.get(f"/clients/{client}")).text


async def test_a_click_comes_back_to_where_it_wanted(desk: DeskWorld, kim: Visitor, client: str) -> None:
    desk.wall.ahead += timedelta(minutes=61)
    clicked = await kim.get("/clients?q=x", **BOOSTED)
    assert (clicked.status_code, clicked.headers["hx-redirect"]) == (204, "/locked?to=/clients%3Fq%3Dx")
    back = await kim.get("/clients", **{"hx-request": "true", "hx-history-restore-request": "true"})
    assert back.headers["location"] == "/locked?to=/clients"
    left = f"/clients/{client}/hand-over"
    sent = await kim.post(f"{left}/signed", {"part": "work"}, referer=desk.url + left)
    assert sent.headers["location"] == f"/locked?to={left}"
    elsewhere = await kim.post(f"{left}/signed", {"part": "work"}, referer="https://elsewhere.example/x")
    assert elsewhere.headers["location"] == "/locked"


async def test_after_signing_in_anew_the_forms_of_other_tabs_can_be_sent_again(
    desk: DeskWorld, owner: Actor, kim: Visitor, client: str
) -> None:
    path, old = f"/clients/{client}/contacts", kim.csrf

    async def comes(person_id: str) -> None:
        kim.http.cookies.set("lotse-desk", await desk._session(person_id), domain="127.0.0.1")

    await comes(owner.id)
    sent = await kim.post(path, NOTE, **BOOSTED)
    assert sent.status_code == 422
    assert sentence("de", "desk.away.again") in sent.text
    token = re.search(r'value="([0-9a-f]+)" hx-swap-oob="outerHTML:input\[name=csrf\]"', sent.text)
    assert token
    assert NOTE["text"] not in (await kim.get(f"/clients/{client}")).text
    assert (await kim.post(path, {**NOTE, "csrf": token.group(1)}, **BOOSTED)).status_code == 303
    plain = await kim.post(path, {**NOTE, "csrf": old})
    assert plain.status_code == 403
    assert sentence("de", "desk.away.again") in plain.text
    # Whoever else sits there now must not send what the one before typed.
    await comes((await desk.account("lea", Role.COORDINATOR)).id)
    sent = await kim.post(path, {**NOTE, "csrf": old}, **BOOSTED)
    assert sentence("de", "desk.away.other") in sent.text
    assert 'name="csrf"' not in sent.text


async def test_in_a_browser_the_text_stays_in_its_field_until_it_is_kept(
    desk: DeskWorld, owner: Actor, browser: Browser, client: str
) -> None:
    page = await desk.page(browser, owner.id)
    await page.goto(f"{desk.url}/clients/{client}")
    text, keep = (
        page.locator("#f-text"),
        page.get_by_role("button", name=sentence("de", "desk.file.keep"), exact=True),
    )
    await page.locator("#f-channel").select_option("")
    await text.fill(NOTE["text"])
    desk.wall.ahead += timedelta(minutes=61)
    await keep.click()
    await expect(page.locator("#notice")).to_contain_text(sentence("de", "desk.away.locked"))
    await expect(text).to_have_value(NOTE["text"])
    async with page.context.expect_page() as opened:
        await page.locator("#notice a").click()
    lock = await opened.value
    await lock.locator("#f-password").fill(PASSWORD)
    await lock.get_by_role("button", name=sentence("de", "desk.locked.go"), exact=True).click()
    await lock.wait_for_url(f"{desk.url}/")
    token = await desk._session(owner.id)
    await page.context.add_cookies([{"name": "lotse-desk", "value": token, "url": desk.url}])
    await keep.click()
    await expect(page.locator("#notice")).to_contain_text(sentence("de", "desk.away.again"))
    await expect(text).to_have_value(NOTE["text"])
    await keep.click()
    await expect(page.locator("#contacts li")).to_contain_text(NOTE["text"])


async def test_whoever_unlocks_a_session_that_is_over_signs_in_and_comes_back(
    desk: DeskWorld, kim: Visitor
) -> None:
    desk.wall.ahead += timedelta(hours=13)
    sent = await kim.post("/locked", {"password": PASSWORD, "to": "/clients?q=x"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?to=/clients%3Fq%3Dx")
    left = await kim.post("/messages/preview", {}, **BOOSTED)
    assert sentence("de", "desk.away.signed_out") in left.text
    form = {"name": "kim", "password": PASSWORD, "code": desk.digits("kim"), "to": "/clients"}
    assert (await kim.post("/sign-in", form)).status_code == 303
    # A second tab still shows the page for signing in, or the lock.
    for way in ("/sign-in", "/locked"):
        again = await kim.post(way, {**form, "csrf": ""})
        assert again.headers["location"] == f"{way}?to=/clients"
        assert (await kim.get(again.headers["location"])).headers["location"] == "/clients"


async def test_a_refused_interview_names_the_fields_and_keeps_what_was_typed(
    kim: Visitor, client: str
) -> None:
    path = f"/clients/{client}/interview"
    page = (await kim.get(path)).text
    assert 'maxlength="60"' in page
    wrong = {"call_name": "x" * 61, "competence_done_on": "2072-01-01", "degree": "primary", "shown": "{}"}
    refused = await kim.post(path, wrong, **BOOSTED)
    assert refused.status_code == 422
    assert refused.headers["hx-retarget"] == "#notice"
    for key in ("desk.f.call_name", "desk.f.competence_done_on", "cw.error.day_ahead"):
        assert sentence("de", key) in refused.text
    assert sentence("de", "desk.f.degree") not in refused.text
    # Without htmx the same stands on a page of its own; the browser's way back leads to what was typed.
    assert sentence("de", "desk.f.competence_done_on") in (await kim.post(path, wrong)).text


async def test_an_interview_undoes_nothing_that_a_colleague_wrote(
    desk: DeskWorld, owner: Actor, kim: Visitor, client: str
) -> None:
    core, now, path = desk.lotse.core, desk.lotse.clock.now(), f"/clients/{client}/interview"

    async def opened() -> dict[str, str | list[str]]:
        page = (await kim.get(path)).text
        found: dict[str, str | list[str]] = dict(
            re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page)
        )
        for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', page, re.DOTALL):
            found[name] = "".join(re.findall(r'value="(\w+)" selected', options))
        found["shown"] = str(found["shown"]).replace("&#34;", '"')
        return found

    async def colleague(**cells: str) -> None:
        async with core.database.write() as tx:
            await core.cases.files.change(tx, owner, client, cells, now)

    form = await opened()
    await colleague(german_level="B1")
    assert (await kim.post(path, {**form, "profession": "Koch"})).status_code == 303
    form = await opened()
    assert (form["german_level"], form["profession"]) == ("B1", "Koch")
    # What waits in a draft is what was typed, not the whole file of that day.
    typed = {**form, "call_name": "Amira", "german_level": "A1"}
    await kim.post(f"{path}/draft", typed)
    await colleague(german_level="B2", profession="Köchin")
    refused = await kim.post(path, typed, **BOOSTED)
    assert sentence("de", "desk.error.meanwhile") in refused.text
    form = await opened()
    assert (form["call_name"], form["german_level"], form["profession"]) == ("Amira", "B2", "Köchin")
    assert (await kim.post(path, form)).status_code == 303
    async with core.database.read() as tx:
        record = await core.cases.files.record(tx, owner, client)
        assert await core.people.draft(tx, owner, draft_kind(client), now) is None
    assert (record.call_name, record.german_level, record.profession) == ("Amira", "B2", "Köchin")


async def test_what_the_phone_answers_leaves_the_form_of_a_consent_alone(kim: Visitor, client: str) -> None:
    outline = Outline((await kim.get(f"/clients/{client}/hand-over")).text)
    assert "consent" not in outline.forms[f"/clients/{client}/hand-over/ask"]
    await kim.post(f"/clients/{client}/hand-over/signed", {"part": "work", "signed_on": "2026-11-30"})
    outline = Outline((await kim.get(f"/clients/{client}/hand-over")).text)
    assert "consent" in outline.forms[f"/clients/{client}/hand-over"]


async def test_enter_in_the_day_of_a_paper_keeps_the_paper(
    desk: DeskWorld, owner: Actor, kim: Visitor, browser: Browser
) -> None:
    core = desk.lotse.core
    case, _ = await linked(desk, owner, "LM-7", "ar")
    page = await desk.page(browser, owner.id)
    await page.goto(f"{desk.url}/clients/{case}/hand-over")
    await page.locator("details", has=page.locator("#f-signed_on")).locator("summary").click()
    await page.locator("#f-signed_on").press("Enter")
    await expect(page.locator("main")).to_contain_text(sentence("de", "desk.handover.give"))
    async with core.database.read() as tx:
        found = await core.cases.handover.look(tx, owner, case, desk.lotse.clock.now())
    assert [consent.how for consent, _ in found.consents] == [Given.PAPER]


@pytest.mark.parametrize("when", [{"send_day": "2026-12-24"}, {"send_clock": "09:00"}])
async def test_a_message_for_half_a_time_does_not_leave_now(
    kim: Visitor, client: str, when: dict[str, str]
) -> None:
    form: dict[str, str | list[str]] = {"client": client, "phrase": "please_call", **when}
    for path in ("/messages/preview", "/messages"):
        refused = await kim.post(path, form)
        assert refused.status_code == 422
        assert sentence("de", "desk.error.field_missing") in refused.text


async def test_older_notes_can_be_read_and_taken_out(
    desk: DeskWorld, owner: Actor, kim: Visitor, client: str
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        for number in range(14):
            at = now - timedelta(days=number)
            note = await core.cases.files.add_note(tx, owner, client, f"Notiz Nummer {number}.", at)
    page = (await kim.get(f"/clients/{client}")).text
    assert all(f"Notiz Nummer {number}." in page for number in range(14))
    assert f"/notes/{note.id}/remove" in page
    assert page.index("<summary>" + sentence("de", "desk.day.more", count=2)) < page.index("Notiz Nummer 12.")
