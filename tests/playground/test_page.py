"""The page in a real browser: what a person sees and does on the three phones."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from playground import Server
from tests.playground.conftest import Caller

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CLIENT, VOLUNTEER, COORDINATOR = (f"[data-phone='{number}']" for number in (7001, 7002, 7003))


@pytest.fixture
async def page(chromium: str, server: Server) -> AsyncIterator[Page]:
    """The page, opened; anything the browser complains of fails the test."""
    complaints: list[str] = []
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium, args=FLAGS)
        opened = await browser.new_page(viewport={"width": 1440, "height": 900})
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        await opened.goto(server.page_url)
        await expect(opened.locator(".seat")).to_have_count(3)
        yield opened
        await browser.close()
    assert complaints == []


async def test_a_person_starts_writes_and_gets_an_answer(page: Page, api: Caller) -> None:
    client = page.locator(CLIENT)
    await client.locator(".start").click()
    await expect(client.locator(".mine")).to_have_text(re.compile("/start"))
    await page.locator("#examples button").first.click()
    await client.locator(".send").click()
    await expect(client.locator(".mine")).to_have_count(2)
    assert "هار" in (await api("getUpdates"))[-1]["message"]["text"]
    markup = {"inline_keyboard": [[{"text": "Mehr", "callback_data": "m"}]]}
    text = "<b>Kurs</b> <i>A1</i> <tg-spoiler>frei</tg-spoiler> &lt;b&gt; https://example.org"
    sent = await api("sendMessage", chat_id=7001, text=text, parse_mode="HTML", reply_markup=markup)
    bubble = client.locator(f"#m-7001-{sent['message_id']}")
    await expect(bubble.locator("b")).to_have_text("Kurs")
    await expect(bubble.locator("a")).to_have_attribute("href", "https://example.org")
    await expect(bubble.locator(".text")).to_contain_text("<b>")
    await bubble.get_by_role("button", name="Mehr").click()
    await expect(bubble.locator(".busy")).to_have_count(1)
    query = (await api("getUpdates"))[-1]["callback_query"]
    await api("answerCallbackQuery", callback_query_id=query["id"], text="Moment", show_alert=True)
    await expect(client.get_by_role("alertdialog")).to_contain_text("Moment")
    await client.get_by_role("button", name="OK").click()
    await api("editMessageText", chat_id=7001, message_id=sent["message_id"], text="Neu")
    await expect(bubble).to_contain_text("Neu")
    await expect(bubble.locator(".buttons")).to_have_count(0)
    await api("deleteMessage", chat_id=7001, message_id=sent["message_id"])
    await expect(bubble).to_have_count(0)


async def test_text_of_the_bot_is_never_markup_of_the_page(page: Page, api: Caller) -> None:
    await api.play("/play/open", user_id=7001)
    hostile = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    await api("sendMessage", chat_id=7001, text=hostile)
    await expect(page.locator(CLIENT).locator(".row:not(.mine) .text")).to_have_text(hostile)
    assert await page.locator(".log script, .log .text img").count() == 0


async def test_a_link_opens_on_the_phone_one_chooses(page: Page, api: Caller) -> None:
    await api.play("/play/open", user_id=7003)
    await api("sendMessage", chat_id=7003, text="https://t.me/lotse_playground_bot?start=Code-1")
    await page.locator(COORDINATOR).locator(".text a").click()
    await page.get_by_role("button", name="Client · Amira").click()
    await expect(page.locator(CLIENT).locator(".mine")).to_contain_text("/start Code-1")


async def test_the_invitation_of_the_launcher_opens_and_goes(page: Page, api: Caller) -> None:
    link = "https://t.me/lotse_playground_bot?start=Admin1"
    await api.play("/play/notes", title="First administrator", link=link, phone="coordinator")
    await page.get_by_role("button", name="Open invitation").click()
    await expect(page.locator(COORDINATOR).locator(".mine")).to_contain_text("/start Admin1")
    await expect(page.locator(".note")).to_have_count(0)
    await expect(page.locator("#tour li").first).to_have_class("done")


async def test_phones_turn_with_their_language(page: Page, api: Caller) -> None:
    phone = page.locator(VOLUNTEER)
    await expect(page.locator(CLIENT).locator(".phone")).to_have_attribute("dir", "rtl")
    await expect(phone.locator(".phone")).to_have_attribute("dir", "ltr")
    assert await phone.locator("select option").count() == 15
    await phone.locator("select").select_option("fa")
    await expect(phone.locator(".phone")).to_have_attribute("dir", "rtl")
    state = await api.play("/play/state", verb="GET")
    assert state["phones"][1]["user"]["language_code"] == "fa"


async def test_the_clock_is_moved_by_buttons(page: Page, api: Caller) -> None:
    await page.get_by_role("button", name="+3 days").click()
    await expect(page.locator("#clock-shift")).to_have_text("+3 d")
    assert (await api.play("/clock", verb="GET"))["offset_seconds"] == 3 * 86400
    await api.play("/clock", now="2027-03-27T20:15:00+01:00")
    await page.get_by_role("button", name="next 9:00").click()
    await expect(page.locator("#clock-time")).to_have_text("09:00")
    await expect(page.locator("#clock-day")).to_have_text(re.compile("Sunday,? 28 March 2027"))
    assert (await api.play("/clock", verb="GET"))["now"].startswith("2027-03-28T07:00")


async def test_reply_keyboards_menus_files_and_places_work(page: Page, api: Caller) -> None:
    await api("setMyCommands", commands=[{"command": "menu", "description": "Menü"}])
    await api.play("/play/open", user_id=7002)
    keys = {"keyboard": [["🎓 Kurse"]], "resize_keyboard": True}
    await api("sendMessage", chat_id=7002, text="?", reply_markup=keys)
    phone = page.locator(VOLUNTEER)
    await phone.locator(".keyboard button").click()
    await expect(phone.locator(".mine").last).to_contain_text("🎓 Kurse")
    await phone.get_by_label("Commands").click()
    await phone.get_by_role("button", name="/menu").click()
    await phone.get_by_label("Attach").click()
    await phone.get_by_role("button", name="Garching").click()
    await expect(phone.locator(".place")).to_contain_text("Garching")
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261201T080000Z\r\nSUMMARY:Ter\r\n min\r\nEND:VEVENT\r\n"
    files = {"document": ("termin.ics", event, "text/calendar")}
    await api.client.post(f"/bot{api.server.token}/sendDocument", data={"chat_id": 7002}, files=files)
    await expect(phone.locator(".event")).to_contain_text("Termin")
    await expect(phone.locator(".event")).to_contain_text("09:00")
    async with page.expect_download() as saving:
        await phone.locator(".file").click()
    saved = await (await saving.value).path()
    assert saved.read_bytes() == event
    sent = [update["message"] for update in await api("getUpdates")]
    assert [message.get("text") for message in sent] == ["/start", "🎓 Kurse", "/menu", None]


async def test_a_push_shows_a_banner_and_a_pulse(page: Page, api: Caller) -> None:
    await api.play("/play/open", user_id=7001)
    await api("sendMessage", chat_id=7001, text="لديك تذكير")
    client = page.locator(CLIENT)
    await expect(client.locator(".banner")).to_contain_text("لديك تذكير")
    await expect(client.locator(".owner-dot")).to_be_visible()
    await client.locator(".banner").click()
    await expect(client.locator(".owner-dot")).to_be_hidden()
    await expect(client.locator(".banner")).to_be_hidden()


async def test_blocking_and_starting_over(page: Page, api: Caller) -> None:
    await api.play("/play/open", user_id=7001)
    client = page.locator(CLIENT)
    await client.get_by_label("More").click()
    await client.get_by_role("button", name="Block the bot").click()
    await expect(client.locator(".start")).to_have_text("UNBLOCK")
    await page.get_by_role("button", name="Start over").click()
    await page.locator("#confirm-yes").click()
    await expect(client.locator(".start")).to_have_text("START")


async def test_a_narrow_screen_shows_one_phone_with_tabs(page: Page, api: Caller) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.locator(".phone:visible")).to_have_count(1)
    await page.get_by_role("tab", name="Coordinator").click()
    await expect(page.locator(COORDINATOR)).to_be_visible()
    await expect(page.locator(CLIENT)).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_what_is_behind_them(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    pairs = [
        ("--ink", "--page"), ("--ink-2", "--page"), ("--ink-2", "--card"), ("--accent", "--card"), ("--accent", "--accent-soft"),
        ("--in-ink", "--in"), ("--meta-in", "--in"), ("--out-ink", "--out"), ("--meta-out", "--out"), ("--brand-ink", "--accent"),
        ("--note-ink", "--note"), ("--accent", "--in"), ("--ink-2", "--bar"), ("--card", "--warn"),
    ]  # fmt: skip
    ratios = await page.evaluate(CONTRAST, pairs)
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}
    assert len(ratios) == len(pairs)


CONTRAST = """pairs => {
  const light = (name) => {
    const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim().slice(1);
    const part = (at) => { const c = parseInt(hex.slice(at, at + 2), 16) / 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
    return .2126 * part(0) + .7152 * part(2) + .0722 * part(4);
  };
  return Object.fromEntries(pairs.map(([a, b]) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return [`${a} on ${b}`, (high + .05) / (low + .05)];
  }));
}"""
