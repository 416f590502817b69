"""S3: what a tap or a link brings is believed in nothing: any bytes, any route with any parts, codes that are guessed or raced for."""

import asyncio
import contextlib
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Update

from bot.routes import RouteKind
from bot.screens import calls
from bot.table import ROUTES
from bot.turn import Turn
from bot.updates import minimise, revive
from i18n.messages import words
from people.rules import ATTEMPTS_AN_HOUR, CODE_BYTES
from people.types import Actor, Role
from tests.bot.world import LotseWorld, sentence
from tests.trust import naughty
from tests.trust.promise import held, reached, size

INPUTS = size(400, 50_000)
RACES = size(40, 1_000)
CLIENT, COORDINATOR, VOLUNTEER = 7821, 7822, 7823
_numbers = itertools.count(7_000_000_000)


def test_a_code_cannot_be_guessed() -> None:
    held(
        "S3",
        "bits of a code, tries an hour",
        "≥ 128, ≤ 5",
        f"{CODE_BYTES * 8}, {ATTEMPTS_AN_HOUR}",
        CODE_BYTES >= 16 and ATTEMPTS_AN_HOUR <= 5,
    )


def _within_64_bytes(text: str) -> str:
    return text.encode("utf-8", "replace")[:64].decode("utf-8", "ignore")


_NAMES = [route.name for route in ROUTES if route.kind is RouteKind.TAP]
_PARTS = st.one_of(
    st.sampled_from(
        [
            "",
            "0",
            "1",
            "-1",
            "99",
            "none",
            "on",
            "off",
            "yes",
            "de",
            "xx",
            "A1",
            "2027-03-01",
            "2027-02-30",
            "1000",
            "2561",
            "a" * 22,
            "0" * 16,
            "../",
            "%00",
            "{id}",
        ]
    ),
    st.text(max_size=20),
    st.sampled_from([text[:30] for text in naughty.EVERY]),
)
ROUTED = st.builds(
    lambda name, parts: ":".join([name, *parts]), st.sampled_from(_NAMES), st.lists(_PARTS, max_size=4)
)
ANYTHING = st.one_of(
    st.text(min_size=1, max_size=64), st.binary(min_size=1, max_size=64).map(lambda b: b.decode("latin-1"))
)
TAPS = st.one_of(ROUTED, ANYTHING).map(_within_64_bytes)
LINKS = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z"),
    st.builds(
        lambda name, rest: f"{name}_{rest}",
        st.sampled_from([r.name for r in ROUTES if r.kind is RouteKind.LINK]),
        _PARTS,
    ),
    ANYTHING,
).map(_within_64_bytes)


class _TakenBackError(Exception):
    """Ends a transaction without a trace, as an error does; what it noted of reads is not written either."""


class Desk:
    """Runs an update's handler in a transaction that is taken back: the next input finds the same world."""

    def __init__(self, lotse: LotseWorld, actors: list[Actor], ids: list[str]) -> None:
        self.lotse = lotse
        self.actors = actors
        self.ids = ids
        self.tried = 0

    async def bring(self, who: int, content: dict[str, Any]) -> None:
        """One update of one of the people; raises what the handler raised that is no refusal."""
        actor = self.actors[who % len(self.actors)]
        kept = minimise({"update_id": next(_numbers)} | content)
        assert kept is not None
        update = revive(kept.payload, self.lotse.lotse.application.bot)
        with contextlib.suppress(_TakenBackError):
            await self._handle(actor, update)
        self.tried += 1

    async def _handle(self, actor: Actor, update: Update) -> None:
        core = self.lotse.core
        async with core.database.write() as tx:
            now = self.lotse.clock.now()
            drafts = await core.people.drafts(tx, actor, now)
            services = self.lotse.lotse.runner._services
            turn = Turn(
                update, services, tx, actor, words(actor.person.language), now, {d.kind: d for d in drafts}
            )
            await self.lotse.lotse.runner._handle(tx, turn)
            for screen in turn.screens:
                assert list(calls(screen, turn.tapped_message))
            raise _TakenBackError


@pytest.fixture
async def desk_of_taps(lotse: LotseWorld) -> Desk:
    katrin = await lotse.coordinator(COORDINATOR, "en")
    client, case = await lotse.client(katrin, "LM-77", CLIENT, "en")
    vera = await lotse.volunteer(VOLUNTEER, "en")
    actors = [await pocket.actor() for pocket in (client, katrin, vera)]
    offer = str(lotse.rows("SELECT id FROM offers ORDER BY id LIMIT 1")[0][0])
    return Desk(lotse, actors, [case, offer, actors[0].id])


def _wire(user: int, **more: Any) -> dict[str, Any]:
    chat = {"id": user, "type": "private"}
    person = {"id": user, "is_bot": False, "first_name": "A", "language_code": "en"}
    return (
        {"from": person}
        | (
            {"message": {"message_id": 1, "date": 1, "chat": chat}}
            if "data" in more
            else {"message_id": 1, "date": 1, "chat": chat}
        )
        | more
    )


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_any_tap_and_any_link_gets_an_answer_and_breaks_nothing(desk_of_taps: Desk) -> None:
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[int, dict[str, Any], asyncio.Future[None]]] = asyncio.Queue()
    users = (CLIENT, COORDINATOR, VOLUNTEER)

    async def serve() -> None:
        while True:
            who, content, done = await waiting.get()
            try:
                await desk_of_taps.bring(who, content)
                done.set_result(None)
            except Exception as error:  # noqa: BLE001 -- handed to the test
                done.set_exception(error)

    def bring(who: int, content: dict[str, Any]) -> None:
        async def ask() -> None:
            done = loop.create_future()
            await waiting.put((who, content, done))
            await done

        asyncio.run_coroutine_threadsafe(ask(), loop).result(60)

    common = settings(
        deadline=None, database=None, suppress_health_check=list(HealthCheck), max_examples=INPUTS // 2
    )

    @common
    @given(st.integers(0, 2), TAPS, st.integers(0, 2))
    def taps(who: int, data: str, number: int) -> None:
        data = data.replace("{id}", desk_of_taps.ids[number])
        bring(who, {"callback_query": _wire(users[who], id="1", chat_instance="1", data=data)})

    @common
    @given(st.integers(0, 2), LINKS)
    def links(who: int, payload: str) -> None:
        entity = {"type": "bot_command", "offset": 0, "length": 6}
        bring(who, {"message": _wire(users[who], text=f"/start {payload}", entities=[entity])})

    server = loop.create_task(serve())
    try:
        await asyncio.to_thread(taps)
        await asyncio.to_thread(links)
    finally:
        server.cancel()
        reached(
            "S3",
            "taps and links of any bytes",
            f"{INPUTS:,} inputs, 0 exceptions",
            f"{desk_of_taps.tried:,} inputs",
            desk_of_taps.tried >= INPUTS,
        )
    assert desk_of_taps.tried >= INPUTS


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_a_race_for_a_code_has_one_winner(lotse: LotseWorld) -> None:
    """Two, and in every tenth race five, who take up the same invitation at the same moment."""
    actors = [await (await lotse.arrives(7831 + number, "en")).actor() for number in range(5)]
    core, single = lotse.core, 0
    for number in range(RACES):
        code = await lotse.admin_invites(Role.LEAD)

        async def take(actor: Actor, code: str = code) -> bool:
            async with core.database.write() as tx:
                found = await core.people.look_up(tx, actor, code, lotse.clock.now())
                await core.people.redeem(tx, actor, found, lotse.clock.now())
            return True

        racing = actors if number % 10 == 0 else actors[:2]
        results = await asyncio.gather(*map(take, racing), return_exceptions=True)
        single += sum(result is True for result in results) == 1
        async with core.database.write() as tx:
            for actor in actors:
                await core.people.set_roles(tx, actor.id, (), lotse.clock.now(), by=None)
            await tx.exec_driver_sql("DELETE FROM invitation_attempts")
    held(
        "S3",
        "races for one code",
        f"{RACES:,} with one winner",
        f"{single:,} with one winner",
        single == RACES,
    )


async def test_guessing_is_stopped_for_the_guesser_alone(lotse: LotseWorld) -> None:
    guesser, other = await lotse.arrives(7841, "en"), await lotse.arrives(7842, "en")
    for number in range(ATTEMPTS_AN_HOUR):
        await guesser.opens(f"join_{number:022d}")
    good = await lotse.admin_invites(Role.COORDINATOR)
    assert sentence("en", "error.too_many_attempts") in str(await guesser.opens(f"join_{good}"))
    await other.opens(f"join_{good}")
    await other.taps(data="join")
    assert (await other.actor()).roles
    held("S3", "guesses before the end", f"{ATTEMPTS_AN_HOUR} an hour", f"{ATTEMPTS_AN_HOUR} an hour", True)
