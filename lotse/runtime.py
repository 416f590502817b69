"""The composition root: the one place where things are put together; tests call it too."""

import asyncio
import contextlib
import hashlib
import secrets
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from telegram.error import InvalidToken, NetworkError, RetryAfter

from agreements.cases import Cases, build_cases
from agreements.holds.repository import HoldsRepository
from agreements.privacy.repository import PrivacyRepository
from agreements.privacy.service import PrivacyService
from agreements.privacy.types import Limits
from agreements.pushes import Pushes
from agreements.reminders import Reminders
from agreements.repository import AgreementsRepository
from agreements.service import AgreementsService
from bot import commands
from bot.application import TelegramApplication, build_application
from bot.courier import TelegramCourier
from bot.flood import Flood
from bot.intake import AnotherPollerError, Intake
from bot.measures import LAST_FETCH, LAST_UPDATE
from bot.runner import InboxRunner
from bot.turn import House, Services
from bot.updates import ALLOWED_UPDATES
from bot.views.pushes import PUSH_VIEWS
from bot.webhook import PATH, serve, webhook_app
from db import migrate
from db.crypto import Cipher
from db.engine import Database, StorageBusyError, shown_url, sqlite_file
from delivery.pace import Pace
from delivery.repository import InboxRepository, OutboxRepository
from delivery.service import DeliveryService
from delivery.worker import DeliveryWorker
from lotse import following, garbage, housekeeping, ticking
from lotse.clock import Clock, SystemClock
from lotse.erasures import Erasures
from lotse.keyrings import fitting_keyring
from lotse.learning import Learning
from lotse.settings import FILE, Settings, open_to_others
from nlu.client import NluClient
from nlu.interpreter import Interpreter
from nlu.lexicon import load_lexicons
from offers.building import build_catalogue
from offers.circle import Circle, build_circle
from offers.editing import EditingService
from offers.freshness import FreshnessService
from offers.guides.repository import GuidesRepository
from offers.guides.service import GuidesService
from offers.publish.written import Written
from offers.responsible.service import ResponsibleService
from offers.reviews.keepers import Keepers
from offers.reviews.repository import ReviewsRepository
from offers.reviews.service import ReviewRounds
from offers.service import OffersService
from offers.translations.service import TranslationsService
from offers.twins.service import TwinsService
from people.accounts.repository import AccountsRepository
from people.accounts.service import AccountsService
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.house.repository import HouseRepository
from people.house.service import HouseService
from people.repository import PeopleRepository
from people.rules import CODE_BYTES
from people.service import PeopleService

log = structlog.get_logger(__name__)

PLACE_SECONDS = 3.0


class StartError(Exception):
    """The bot cannot start; the text says why and what to do."""


@dataclass(frozen=True)
class Core:
    """Storage and use cases, without Telegram: what the command line needs."""

    settings: Settings
    clock: Clock
    database: Database
    people: PeopleService
    offers: OffersService
    guides: GuidesService
    freshness: FreshnessService
    editing: EditingService
    reviews: ReviewRounds
    responsible: ResponsibleService
    twins: TwinsService
    translations: TranslationsService
    circle: Circle
    agreements: AgreementsService
    reminders: Reminders
    delivery: DeliveryService
    cases: Cases
    accounts: AccountsService
    privacy: PrivacyService


@dataclass(frozen=True)
class Lotse:
    """The whole bot process."""

    core: Core
    application: TelegramApplication
    intake: Intake
    runner: InboxRunner
    worker: DeliveryWorker
    nlu: NluClient | None
    learning: Learning


def new_id() -> str:
    """A random id, 128 bits in 22 characters of [A-Za-z0-9_-]."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """The secret of an invitation: 128 bits that fit into a start payload."""
    return secrets.token_urlsafe(CODE_BYTES)


def _owner(settings: Settings) -> str:
    """The name of this process in leases: two that were given one name by accident, on two machines or in two folders, stay two."""
    place = f"{socket.gethostname()}:{settings.var.resolve()}"
    return f"{settings.worker}.{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def need_closed_settings() -> None:
    """Raise StartError where everybody on this machine may read the file of settings."""
    if open_to_others():
        raise StartError(
            f"{FILE} can hold the bot's token, and everybody on this machine may read it. Run: chmod o= {FILE}"
        )


def need_schema(settings: Settings) -> None:
    """Raise StartError unless the database has the schema that this code works with, NewerSchemaError where only a newer one does."""
    found = migrate.current(settings.storage_url)
    migrate.check_known(found)
    if not migrate.is_reached(settings.storage_url):
        raise StartError(f"There is no database at {sqlite_file(settings.storage_url)}. Run: lotse setup")
    if found is None:
        raise StartError(f"The database {shown_url(settings.storage_url)} is empty. Run: lotse setup")
    if found != migrate.newest():
        raise StartError("The database has an old schema. Run: lotse db upgrade")


def webhook_of(settings: Settings) -> tuple[str, str] | None:
    """The address that Telegram is told and the secret it sends along, None for polling. Raises StartError without a secret."""
    if settings.webhook_url is None:
        return None
    if settings.webhook_secret is None:
        raise StartError("A webhook needs LOTSE_WEBHOOK_SECRET too: 32 to 256 of A-Z a-z 0-9 _ -.")
    address = urlsplit(settings.webhook_url)
    path = PATH if address.path in {"", "/"} else address.path
    return address._replace(path=path).geturl(), settings.webhook_secret.get_secret_value()


def build_core(settings: Settings, *, clock: Clock) -> Core:
    """Storage and use cases. Raises StartError for a database without the schema of today, KeyFileError without its keys."""
    need_schema(settings)
    cipher = Cipher(fitting_keyring(settings))
    database = Database(settings.storage_url)
    trail = Trail(AuditRepository(cipher), now=clock.now)
    database.ends_with(trail)
    house = HouseService(HouseRepository(), new_id=new_id, defaults=settings.house)
    people = PeopleService(PeopleRepository(cipher), trail, new_id=new_id, new_code=new_code, house=house)
    delivery = DeliveryService(
        InboxRepository(cipher, people.chat_hash),
        OutboxRepository(cipher),
        owner=_owner(settings),
        new_id=new_id,
    )
    catalogue = build_catalogue(new_id=new_id, house=house)
    offers = catalogue.offers
    owners = ReviewsRepository()
    keepers = Keepers(owners, people)
    reviews = ReviewRounds(
        owners, catalogue.freshness, catalogue.editing, delivery, keepers, house=house, new_id=new_id
    )
    guides = GuidesService(GuidesRepository())
    records = AgreementsRepository(cipher)
    reminders = Reminders(records, delivery, people, new_id=new_id)
    agreements = AgreementsService(records, people, delivery, reminders, new_id=new_id)
    erased = Erasures(settings.var, cipher).note
    cases = build_cases(
        cipher, records, people, delivery, offers, agreements, reminders, new_id=new_id, erased=erased
    )
    pushes = Pushes(delivery, people.house, new_id=new_id)
    accounts = AccountsService(
        AccountsRepository(cipher), people, new_id=new_id, new_code=new_code, wall=SystemClock().now
    )
    limits = Limits(**settings.retention.model_dump())
    holds = HoldsRepository(cipher)
    privacy = PrivacyService(
        PrivacyRepository(cipher), people, accounts, delivery, agreements, holds, limits=limits, erased=erased
    )
    return Core(
        settings,
        clock,
        database,
        people,
        offers,
        guides,
        catalogue.freshness,
        catalogue.editing,
        reviews,
        catalogue.responsible,
        catalogue.twins,
        catalogue.translations,
        build_circle(cipher, people, delivery, offers, pushes, new_id=new_id),
        agreements,
        reminders,
        delivery,
        cases,
        accounts,
        privacy,
    )


def build(core: Core, *, token: str, base_url: str, nlu: NluClient | None, username: str = "") -> Lotse:
    """The bot process with all its parts; nothing runs yet. `nlu` None is keyword mode."""
    settings, clock = core.settings, core.clock
    interpreter = Interpreter.build(nlu, load_lexicons())
    application = build_application(token, base_url)
    courier = TelegramCourier(application.bot, PUSH_VIEWS)
    worker = DeliveryWorker(
        core.database,
        core.delivery,
        core.people,
        courier,
        recheck=core.reminders.recheck,
        outcome=core.reminders.outcome,
        now=clock.now,
        pace=Pace(),
    )
    house = House(
        settings.district_name,
        settings.contact_name,
        settings.contact_phone,
        username,
        settings.public_url,
        Written(settings.var).has,
    )
    services = Services(
        core.people,
        core.accounts,
        core.offers,
        core.guides,
        core.freshness,
        core.editing,
        core.reviews,
        core.responsible,
        core.translations,
        core.circle,
        core.agreements,
        core.cases,
        core.reminders,
        core.delivery,
        core.privacy,
        interpreter.emergency,
        house,
    )
    runner = InboxRunner(
        core.database, services, application, interpreter.understander, interpreter.guesser, courier, worker,
        now=clock.now,
    )  # fmt: skip
    flood = Flood(settings.messages_a_minute, time.monotonic)
    intake = Intake(
        core.database, core.delivery, courier, interpreter.emergency, flood, now=clock.now, wake=runner.wake
    )

    learning = Learning(interpreter, settings.learned_path, worker=settings.worker)
    return Lotse(core, application, intake, runner, worker, nlu, learning)


def nlu_client(settings: Settings) -> NluClient | None:
    """The client of the nlu service that the settings name, None for keyword mode."""
    if settings.nlu_url == "off":
        return None
    return NluClient(settings.nlu_url or str(settings.nlu_socket), monotonic=time.monotonic)


async def bot_username(token: str, base_url: str) -> str:
    """Ask Telegram who we are; waits while it cannot be reached. Raises StartError for a wrong token."""
    application = build_application(token, base_url)
    pause = 0.2
    while True:
        try:
            async with application.bot as bot:
                return str(bot.username)
        except InvalidToken:
            raise StartError(
                "Telegram does not know this bot token. Set LOTSE_TELEGRAM_TOKEN to the one from @BotFather."
            ) from None
        except (NetworkError, RetryAfter) as error:
            log.warning("runtime.telegram_unreachable", error=type(error).__name__, pause=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)


@contextlib.asynccontextmanager
async def running(lotse: Lotse, *, webhook: bool = False) -> AsyncIterator[None]:
    """Run every loop of the bot process inside the block."""
    core = lotse.core
    if not webhook:
        # Before anything else: whoever is one too many must not begin to work. The bot process has it already; building took seconds.
        await keep_place(core)
    await lotse.worker.recover(own=True)
    async with core.database.write() as tx:
        await core.people.house.refresh(tx)
        await core.offers.refresh(tx)
    await lotse.application.initialize()
    LAST_UPDATE.set(core.clock.now().timestamp())
    try:
        # A fraction of a second, so that the first message is understood as well as any later one.
        recalled = await lotse.learning.recall()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(lotse.runner.run(), name="runner"),
                group.create_task(lotse.worker.run(), name="worker"),
                group.create_task(ticking.keep(core, lotse.worker), name="ticker"),
                group.create_task(housekeeping.keep(core, lotse.worker), name="housekeeping"),
                group.create_task(following.guides(core.database, core.guides), name="guides"),
                group.create_task(following.house(core.database, core.people.house), name="settings"),
                group.create_task(following.catalogue(core.database, core.offers), name="catalogue"),
                group.create_task(garbage.tidy(), name="tidying"),
                group.create_task(commands.publish(lotse.application.bot), name="commands"),
                group.create_task(_receive(lotse, webhook=webhook), name="intake"),
            ]
            if not recalled:
                # Half a minute, beside: menus, buttons and key words answer meanwhile.
                tasks.append(group.create_task(lotse.learning.learn(), name="learning"))
            yield
            for task in tasks:
                task.cancel()
    finally:
        await lotse.application.shutdown()
        if lotse.nlu is not None:
            await lotse.nlu.close()
        await core.database.close()


async def _receive(lotse: Lotse, *, webhook: bool) -> None:
    settings, bot = lotse.core.settings, lotse.application.bot
    hook = webhook_of(settings) if webhook else None
    if hook is None:
        await bot.delete_webhook(drop_pending_updates=False)
        LAST_FETCH.set(lotse.core.clock.now().timestamp())
        async with asyncio.TaskGroup() as group:
            group.create_task(lotse.intake.poll(bot), name="polling")
            group.create_task(keep_place(lotse.core, every=PLACE_SECONDS), name="place")
        return
    address, secret = hook
    await bot.set_webhook(
        address, secret_token=secret, allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False
    )
    await serve(webhook_app(secret, lotse.intake.take), settings.webhook_port)


async def keep_place(core: Core, *, every: float | None = None) -> None:
    """Take the place of the one that fetches updates, and keep it. Raises AnotherPollerError while another has it."""
    while True:
        with contextlib.suppress(StorageBusyError):
            async with core.database.read() as tx:
                held = await core.delivery.is_poller(tx, core.clock.now())
            if held is None:
                async with core.database.write() as tx:
                    held = await core.delivery.hold_poller(tx, core.clock.now())
            if not held:
                raise AnotherPollerError
        if every is None:
            return
        await asyncio.sleep(every)
