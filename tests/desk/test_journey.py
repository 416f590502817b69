"""The desk and the phone side by side: what is agreed at one is seen on the other, and the answer comes back by itself."""

import pytest
from playwright.async_api import Browser, expect

from tests.bot.world import CLIENT, at, data_of
from tests.desk.world import DeskWorld

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
