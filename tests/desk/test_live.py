"""The stream behind my day: it looks where something was committed, or time went on, and else costs nothing."""

from datetime import UTC, datetime, timedelta

from agreements.types import HelpReason
from desk.pages.today import Watch, look
from lotse.runtime import build_core
from people.types import Role
from tests.desk.world import DeskWorld

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)


def test_it_looks_after_a_commit_and_after_half_a_minute() -> None:
    watch = Watch()
    assert watch.must_look("1", NOON)
    assert not watch.saw("1", NOON, "a"), "the first look is no change"
    assert not watch.must_look("1", NOON + timedelta(seconds=29))
    assert watch.must_look("1", NOON + timedelta(seconds=30))
    assert watch.must_look("1", NOON - timedelta(hours=1)), "the clock was moved"
    assert watch.must_look("2", NOON)
    assert not watch.saw("2", NOON, "a"), "somebody else's case"
    assert not watch.must_look("2", NOON)
    assert watch.saw("3", NOON, "b")
    assert Watch(digest="what the page showed").saw("3", NOON, "b"), "it changed before the stream began"


async def test_nothing_is_read_of_cases_while_nobody_writes(desk: DeskWorld) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    kim = await desk.account("kim", Role.COORDINATOR)
    person = await (await desk.lotse.arrives(7301, "ar")).actor()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, kim, "LM-1", "ar", "Haar", now)
        new = await core.agreements.invite_client(tx, kim, client.id, now)
        await core.agreements.link(tx, person, await core.people.look_up(tx, person, new.code, now), now)

    async def seen() -> str:
        async with core.database.read() as tx:
            return await look(core.cases, core.reviews, tx, kim, now)

    before, state = await seen(), await core.database.state()
    assert await seen() == before
    assert await core.database.state() == state, "a second look writes nothing that would make a third"
    async with core.database.write() as tx:
        await core.agreements.ask_human(tx, person, HelpReason.CHILDCARE, now)
    assert await core.database.state() != state
    asked = await seen()
    assert asked != before
    # A hand-over waits for what the client says, on a page that looks with this stream.
    async with core.database.write() as tx:
        consent = await core.cases.handover.ask(tx, kim, client.id, ["work"], now)
    waiting = await seen()
    async with core.database.write() as tx:
        await core.cases.handover.answer(tx, person, consent.id, True, now)
    assert await seen() != waiting


async def test_what_another_process_writes_is_counted_on_the_next_page(desk: DeskWorld) -> None:
    now = desk.lotse.clock.now()
    lead = await desk.account("lena", Role.LEAD, Role.COORDINATOR)
    visitor = await desk.signed_in(lead.id)
    beside = build_core(desk.lotse.settings, clock=desk.lotse.clock)
    for number in range(1, 9):
        async with beside.database.write() as tx:
            client = await beside.agreements.create_client(tx, lead, f"LM-{number}", "ar", "Haar", now)
            offered = {"competence_offered_on": "2026-11-20"}
            await beside.cases.files.change(tx, lead, client.id, offered, now)
        shown = (await visitor.get("/figures")).text
        assert (f"<strong>{number}</strong>Kompetenzanalysen angeboten" in shown) == (number >= 5)
        assert f"<strong>{number}</strong>" in (await visitor.get("/team")).text
    await beside.database.close()
