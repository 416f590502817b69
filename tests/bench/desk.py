"""Every page of the desk with 4,000 clients and 5,000 offers: milliseconds on the clock, of the processor, and statements.

Before each page a colleague has written something: what is only quick as long as nobody works is not quick.
"""

import asyncio
import itertools
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from pydantic import SecretStr
from sqlalchemy import event
from starlette.types import ASGIApp, Receive, Scope, Send

from agreements.campaigns.types import Selection
from agreements.indicators import roadmap
from db import migrate
from db.crypto import Cipher, Keyring
from desk.pages import today
from i18n.languages import LANGUAGES, SOURCE
from lotse import cli, garbage, sample
from lotse.desk import build_desk
from lotse.keyrings import keyring
from lotse.runtime import Core, build_core
from lotse.settings import PROJECT, Settings
from offers import editing, importer
from offers.translations import rules as texts
from offers.translations.service import key_of
from offers.translations.types import TextField, TextState
from people.accounts.passwords import Passwords
from people.types import Actor, Role
from tests.bench import search
from tests.bench.crowd import Copies
from tests.bench.reminders import NOON, Standing

CLIENTS, OFFERS, COORDINATORS = 4_000, 5_000, 43
CASELOAD, LARGE = 90, 250
"""Cases of the two whose pages are measured: the most that a coordinator has, and a sixteenth of all."""
CAMPAIGNS = 30
BEFORE = NOON - timedelta(days=30)
ROUNDS = 15
Note = dict[str, object]
PAGE, TYPING, FILE = "page", "typing", "file"
LIMITS = {PAGE: 100.0, TYPING: 50.0}
"""Milliseconds within which 95 of 100 answers are there; files that are put together for printing have none."""


@dataclass(frozen=True)
class Asked:
    """One address that a coordinator opens; `form` makes it a POST, `kind` says what is expected of it."""

    path: str
    kind: str = PAGE
    form: Mapping[str, str] | None = None
    large: bool = False


PAGES = (
    Asked("/"), Asked("/", large=True), Asked("/today"), Asked("/clients"), Asked("/clients", large=True),
    Asked("/clients?q=muster", TYPING), Asked("/clients?q=muster", TYPING, large=True),
    Asked("/clients/new"), Asked("/clients/import"), Asked("/clients/hand-over"), Asked("/clients/{client_id}"),
    Asked("/clients/{client_id}/interview"), Asked("/clients/{client_id}/note"), Asked("/clients/{client_id}/hand-over"),
    Asked("/clients/{client_id}/print/{what}", FILE), Asked("/appointments/{appointment_id}/print", FILE),
    Asked("/milestones/{milestone_id}/fits"), Asked("/milestones/{milestone_id}/events"), Asked("/clients/{client_id}/fits"), Asked("/meetings"), Asked("/phrase/slots?phrase=bring_letter"),
    Asked("/phrase/preview?phrase=write_cv&language=ar", TYPING), Asked("/requests/{request_id}"),
    Asked("/messages"), Asked("/messages/new"), Asked("/messages/new", large=True), Asked("/messages/{campaign_id}"),
    Asked("/messages/preview", form={"phrase": "bring_letter"}),
    Asked("/catalogue"), Asked("/catalogue?q=deutschkurs", TYPING), Asked("/catalogue?q=deutsch haar abends", TYPING),
    Asked("/catalogue?q=schwimen frauen", TYPING), Asked("/catalogue/gaps"), Asked("/catalogue/offices"), Asked("/catalogue/new"),
    Asked("/catalogue/twins"), Asked("/catalogue/twins/{first_id}/{second_id}"), Asked("/catalogue/import"),
    Asked("/offers/{offer_id}"), Asked("/offers/{offer_id}/dates"),
    Asked("/translations"), Asked("/translations/{language}"), Asked("/translations/{language}/{key}"),
    Asked("/figures"), Asked("/figures?by=quarter"), Asked("/figures?by=month"), Asked("/figures?by=place"), Asked("/figures?by=field"),
    Asked("/figures/export", FILE), Asked("/figures/export?format=xlsx", FILE),
    Asked("/roadmap"), Asked("/roadmap/export", FILE), Asked("/roadmap/report", FILE), Asked("/roadmap/import"), Asked("/roadmap/new"),
    Asked("/roadmap/goals/{number}"), Asked("/settings"), Asked("/team"), Asked("/people"), Asked("/me"),
    Asked("/sign-in"), Asked("/locked"), Asked("/welcome/{code}"),
    Asked("/milestones/{milestone_id}/reminders", form={"before": "2d"}), Asked("/clients/{client_id}/contacts", form={"text": "Gespräch", "channel": ""}),
)  # fmt: skip
NOT_MEASURED = {
    "GET /live": "a stream; what one look of it costs has a row of its own",
    "GET /sign-in/sso": "leads to the district's own page",
    "GET /sign-in/back": "waits for the district's own service",
}


@dataclass
class Row:
    """What one address took: every answer's milliseconds on the clock and of the processor, its statements and its size."""

    asked: Asked
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: int = 0
    size: int = 0

    def note(self) -> Note:
        """The row of the table; `over` is whether the processor alone took longer than is allowed."""
        wall, cpu = (statistics.quantiles(v, n=100, method="inclusive") for v in (self.wall, self.cpu))
        limit = LIMITS.get(self.asked.kind)
        method = "GET" if self.asked.form is None else "POST"
        return {
            "subject": f"{method} {self.asked.path}{f' ({LARGE} cases)' if self.asked.large else ''}",
            "cpu_p50_ms": round(cpu[49], 1),
            "cpu_p95_ms": round(cpu[94], 1),
            "wall_p50_ms": round(wall[49], 1),
            "wall_p95_ms": round(wall[94], 1),
            "limit_ms": limit,
            "statements": self.statements,
            "kb": round(self.size / 1000),
            "over": limit is not None and cpu[94] > limit,
        }


@dataclass
class Crowd:
    """Who is there, and ids to look at."""

    core: Core
    people: list[Actor] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


async def measure(say: Callable[[str], None], data: Path) -> list[Note]:
    """A row for every page. The database is made once and kept in var/bench."""
    async with _crowd(say, data) as crowd:
        app = build_desk(crowd.core, wall=Standing(), passwords=Passwords(_QUICK))
        counted = _count(crowd.core)
        async with _browsers(app, crowd) as browsers, _tidied():
            rows = [Row(asked) for asked in PAGES]
            for number in range(ROUNDS + 1):
                # The first round warms up: templates, the search, what is cached for good.
                for at, row in enumerate(rows):
                    await _write(crowd, number * len(rows) + at)
                    await _ask(browsers[row.asked.large], row, crowd.ids, counted, keep=number > 0)
                if number == 0:
                    garbage.settle()
            notes = [row.note() for row in rows]
        return [*notes, await _live(crowd, counted)]


@asynccontextmanager
async def _tidied() -> AsyncIterator[None]:
    """Garbage is looked for as the desk itself does it beside its pages."""
    async with asyncio.TaskGroup() as group:
        tidying = group.create_task(garbage.tidy())
        yield
        tidying.cancel()


_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class _Browser:
    """A signed-in coordinator: keeps the cookie and knows the token of forms."""

    def __init__(self, http: httpx.AsyncClient, csrf: str) -> None:
        self.http, self.csrf = http, csrf


@asynccontextmanager
async def _browsers(app: Any, crowd: Crowd) -> AsyncIterator[tuple[_Browser, _Browser]]:
    found = []
    for actor in crowd.people[:2]:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(_from_anywhere(app)), base_url="http://desk")
        async with crowd.core.database.write() as tx:
            account = next(a for a in await crowd.core.accounts.everybody(tx) if a.person_id == actor.id)
            token = (await crowd.core.accounts._open(tx, account, NOON)).token
        http.cookies.set("lotse-desk", token)
        page = (await http.get("/me")).text
        found.append(_Browser(http, page.split('name="csrf" value="')[1].split('"')[0]))
    yield found[0], found[1]
    for browser in found:
        await browser.http.aclose()


def _from_anywhere(app: ASGIApp) -> ASGIApp:
    """Every request from an address of its own: how often one may ask is not what is measured."""
    numbers = itertools.count()

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (f"10.0.0.{next(numbers)}", 1)}, receive, send)

    return asked


async def _write(crowd: Crowd, number: int) -> None:
    """What a colleague does meanwhile: a client's file, an offer and a translation say something else."""
    core, colleague = crowd.core, crowd.people[2]
    async with core.database.write() as tx:
        profession = {"profession": f"Beruf {number}"}
        await core.cases.files.change(tx, colleague, crowd.ids["other_client_id"], profession, NOON)
        await core.editing.change(
            tx, colleague, crowd.ids["other_id"], "summary", f"Kurz gesagt, {number}", NOON
        )
        offer = await core.offers.get(tx, crowd.ids["other_id"])
        [job] = texts.jobs(offer, ["ar"], (TextField.SUMMARY,))
        if not await core.translations.keep(tx, job, f"{number}", NOON):
            raise AssertionError("the translation was not kept")


async def _ask(
    browser: _Browser, row: Row, ids: Mapping[str, str], counted: list[str], *, keep: bool
) -> None:
    path = row.asked.path.format(**ids)
    headers = {"hx-request": "true"} if row.asked.kind == TYPING else {}
    counted.clear()
    wall, cpu = time.perf_counter(), time.process_time()
    if row.asked.form is None:
        answer = await browser.http.get(path, headers=headers)
    else:
        answer = await browser.http.post(path, data={"csrf": browser.csrf, **row.asked.form}, headers=headers)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if answer.status_code not in (200, 303):
        raise AssertionError((path, answer.status_code, answer.text[-300:]))
    if keep:
        row.wall.append(wall * 1000)
        row.cpu.append(cpu * 1000)
    row.statements, row.size = len(counted), len(answer.content)


def _count(core: Core) -> list[str]:
    """Every statement from now on; emptied by whoever counts."""
    found: list[str] = []

    @event.listens_for(core.database.engine.sync_engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    return found


async def _live(crowd: Crowd, counted: list[str]) -> Note:
    """What one look of the stream behind "my day" costs: every open page looks every second and a half."""
    row = Row(Asked("/live, one look"))
    core, actor = crowd.core, crowd.people[0]
    for _ in range(ROUNDS):
        counted.clear()
        wall, cpu = time.perf_counter(), time.process_time()
        async with core.database.read() as tx:
            await today.look(core.cases, core.reviews, tx, actor, NOON)
        row.wall.append((time.perf_counter() - wall) * 1000)
        row.cpu.append((time.process_time() - cpu) * 1000)
    row.statements = len(counted)
    return row.note()


@asynccontextmanager
async def _crowd(say: Callable[[str], None], data: Path) -> AsyncIterator[Crowd]:
    kept = PROJECT / "var" / "bench" / f"desk-{CLIENTS}-{OFFERS}"
    if not (kept / "ready").exists():
        say(f"{CLIENTS:,} clients and {OFFERS:,} offers are made; that takes some minutes, once.")
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        (kept / "keys.json").write_text(Keyring.generate().to_json(), encoding="utf-8")
        migrate.upgrade(f"sqlite:///{kept / 'lotse.db'}")
        core = _core(kept)
        try:
            await _fill(core, data, say)
        finally:
            await core.database.close()
        (kept / "ready").touch()
    # What is measured changes it: every time begins with the same.
    with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        migrate.upgrade(f"sqlite:///{folder}/lotse.db")
        core = _core(Path(folder))
        try:
            yield await _known(core)
        finally:
            await core.database.close()


def _core(folder: Path) -> Core:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        var=folder,
        database_url=f"sqlite:///{folder / 'lotse.db'}",
        keys=SecretStr((folder / "keys.json").read_text(encoding="utf-8")),
        nlu_url="off",
    )
    return build_core(settings, clock=Standing())


async def _fill(core: Core, data: Path, say: Callable[[str], None]) -> None:
    rnd = random.Random(2027)
    async with core.database.write() as tx:
        # Older than what is written meanwhile, as in a house that has stood for a while.
        report = await core.offers.import_tables(tx, cli._read_folder(cli.SAMPLE), BEFORE, dry_run=False)
        assert not report.errors
        made = search._catalogue(search._texts(data), OFFERS - await core.offers.count(tx), rnd)
        providers = tuple({offer.provider.id: offer.provider for offer in made}.values())
        await core.offers.import_catalogue(
            tx, importer.Catalogue(providers, tuple(made), ()), BEFORE, dry_run=False
        )
        await _translate(core, tx)
    say("The offers are there.")
    people = await _accounts(core)
    async with core.database.write() as tx:
        offers = await core.offers.published(tx)
        for number in range(CASELOAD):
            linked = number % 5 < 3
            client = await sample.add_client(core, tx, people[0], number, rnd, NOON, linked=linked)
            if number % 3 == 1:
                began = NOON - timedelta(days=rnd.randrange(5, 150))
                await sample.add_placement(core, tx, people[0], client, offers, number, began)
        goals = roadmap.SAMPLE.read_bytes()
        await core.cases.indicators.import_goals(tx, None, goals, NOON, dry_run=False)
    say(f"{CASELOAD} clients are there; now copies of them for the others.")
    loads, left = {people[1].id: LARGE}, CLIENTS - CASELOAD - LARGE
    for actor in people[2:]:
        loads[actor.id] = min(CASELOAD, left)
        left -= loads[actor.id]
    copies = Copies(core.database.url, Cipher(keyring(core.settings)), people[0].id)
    await asyncio.to_thread(copies.give, loads)
    async with core.database.write() as tx:
        for _ in range(CAMPAIGNS):
            await core.cases.campaigns.send(tx, people[0], Selection(), "bring_letter", {}, NOON)


async def _translate(core: Core, tx: Any) -> None:
    """Every name, summary and description in every language, one of ten made from an older text and one of five read."""
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        jobs = await core.translations.jobs(tx, [language], tuple(TextField))
        given = []
        for number, (_, job) in enumerate(jobs):
            state = TextState.REVIEWED if number % 5 == 0 else TextState.MACHINE
            older = replace(job, source=f"{job.source} früher") if number % 10 == 9 else job
            given.append((older, f"{language} {job.source}", state))
        await core.translations.import_texts(tx, given, BEFORE)


async def _accounts(core: Core) -> list[Actor]:
    found = []
    async with core.database.write() as tx:
        for number in range(COORDINATORS):
            roles = [Role.COORDINATOR]
            if number < 2:
                roles += [Role.LEAD, Role.ADMINISTRATOR]
            new = await core.accounts.create(tx, None, f"muster-{number}", f"Muster {number}", roles, NOON)
            found.append(await core.people.actor(tx, new.account.person_id))
    return found


async def _known(core: Core) -> Crowd:
    """Ids to look at."""
    crowd = Crowd(core)
    async with core.database.read() as tx:
        accounts = {a.name: a for a in await core.accounts.everybody(tx)}
        for number in range(3):
            crowd.people.append(await core.people.actor(tx, accounts[f"muster-{number}"].person_id))
        actor = crowd.people[0]
        others = await core.agreements.list_clients(tx, crowd.people[2], NOON)
        requests = await core.agreements.open_requests(tx, actor)
        request = next(line for line in requests if line.milestone is not None)
        client_id = request.client.id
        file = await core.agreements.client_file(tx, actor, client_id)
        lines = await core.agreements.list_clients(tx, actor, NOON)
        files = [await core.agreements.client_file(tx, actor, line.client.id) for line in lines[:30]]
        appointment = next(f.appointments[0] for f in files if f.appointments)
        offers = await core.offers.published(tx)
        dated = next(offer for offer in offers if offer.schedules)
        other = next(offer for offer in offers if offer.topic == dated.topic and offer.id != dated.id)
        job = next(j for j in texts.jobs(offers[len(offers) // 2], ["ar"], (TextField.NAME,)))
        crowd.ids = {
            "client_id": client_id,
            "milestone_id": file.milestones[0].id,
            "appointment_id": appointment.id,
            "request_id": request.request.id,
            "campaign_id": (await core.cases.campaigns.sent(tx, actor))[0].id,
            "what": "agreement",
            "offer_id": dated.id,
            "first_id": dated.id,
            "second_id": other.id,
            # Made-up ones have ids that an import would not give them.
            "other_id": next(o.id for o in offers if editing.checked(o).id == o.id != dated.id),
            "other_client_id": others[0].client.id,
            "language": "ar",
            "key": key_of(job),
            "number": "2.2",
        }
    async with core.database.write() as tx:
        welcome = await core.accounts.recover(tx, actor, accounts["muster-9"].id, NOON)
        crowd.ids["code"] = welcome.code
    return crowd


def main(say: Callable[[str], None], data: Path) -> list[Note]:
    """All of it, from outside a loop."""
    return asyncio.run(measure(say, data))
