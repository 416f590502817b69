"""The pages in a real browser: nothing for axe or the console to complain of, light and dark, and everything reachable by keyboard."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update
from starlette.routing import Route

from agreements.campaigns.types import Selection
from db.tables.people import persons
from desk.pages.table import ROUTES
from people.types import Role
from tests.desk.world import DeskWorld

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATHS = (
    "/", "/clients", "/clients/new", "/clients/import", "/clients/hand-over", "/meetings", "/messages", "/messages/new", "/catalogue",
    "/catalogue?q=deutsch", "/catalogue/gaps", "/catalogue/offices", "/catalogue/new", "/catalogue/twins", "/translations", "/translations/ar", "/catalogue/import", "/figures", "/figures?by=place",
    "/figures?by=month", "/figures?by=quarter", "/roadmap", "/roadmap/new", "/roadmap/import", "/roadmap/goals/2.2", "/settings", "/team", "/people", "/me", "{client}", "{client}/interview", "{client}/note",
    "{client}/hand-over", "{offer}", "{offer}/dates", "{request}", "{message}", "{twins}", "{text}",
)  # fmt: skip
NO_PAGES = {
    "/today": "the lines of /", "/milestones/{milestone_id}/events": "a piece of a client's file",
    "/milestones/{milestone_id}/fits": "a piece of a client's file", "/clients/{client_id}/fits": "a piece of a client's file",
    "/phrase/slots": "a piece of a form", "/phrase/preview": "a piece of a form", "/live": "a stream",
    "/clients/{client_id}/print/{what}": "a file", "/appointments/{appointment_id}/print": "a file",
    "/figures/export": "a file", "/roadmap/export": "a file", "/roadmap/report": "a file, looked at below",
    "/sign-in": "looked at below", "/locked": "looked at below", "/welcome/{code}": "looked at below",
    "/sign-in/sso": "leads elsewhere", "/sign-in/back": "leads elsewhere",
}  # fmt: skip
"""What a browser can ask for and is not in PATHS, each with the reason."""
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "resultTypes": ["violations"],
}
REACHABLE = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const shown = (one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled;
  const all = [...document.querySelectorAll(wanted)].filter(shown);
  // Of radio buttons with one name the keyboard reaches one.
  all.forEach((one, number) => one.setAttribute("data-number", number));
  return all.map((one) => one.outerHTML.slice(0, 120));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return {number: one.dataset.number, ring, inside, html: one.outerHTML.slice(0, 120)};
}"""


class Visit:
    """A browser page with the forty sample clients, and what the browser complained of."""

    def __init__(self, desk: DeskWorld, page: Page) -> None:
        self.url, self.page = desk.url, page
        self.complaints: list[str] = []
        self.ids: dict[str, str] = {}
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    async def learn(self) -> None:
        """Find a client, an offer, a request and a text to look at."""
        for name, path, link in (
            ("client", "/clients", "#rows a[href^='/clients/']"),
            ("offer", "/catalogue?q=deutsch", "#rows a[href^='/offers/']"),
            ("request", "/", "#lines a[href^='/requests/']"),
        ):
            await self.page.goto(self.url + path)
            self.ids[name] = str(await self.page.locator(link).first.get_attribute("href"))
        await self.page.goto(self.url + "/translations/ar?state=missing")
        text = self.page.locator("main a[href^='/translations/ar/']").first
        self.ids["text"] = str(await text.get_attribute("href"))

    async def open(self, path: str) -> None:
        """Go there."""
        await self.page.goto(self.url + path.format(**self.ids), wait_until="domcontentloaded")
        await expect(self.page.locator("h1")).to_have_count(1)

    async def violations(self) -> list[Any]:
        """What axe finds, as rule and element."""
        found = (await Axe().run(self.page, options=AXE)).response
        return [
            (rule["id"], node["html"][:120], node.get("failureSummary", "")[:200])
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


async def visit(desk: DeskWorld, browser: Browser, *, dark: bool = False, language: str = "de") -> Visit:
    """Signed in as the sample coordinator, who has written to their clients."""
    actor, core, now = await desk.sample(), desk.lotse.core, desk.lotse.clock.now()
    found = Visit(desk, await desk.page(browser, actor.id, dark=dark, language=language))
    async with core.database.write() as tx:
        # The sample's people have no phones: whom the bot has tried to reach meanwhile is not written to any more.
        await tx.execute(update(persons).values(reachable=True))
        sent = await core.cases.campaigns.send(tx, actor, Selection(), "bring_letter", {}, now)
        one, other = (await core.offers.published(tx))[:2]
    found.ids |= {"message": f"/messages/{sent.id}", "twins": f"/catalogue/twins/{one.id}/{other.id}"}
    await found.learn()
    return found


@pytest.fixture
async def seen(desk: DeskWorld, browser: Browser) -> AsyncIterator[Visit]:
    found = await visit(desk, browser)
    yield found
    assert found.complaints == []


@pytest.mark.parametrize("dark", [False, True])
async def test_axe_and_the_console_have_nothing_to_complain_of(
    desk: DeskWorld, browser: Browser, dark: bool
) -> None:
    found = await visit(desk, browser, dark=dark)
    wrong = {}
    for path in PATHS:
        await found.open(path)
        assert await found.page.locator("html").get_attribute("lang") == "de"
        if some := await found.violations():
            wrong[path] = some
    assert wrong == {}
    assert found.complaints == []


async def test_every_page_is_looked_at_or_says_why_not(seen: Visit) -> None:
    opened = [path.format(**seen.ids).partition("?")[0] for path in PATHS]
    made = {route.path: Route(route.path, lambda _: None) for route in ROUTES if route.method == "GET"}
    fixed = {path for path in made if "{" not in path}
    # Whoever has a path of their own is no id of another's.
    seen_paths = {path for path in opened if path in fixed}
    for path in set(opened) - fixed:
        seen_paths |= {name for name, route in made.items() if route.path_regex.fullmatch(path)}
    assert seen_paths | set(NO_PAGES) == set(made)
    assert not seen_paths & set(NO_PAGES)


async def test_axe_would_find_something(seen: Visit) -> None:
    await seen.open("/clients")
    await seen.page.evaluate(
        "document.querySelector('label[for=q]').remove(); q.removeAttribute('placeholder')"
    )
    assert [rule for rule, *_ in await seen.violations()] == ["label"]


@pytest.mark.parametrize("dark", [False, True])
async def test_a_locked_desk_and_a_welcome_too(desk: DeskWorld, browser: Browser, dark: bool) -> None:
    core = desk.lotse.core
    actor = await desk.account("kim", Role.COORDINATOR)
    async with core.database.write() as tx:
        new = await core.accounts.create(tx, None, "mia", "Mia", [Role.COORDINATOR], desk.wall.now())
    page = await desk.page(browser, actor.id, dark=dark)
    desk.wall.ahead = timedelta(hours=2)
    for path, shown in (("/clients", "/locked"), (f"/welcome/{new.code}", f"/welcome/{new.code}")):
        await page.goto(desk.url + path)
        assert page.url.removeprefix(desk.url).partition("?")[0] == shown
        assert not (await Axe().run(page, options=AXE)).response["violations"]
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_outside_too(desk: DeskWorld, browser: Browser) -> None:
    page = await browser.new_page(locale="en")
    for path in ("/sign-in", "/nowhere"):
        await page.goto(desk.url + path)
        assert await page.locator("html").get_attribute("lang") == "en"
        assert not (await Axe().run(page, options=AXE)).response["violations"]
    await page.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/catalogue?q=deutsch",
        "/messages/new",
        "{client}",
        "{client}/hand-over",
        "/roadmap",
        "/roadmap/goals/2.2",
    ],
)
async def test_the_keyboard_reaches_everything_and_shows_where_it_is(seen: Visit, path: str) -> None:
    await seen.open(path)
    await seen.page.evaluate(
        "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
    )
    await expect(seen.page.locator(".htmx-request")).to_have_count(0)
    # A page that brings itself up to date meanwhile would lose the numbers.
    await seen.page.evaluate(
        "document.addEventListener('htmx:beforeRequest', (event) => event.preventDefault())"
    )
    wanted = await seen.page.evaluate(REACHABLE)
    # From the top, wherever the page itself puts the keyboard.
    await seen.page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    reached, unseen = set(), []
    # A field for a day or a time has several stops, and so has its calendar.
    for _ in range(8 * len(wanted)):
        await seen.page.keyboard.press("Tab")
        focused = await seen.page.evaluate(FOCUSED)
        if focused is None:
            break
        reached.add(focused["number"])
        if not focused["ring"] or not focused["inside"]:
            unseen.append(focused["html"])
    missed = [html for number, html in enumerate(wanted) if str(number) not in reached]
    assert missed == []
    assert unseen == []


async def test_the_skip_link_leads_past_the_navigation(seen: Visit) -> None:
    await seen.open("/clients/import")
    await seen.page.keyboard.press("Tab")
    await expect(seen.page.locator(".skip")).to_be_in_viewport()
    await seen.page.keyboard.press("Enter")
    await seen.page.keyboard.press("Tab")
    await expect(seen.page.locator("#f-file")).to_be_focused()


async def test_nothing_is_wider_than_a_tablet(seen: Visit) -> None:
    await seen.page.set_viewport_size({"width": 768, "height": 1024})
    wide = {}
    for path in PATHS:
        await seen.open(path)
        extra = await seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if extra > 0:
            wide[path] = extra
    assert wide == {}


@pytest.mark.parametrize("dark", [False, True])
async def test_the_public_report_is_a_page_for_everybody(
    desk: DeskWorld, browser: Browser, dark: bool, tmp_path: Path
) -> None:
    found = await visit(desk, browser, dark=dark)
    async with found.page.expect_download() as download:
        await found.page.goto(found.url + "/roadmap")
        await found.page.get_by_role("button", name="Als Webseite speichern").click()
    await (await download.value).save_as(tmp_path / "report.html")
    await found.page.goto((tmp_path / "report.html").as_uri())
    await expect(found.page.locator("h1")).to_contain_text("Integrationsfahrplan")
    assert await found.violations() == []
    assert found.complaints == []


async def test_another_page_begins_at_its_top(seen: Visit) -> None:
    await seen.open("/clients")
    await seen.page.locator("#rows a").last.click()
    await expect(seen.page).to_have_url(re.compile("/clients/.+"))
    await expect(seen.page.locator("h1")).to_be_in_viewport()
    assert await seen.page.evaluate("scrollY") == 0


async def _reads(page: Page, url: str, path: str, content: str) -> None:
    """Give a file to an import and ask for what it would do."""
    await page.goto(url + path)
    file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": content.encode("utf-8-sig")}
    await page.locator("main input[type=file]").first.set_input_files([file])  # type: ignore[list-item]
    await page.locator("main button[name=go][value=no]").click()


@pytest.mark.parametrize("dark", [False, True])
async def test_what_comes_of_a_form_too(desk: DeskWorld, browser: Browser, dark: bool) -> None:
    """Previews, row errors, links with a QR code, and forms that come back with what is wrong in them."""
    found = await visit(desk, browser, dark=dark)
    page, url, wrong = found.page, found.url, {}
    lead = await desk.account("amir", Role.ADMINISTRATOR, Role.LEAD)
    # A new link ends the old one: are you sure?
    page.on("dialog", lambda dialog: dialog.accept())

    async def look(name: str, shown: str) -> None:
        await expect(page.locator(shown).first).to_be_visible()
        await expect(page.locator("h1")).to_have_count(1)
        extra = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if some := [*await found.violations(), *([("too wide", extra)] if extra > 0 else [])]:
            wrong[name] = some

    async def send(path: str, action: str, **values: str) -> None:
        await found.open(path)
        await page.evaluate(
            "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
        )
        form = page.locator(f"form[action$='{action.format(**found.ids)}']").last
        for name, value in values.items():
            field = form.locator(f"[name='{name}']").first
            await (
                field.select_option(value)
                if await field.evaluate("e => e.tagName") == "SELECT"
                else field.fill(value)
            )
        await form.locator("button:not([type=button])").last.click()

    await send("{client}", "/invite")
    await look("an invitation", ".qrbox svg")
    await send("/me", "/me/phone")
    await look("a phone", ".qrbox svg")
    await send("/messages/new", "/messages/preview", phrase="bring_letter")
    await look("a message's preview", ".phone")
    for path, content in (
        ("/clients/import", "case_number;language;place\nLM-9001;ar;Haar\n;xx;Nirgends\n"),
        ("/catalogue/import", "name;kind;place\nKurs;german_course;Haar\n;nichts;Nirgends\n"),
    ):
        await _reads(page, url, path, content)
        await look(path, "main table")
    page = found.page = await desk.page(browser, lead.id, dark=dark)
    await send("/people", "/people", name="mia", shown="Mia")
    await look("an account's link", "#link")
    await send("/settings", "/settings", grace_days="viele")
    await look("a setting that is wrong", "[aria-invalid=true]")
    await send("/roadmap/goals/2.2", "/roadmap/goals/2.2", light="red", note="")
    await look("a goal that is wrong", "[aria-invalid=true]")
    await _reads(page, url, "/roadmap/import", "number;field;text\n9.9;work;Ein Ziel\n;nichts;\n")
    await look("/roadmap/import", "main table")
    outside = found.page = page = await browser.new_page(
        color_scheme="dark" if dark else "light", locale="de"
    )
    await outside.goto(url + "/sign-in")
    for name, value in (("name", "niemand"), ("password", "geraten"), ("code", "000000")):
        await outside.locator(f"[name={name}]").fill(value)
    await outside.locator("main button").first.click()
    await look("a sign-in that is wrong", "[role=alert]")
    assert wrong == {}
