"""What becomes of the browser's address on the way of a message: back and again lead to what was typed."""

import html
import re

import pytest
from playwright.async_api import Browser, expect

from people.types import Actor, Role
from tests.desk.test_work import linked
from tests.desk.world import DeskWorld, Visitor


@pytest.fixture
async def owner(desk: DeskWorld) -> Actor:
    return await desk.account("kim", Role.COORDINATOR)


@pytest.fixture
async def kim(desk: DeskWorld, owner: Actor) -> Visitor:
    return await desk.signed_in(owner.id)


async def test_what_comes_of_a_form_leaves_an_address_that_can_be_asked_for(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    client_id, _ = await linked(desk, owner, "LM-1", "ar")
    admin = await desk.signed_in((await desk.account("admin", Role.ADMINISTRATOR)).id)
    async with desk.lotse.core.database.read() as tx:
        account = next(a for a in await desk.lotse.core.accounts.everybody(tx) if a.name == "kim")
    typed = {"phrase": "please_come", "slot_date": "2027-02-10", "slot_time": "10:00", "client": client_id}
    sent = await kim.post("/messages", typed)
    message = sent.headers["location"].partition("?")[0]
    forms = (
        (kim, "/messages/preview", typed, "/messages/new"),
        (kim, f"{message}/correct", typed, message),
        (kim, f"/clients/{client_id}/invite", {}, f"/clients/{client_id}"),
        (kim, "/me/phone", {}, "/me"),
        (admin, f"/people/{account.id}/recover", {}, "/people"),
    )
    for visitor, path, form, address in forms:
        # A recovered account is signed out: it comes last.
        page = await visitor.post(path, dict(form))
        assert page.status_code == 200, path
        pushed = page.headers["hx-push-url"]
        assert pushed.partition("?")[0] == address, path
        again = await visitor.get(pushed)
        assert again.status_code == 200, path
        if form:
            assert re.search(r'value="please_come" selected', again.text), path
            assert 'value="2027-02-10"' in html.unescape(again.text), path


@pytest.mark.browser
@pytest.mark.slow
async def test_back_and_again_keep_what_was_typed(desk: DeskWorld, owner: Actor, browser: Browser) -> None:
    client_id, _ = await linked(desk, owner, "LM-1", "ar")
    page = await desk.page(browser, owner.id)
    await page.goto(f"{desk.url}/messages")
    await page.goto(f"{desk.url}/messages/new")
    await page.locator("#p-msg").select_option("bring_letter")
    tick = page.locator(f"input[name=client][value='{client_id}']")
    await tick.check()

    async def stands() -> None:
        await expect(page.locator("#p-msg")).to_have_value("bring_letter")
        await expect(tick).to_be_checked()

    async def look() -> None:
        await page.get_by_role("button", name="Vorschau", exact=True).click()
        await expect(page.locator("h1")).to_have_text("Vorschau")
        assert await page.evaluate("scrollY") == 0

    await look()
    await page.go_back()
    await stands()
    await look()
    await page.reload()
    await stands()
