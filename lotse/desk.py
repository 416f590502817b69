"""The desk process: the web desk put together over the same core as the bot, and served on loopback."""

import asyncio
import time

import httpx
import structlog
import uvicorn
from starlette.types import ASGIApp

from desk.app import Desk, build_app
from desk.pages.table import ROUTES
from desk.sso import Provider, SingleSignOn
from desk.turn import Bot, House, Services
from lotse import clock as clocks
from lotse import following, garbage
from lotse.clock import Clock, SystemClock
from lotse.process import with_keys
from lotse.runtime import Core, StartError, bot_username, build_core, need_closed_settings, need_schema
from lotse.settings import Settings
from people.accounts.passwords import Passwords

log = structlog.get_logger(__name__)


def build_desk(
    core: Core, *, wall: Clock, bot: Bot | None = None, passwords: Passwords | None = None
) -> ASGIApp:
    """The desk as an application; `wall` is the time by which sessions go, the core's clock that of case work."""
    settings = core.settings
    services = Services(
        core.database,
        core.people,
        core.accounts,
        passwords or Passwords(),
        core.offers,
        core.freshness,
        core.editing,
        core.reviews,
        core.responsible,
        core.twins,
        core.translations,
        core.agreements,
        core.cases,
        core.circle,
    )
    house = House(settings.district_name, settings.desk_address, bot or Bot(), sample=settings.playground)
    sso = single_sign_on(settings, wall)
    desk = Desk(services, house, now=core.clock.now, wall=wall.now, monotonic=time.monotonic, sso=sso)
    return build_app(desk, ROUTES)


def single_sign_on(settings: Settings, wall: Clock) -> SingleSignOn | None:
    """The district's single sign-on, where the settings name one."""
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    provider = Provider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name_claim)
    return SingleSignOn(provider, settings.desk_address, lambda: httpx.AsyncClient(timeout=10), now=wall.now)


def run_desk(settings: Settings, username: str) -> None:
    """Serve the desk until SIGTERM or Ctrl-C. Raises StartError."""
    need_closed_settings()
    need_schema(settings)
    if settings.desk_url and not settings.desk_url.startswith("https://"):
        raise StartError("LOTSE_DESK_URL must begin with https://: passwords and case work travel there.")
    with with_keys(settings.var):
        asyncio.run(_run(settings, username))


async def _run(settings: Settings, username: str) -> None:
    clock, follower = clocks.of(settings)
    core = build_core(settings, clock=clock)
    bot = Bot(username)
    app = build_desk(core, wall=SystemClock(), bot=bot)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=settings.desk_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
    log.info("desk.ready", url=settings.desk_address)
    try:
        async with asyncio.TaskGroup() as group:
            # The search is there before the first question, and no page waits for it to be built.
            beside = [
                group.create_task(following.catalogue(core.database, core.offers), name="catalogue"),
                group.create_task(garbage.tidy(), name="tidying"),
                group.create_task(_learn_name(settings, bot), name="the bot's name"),
            ]
            if follower:
                beside.append(group.create_task(follower.follow(), name="clock"))
            await uvicorn.Server(config).serve()
            for task in beside:
                task.cancel()
    finally:
        await core.database.close()


async def _learn_name(settings: Settings, bot: Bot) -> None:
    """Ask Telegram for the bot's name until it answers, where it did not at the start: pages without links are there meanwhile."""
    if bot.username or settings.telegram_token is None:
        return
    try:
        bot.username = await bot_username(
            settings.telegram_token.get_secret_value(), settings.telegram_base_url
        )
    except StartError as error:
        log.warning("desk.bot_unknown", reason=str(error))
    else:
        log.info("desk.bot_known", bot=bot.username)
