"""What a client is told of their own case: while it is only stored, when it is deleted, after the link is gone, and by a link tapped twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from agreements.goals.rules import erasure_due_on
from agreements.holds.types import HoldReason
from agreements.rules import today
from db.tables import metadata
from i18n import dates
from tests.bot.world import CLIENT, LotseWorld, Pocket, all_said, data_of, said, sentence


@pytest.fixture
async def coordinator(lotse: LotseWorld) -> Pocket:
    return await lotse.coordinator()


async def _restricted(lotse: LotseWorld, coordinator: Pocket, client_id: str) -> str:
    async with lotse.core.database.write() as tx:
        await lotse.core.cases.restriction.restrict(
            tx, await coordinator.actor(), client_id, lotse.clock.now()
        )
    await lotse.quiet()
    return dates.day(today(lotse.clock.now()), "en")


async def _count(lotse: LotseWorld, table: str) -> int:
    async with lotse.core.database.read() as tx:
        return (await tx.execute(select(func.count()).select_from(metadata.tables[table]))).scalar_one()


async def test_while_it_is_only_stored_nothing_is_promised(lotse: LotseWorld, coordinator: Pocket) -> None:
    client, client_id = await lotse.client(coordinator, "LM-1", CLIENT, "en")
    day = await _restricted(lotse, coordinator, client_id)
    await client.reads()
    before = await coordinator.last()
    [refused] = await client.tampers("talk:paper")
    assert sentence("en", "restrict.is_on", day=day) in said(refused)
    assert "in confidence. Telephone:" in said(refused), "whom to call instead"
    assert f"restrict.off:{client_id}" in data_of(refused)
    assert await _count(lotse, "requests") == 0
    assert await coordinator.last() == before, "of what is closed to them they hear nothing"
    [reminders] = await client.tampers("remind:on")
    assert sentence("en", "restrict.is_on", day=day) in said(reminders)


async def test_who_paused_hears_of_the_decision_on_return(lotse: LotseWorld, coordinator: Pocket) -> None:
    client, client_id = await lotse.client(coordinator, "LM-1", CLIENT, "en")
    await client.tampers(f"restrict.ask:{client_id}")
    await client.tampers("pause:on")
    await _restricted(lotse, coordinator, client_id)
    await client.tampers("pause:off")
    await lotse.quiet()
    assert data_of(await client.last()) == [f"restrict:{client_id}"]


async def test_the_farewell_says_who_decides_and_until_when(lotse: LotseWorld, coordinator: Pocket) -> None:
    client, _ = await lotse.client(coordinator, "LM-1", CLIENT, "en")
    [farewell] = await client.tampers("forget.yes")
    until = dates.day(erasure_due_on(today(lotse.clock.now())), "en")
    assert f"By {until} your coordinator decides about your case. Questions:" in said(farewell)


async def test_what_is_held_is_left_to_the_office_and_not_promised(
    lotse: LotseWorld, coordinator: Pocket
) -> None:
    client, client_id = await lotse.client(coordinator, "LM-1", CLIENT, "en")
    until = today(lotse.clock.now()) + timedelta(days=100)
    async with lotse.core.database.write() as tx:
        await lotse.core.cases.holds.hold(
            tx, await coordinator.actor(), client_id, HoldReason.COURT, until, lotse.clock.now()
        )
    for shown in (await client.says("/delete"), await client.says("/mydata")):
        assert "your coordinator decides whether it is deleted" in all_said(shown)
    [farewell] = await client.tampers("forget.yes")
    assert "your coordinator decides whether it is deleted" in said(farewell)
    assert "decides about your case" not in said(farewell)


async def test_who_looks_after_people_is_not_asked_first(coordinator: Pocket, lotse: LotseWorld) -> None:
    await lotse.client(coordinator, "LM-1", CLIENT, "en")
    [refused] = await coordinator.says("/delete")
    assert sentence("de", "error.still_coordinates") in said(refused)
    assert "forget.yes" not in data_of(refused)


async def test_with_a_case_no_name_is_no_longer_said_and_after_it_where_it_stays(
    lotse: LotseWorld, coordinator: Pocket
) -> None:
    client, _ = await lotse.client(coordinator, "LM-1", CLIENT, "en")
    assert sentence("en", "notice.stored") not in all_said(await client.says("/mydata"))
    assert sentence("en", "privacy.stored_record") in all_said(await client.says("/privacy"))
    assert sentence("en", "own.case_stays") in all_said(await client.tampers("unlink"))
    for command in ("/mydata", "/privacy"):
        assert sentence("en", "own.case_stays") in all_said(await client.says(command))


async def test_the_own_link_again_is_no_wrong_code(lotse: LotseWorld, coordinator: Pocket) -> None:
    case = await lotse.case(coordinator, "LM-1", "en")
    async with lotse.core.database.write() as tx:
        actor = await coordinator.actor()
        code = (await lotse.core.agreements.invite_client(tx, actor, case, lotse.clock.now())).code
    client = await lotse.joins(CLIENT, code, "en")
    [again] = await client.opens(f"join_{code}")
    assert sentence("en", "error.already_linked") in said(again)
    assert await _count(lotse, "invitation_attempts") == 0


async def test_nobody_comes_past_the_notice_by_refusing_to_delete(lotse: LotseWorld) -> None:
    stranger = lotse.phone(CLIENT)
    await stranger.opens()
    await stranger.tampers("lang:en")
    await stranger.tampers("forget")
    [shown] = await stranger.tampers("menu")
    assert sentence("en", "notice.stored") in said(shown)


async def test_where_nobody_is_left_no_day_is_promised(lotse: LotseWorld, coordinator: Pocket) -> None:
    client, _ = await lotse.client(coordinator, "LM-1", CLIENT, "en")
    async with lotse.core.database.write() as tx:
        await lotse.core.people.end_rights(tx, (await coordinator.actor()).id, lotse.clock.now())
    [arrived] = await client.tampers("talk:paper")
    assert sentence("en", "own.arrived_open") in said(arrived)


async def test_who_keeps_something_is_no_stranger(lotse: LotseWorld) -> None:
    stranger = lotse.phone(CLIENT)
    cards = await stranger.says("German course in Haar")
    offer = next(d for m in cards for d in data_of(m) if d.startswith("want:")).removeprefix("want:")
    await stranger.tampers(f"kept:{offer}:on")
    assert await _count(lotse, "saved_offers") == 1
    async with lotse.core.database.write() as tx:
        await lotse.core.privacy.purge(tx, lotse.clock.now() + timedelta(days=2))
    assert await _count(lotse, "saved_offers") == 1
