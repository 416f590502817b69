"""A coordinator's hand in a real browser: what it clicks and types is counted, task by task."""

from playwright.async_api import Dialog, Download, Locator, Page, expect


class Hand:
    """Clicks are clicks, ticks, choices from a list, going into a field with the mouse, and saying yes to a question."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks: dict[str, int] = {}
        self.typed: dict[str, int] = {}
        self._task = ""
        page.on("dialog", self._agree)

    def begins(self, task: str) -> None:
        """What is done from now on belongs to another task."""
        self._task = task
        self.clicks[task] = self.typed[task] = 0

    async def _agree(self, dialog: Dialog) -> None:
        self.clicks[self._task] += 1
        await dialog.accept()

    async def click(self, target: Locator) -> None:
        """One click; whatever the page asks the desk for then is waited for."""
        await target.first.click()
        self.clicks[self._task] += 1
        await self.settled()

    async def button(self, name: str, within: Locator | None = None) -> None:
        """The button, or the link that looks like one, with this name."""
        await self.click((within or self.page.locator("main")).get_by_role("button", name=name, exact=True))

    async def goes(self, name: str) -> None:
        """A place of the bar."""
        await self.click(self.page.locator("header.bar").get_by_role("link", name=name, exact=True))

    async def chooses(self, field: str, value: str) -> None:
        """An entry of a list."""
        await self.page.locator(field).select_option(value)
        self.clicks[self._task] += 1
        await self.settled()

    async def types(self, field: str, text: str) -> None:
        """Type into a field; where the page put the keyboard there already, without a click."""
        target = self.page.locator(field)
        if not await target.evaluate("one => one === document.activeElement"):
            self.clicks[self._task] += 1
        await target.fill(text)
        self.typed[self._task] += len(text)
        await self.settled()

    async def presses(self, key: str) -> None:
        """One key."""
        await self.page.keyboard.press(key)
        self.typed[self._task] += 1
        await self.settled()

    async def gets(self, target: Locator) -> Download:
        """What a click gives to keep."""
        async with self.page.expect_download() as download:
            await self.click(target)
        return await download.value

    async def settled(self) -> None:
        """Nothing is asked for any more."""
        await expect(self.page.locator(".htmx-request")).to_have_count(0)

    async def hears(self, sentence: str) -> None:
        """The page says what was done."""
        await expect(self.page.locator("#notice")).to_contain_text(sentence)
