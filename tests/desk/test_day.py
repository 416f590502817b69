"""What stands on my day beside the lines about clients, and what becomes of its address."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from i18n import dates
from offers.repository import OffersRepository
from offers.types import Status
from people.types import Actor, Role
from tests.desk.test_work import agreed, said
from tests.desk.world import DeskWorld, Visitor


@pytest.fixture
async def owner(desk: DeskWorld) -> Actor:
    return await desk.account("kim", Role.COORDINATOR)


@pytest.fixture
async def kim(desk: DeskWorld, owner: Actor) -> Visitor:
    return await desk.signed_in(owner.id)


def group(text: str, kind: str) -> str:
    """The lines of one kind."""
    return text.partition(f'id="g-{kind}"')[2].partition("</section>")[0]


async def test_questions_about_offers_and_new_drafts_stand_there_with_their_next_action(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    other = await desk.account("lena", Role.COORDINATOR)
    assert said("desk.day.nothing") in (await kim.get("/")).text
    async with core.database.write() as tx:
        every = await core.offers.published(tx)
        mine = next(one for one in every if one.owner)
        theirs = next(one for one in every if one.owner not in ("", mine.owner))
        await core.reviews.look_after(tx, owner, mine.id, on=True)
        await core.reviews.look_after(tx, other, theirs.id, on=True)
        for one in (mine, theirs):
            await core.offers.report(tx, None, one.id, "phone", now)
        draft = replace(mine, status=Status.DRAFT, owner="", name="Nähtreff", exceptions=(), schedules=())
        begun = [
            replace(draft, id="1" * 22, external_id="lotse-neu"),
            replace(draft, id="2" * 22, external_id="datei-neu", name="Aus einer Datei"),
            replace(draft, id="3" * 22, external_id="lotse-lena", name="Von Lena", owner=theirs.owner),
        ]
        await OffersRepository().add_offers(tx, begun, now)
    page = (await kim.get("/")).text
    assert said("desk.day.nothing") not in page
    reviews, drafts = group(page, "review"), group(page, "draft")
    assert f'action="/offers/{mine.id}/is"' in reviews
    assert said("desk.catalogue.reported") in reviews
    assert theirs.id not in reviews, "somebody else is asked"
    assert f'href="/offers/{begun[0].id}"' in drafts
    assert "Aus einer Datei" not in drafts, "there may be hundreds of them"
    assert "Von Lena" not in drafts
    done = await kim.post(f"/offers/{mine.id}/is", {"is": "still", "to": "/"})
    assert done.headers["location"] == "/?done=offer_checked"
    assert mine.id not in group((await kim.get("/today")).text, "review")


async def test_the_lines_about_the_catalogue_take_one_statement(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    async with core.database.write() as tx:
        for one in await core.offers.published(tx):
            if one.owner:
                await core.reviews.look_after(tx, owner, one.id, on=True)
            await core.offers.report(tx, None, one.id, "phone", now)
    event.listen(core.database.engine.sync_engine, "before_cursor_execute", count)
    page = (await kim.get("/?all=review")).text
    event.remove(core.database.engine.sync_engine, "before_cursor_execute", count)
    assert group(page, "review").count("<li>") > 20
    assert len([text for text in asked if "FROM offers" in text and "external_id" in text]) == 1


@pytest.mark.parametrize("gone", ["handed over", "erased"])
async def test_my_day_is_there_when_the_case_of_the_last_click_is_gone(
    desk: DeskWorld, owner: Actor, kim: Visitor, gone: str
) -> None:
    client_id, milestone = await agreed(desk, owner)
    core, now = desk.lotse.core, desk.lotse.clock.now()
    done = await kim.post(f"/milestones/{milestone.id}/confirm", {"to": "/"})
    path = done.headers["location"]
    assert re.search(rf"over={milestone.id}", path)
    assert f"/milestones/{milestone.id}/reopen" in (await kim.get(path)).text
    lena = await desk.account("lena", Role.COORDINATOR)
    async with core.database.write() as tx:
        if gone == "erased":
            await core.cases.holds.erase(tx, owner, client_id, now)
        else:
            await core.cases.team.hand_over(tx, owner, lena.id, now, client_ids=[client_id])
    page = await kim.get(path)
    assert page.status_code == 200
    assert "/reopen" not in page.text


async def test_after_midnight_in_berlin_it_is_the_next_day(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    await desk.lotse.waits_until("2026-12-02 00:30")
    for path in ("/", "/figures"):
        assert (
            f'<span class="muted">{dates.day(date(2026, 12, 2), "de")}</span>' in (await kim.get(path)).text
        )
    assert 'min="2026-12-02"' in (await kim.get("/meetings")).text
