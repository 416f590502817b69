"""The desk as it runs, beside the bot: accounts, browsers that are signed in, and requests as a browser sends them."""

import asyncio
import re
from datetime import datetime, timedelta

import httpx
import pyotp
import uvicorn
from argon2 import PasswordHasher
from playwright.async_api import Browser, Page

from desk.turn import Bot
from lotse import sample
from lotse.clock import SystemClock
from lotse.desk import build_desk
from people.accounts.passwords import Passwords
from people.types import Actor, Role
from tests.bot.world import LotseWorld

PASSWORD = "ein langes Passwort"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class MovableWall:
    """The machine's clock, which a test may move on."""

    def __init__(self) -> None:
        self.system = SystemClock()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return self.system.now() + self.ahead


class Visitor:
    """A browser without eyes: keeps its cookie and sends the token that the page gave it."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=20)
        self.csrf = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        found = await self.http.get(path, headers=headers)
        token = _CSRF.search(found.text)
        self.csrf = token.group(1) if token else self.csrf
        return found

    async def post(
        self, path: str, data: dict[str, str | list[str]] | None = None, **headers: str
    ) -> httpx.Response:
        return await self.http.post(path, data={"csrf": self.csrf, **(data or {})}, headers=headers)


class DeskWorld:
    """A running desk; `lotse` is the bot beside it."""

    def __init__(self, lotse: LotseWorld) -> None:
        self.lotse = lotse
        self.wall = MovableWall()
        self.bot = Bot("lotse_playground_bot")
        self.passwords = Passwords(QUICK)
        self.secrets: dict[str, str] = {}
        self._visitors: list[Visitor] = []

    async def start(self) -> None:
        app = build_desk(self.lotse.core, wall=self.wall, bot=self.bot, passwords=self.passwords)
        config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._task = asyncio.get_running_loop().create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        for visitor in self._visitors:
            await visitor.http.aclose()
        self._server.should_exit = True
        await self._task

    async def account(self, name: str, *roles: Role) -> Actor:
        """An account with a password and an authenticator."""
        accounts, now = self.lotse.core.accounts, self.wall.now()
        hashed = self.passwords.hash(PASSWORD)
        async with self.lotse.core.database.write() as tx:
            new = await accounts.create(tx, None, name, name.title(), roles or (Role.COORDINATOR,), now)
            code = await accounts.code(tx, new.code, now)
            self.secrets[name] = code.totp_secret
            digits = pyotp.TOTP(code.totp_secret).at(int(now.timestamp()) - 30)
            await accounts.choose_password(tx, new.code, PASSWORD, hashed, digits, now)
            return await self.lotse.core.people.actor(tx, new.account.person_id)

    async def sample(self) -> Actor:
        """The forty invented clients of `make run`."""
        now = self.lotse.clock.now()
        made = await sample.make(self.lotse.core, now, wall=self.wall.now(), passwords=self.passwords)
        assert made is not None
        async with self.lotse.core.database.read() as tx:
            account = next(a for a in await self.lotse.core.accounts.everybody(tx) if a.name == sample.NAME)
            return await self.lotse.core.people.actor(tx, account.person_id)

    def digits(self, name: str) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(self.secrets[name]).at(int(self.wall.now().timestamp()))

    def visitor(self) -> Visitor:
        """A browser in which nobody is signed in."""
        self._visitors.append(Visitor(self.url))
        return self._visitors[-1]

    async def signed_in(self, person_id: str) -> Visitor:
        """A browser with a session, opened past the sign-in page, which has its own tests."""
        visitor = self.visitor()
        visitor.http.cookies.set("lotse-desk", await self._session(person_id), domain="127.0.0.1")
        await visitor.get("/me")
        return visitor

    async def _session(self, person_id: str) -> str:
        accounts = self.lotse.core.accounts
        async with self.lotse.core.database.write() as tx:
            account = next(a for a in await accounts.everybody(tx) if a.person_id == person_id)
            return (await accounts._open(tx, account, self.wall.now())).token

    async def page(
        self, browser: Browser, person_id: str, *, dark: bool = False, language: str = "de"
    ) -> Page:
        """A real browser page with a session; what it complains of ends up in `page.complaints`."""
        context = await browser.new_context(
            viewport={"width": 1280, "height": 900}, color_scheme="dark" if dark else "light", locale=language
        )
        token = await self._session(person_id)
        await context.add_cookies([{"name": "lotse-desk", "value": token, "url": self.url}])
        return await context.new_page()
