"""Two cases in one chat, told apart by pictures; and a case that moves to another chat with all that is open."""

import pytest

from agreements import pictures
from agreements.errors import PicturesNeededError, TooManyInChatError, WhoseUnclearError
from agreements.types import Client, HelpReason
from delivery.types import OutboxState
from people.errors import NotFoundError
from people.types import Actor
from tests.db.agreements_world import World, at


async def join(world: World, staff: Actor, client: Client, person: Actor, **chosen: str) -> Client:
    """Link one more case to a chat, with the pictures that were chosen."""
    async with world.database.write() as tx:
        new = await world.agreements.invite_client(tx, staff, client.id, world.now)
        invitation = await world.people.look_up(tx, person, new.code, world.now)
        return await world.agreements.link(tx, person, invitation, world.now, **chosen)


async def family(world: World) -> tuple[Actor, Client, Client, Actor]:
    """One chat with two cases, a fish and a sun, both with reminders."""
    staff, first, person = await world.case()
    second = await join(world, staff, await world.client(staff), person, picture="sun", first="fish")
    async with world.database.write() as tx:
        await world.agreements.set_reminders(tx, person, True, world.now, client_id=second.id)
    await world.send()
    world.courier.carried.clear()
    return staff, first, second, person


def shown(world: World, person: Actor) -> list[tuple[str, str]]:
    """What was pushed to a person, each with its picture."""
    return [
        (str(item.content["push"]), str(item.content.get("picture", "")))
        for to, item in world.courier.carried
        if to == person.id
    ]


async def test_a_second_case_needs_a_picture_for_both(world: World) -> None:
    staff, first, person = await world.case()
    second = await world.client(staff)
    for chosen in (
        {},
        {"picture": "sun"},
        {"picture": "sun", "first": "sun"},
        {"picture": "x", "first": "sun"},
    ):
        with pytest.raises(PicturesNeededError):
            await join(world, staff, second, person, **chosen)
    linked = await join(world, staff, second, person, picture="sun", first="fish")
    async with world.database.read() as tx:
        own = await world.agreements.own_clients(tx, person)
        assert {client.id: client.picture for client in own} == {first.id: "fish", linked.id: "sun"}
        assert await world.agreements.own_client(tx, person, linked.id) == linked
        with pytest.raises(WhoseUnclearError):
            await world.agreements.own_milestones(tx, person)


async def test_a_third_case_needs_one_picture_and_not_a_taken_one(world: World) -> None:
    staff, _, _, person = await family(world)
    third = await world.client(staff)
    with pytest.raises(PicturesNeededError):
        await join(world, staff, third, person, picture="fish")
    assert (await join(world, staff, third, person, picture="key")).picture == "key"
    for picture in ("tree", "bird", "apple", "bicycle", "boat"):
        await join(world, staff, await world.client(staff), person, picture=picture)
    assert pictures.MOST == 8
    with pytest.raises(TooManyInChatError):
        await join(world, staff, await world.client(staff), person, picture="kite")


async def test_each_push_shows_whose_it_is_and_each_has_a_ration_of_its_own(world: World) -> None:
    staff, first, second, person = await family(world)
    world.now = at("2027-02-01 10:00")
    for client in (first, second):
        for day in ("2027-02-03 10:00", "2027-02-04 11:00"):
            await world.appointment(staff, client, day)
    await world.send()
    assert sorted(shown(world, person)) == [("appointment", "fish")] * 2 + [("appointment", "sun")] * 2
    world.courier.carried.clear()
    await world.until("2027-02-04 12:00")
    got = shown(world, person)
    assert got.count(("reminder", "fish")) == 4
    assert got.count(("reminder", "sun")) == 4


async def test_taking_one_off_the_phone_leaves_the_other(world: World) -> None:
    staff, first, second, person = await family(world)
    for client in (first, second):
        await world.appointment(staff, client, "2027-02-03 10:00")
    async with world.database.write() as tx:
        await world.agreements.leave(tx, person, first.id, world.now)
        with pytest.raises(NotFoundError):
            await world.agreements.own_client(tx, person, first.id)
        assert [c.id for c in await world.agreements.own_clients(tx, person)] == [second.id]
        assert len(await world.agreements.own_appointments(tx, person, world.now)) == 1
    await world.send()
    assert shown(world, person) == [("appointment", "sun")], "what waited for the one who left goes nowhere"
    assert world.refs(staff, "news") == [first.id]
    world.courier.carried.clear()
    await world.until("2027-02-03 11:00")
    assert shown(world, person) == [("reminder", "sun")] * 2


async def test_nobody_chooses_for_a_case_of_another_chat(world: World) -> None:
    _, first, _, _ = await family(world)
    stranger = await world.person()
    async with world.database.write() as tx:
        for asked in (
            world.agreements.own_client(tx, stranger, first.id),
            world.agreements.choose_picture(tx, stranger, first.id, "key"),
            world.agreements.leave(tx, stranger, first.id, world.now),
            world.agreements.set_reminders(tx, stranger, False, world.now, client_id=first.id),
            world.agreements.own_milestones(tx, stranger, client_id=first.id),
            world.agreements.own_appointments(tx, stranger, world.now, client_id=first.id),
            world.agreements.ask_human(tx, stranger, HelpReason.PAPER, world.now, client_id=first.id),
            world.agreements.wish(tx, stranger, "x", world.now, client_id=first.id),
        ):
            with pytest.raises(NotFoundError):
                await asked


async def test_forgetting_the_chat_lets_go_of_all_cases(world: World) -> None:
    staff, first, second, person = await family(world)
    async with world.database.write() as tx:
        await world.agreements.forget_person(tx, person, world.now)
        for client in (first, second):
            found = await world.agreements.get_client(tx, staff, client.id)
            assert (found.linked, found.picture, found.reminders) == (False, "", False)


async def test_a_lost_phone_ends_at_once_and_everything_open_follows_to_the_new_one(world: World) -> None:
    staff, client, old = await world.case()
    await world.appointment(staff, client, "2027-02-05 10:00")
    async with world.database.write() as tx:
        receipt = await world.agreements.ask_human(tx, old, HelpReason.PAPER, world.now)
        told = await world.agreements.ask_human(tx, old, HelpReason.MONEY, world.now)
        await world.agreements.answer(tx, staff, told.request.id, "i_will_call_you", {}, world.now)
    await world.send()
    assert world.refs(old, "answer") == [told.request.id]
    world.courier.carried.clear()

    # The answer waits for the morning, the reminder of the day before is under way when the phone is reported lost.
    world.now = at("2027-02-03 22:00")
    async with world.database.write() as tx:
        await world.agreements.answer(tx, staff, receipt.request.id, "i_will_call_you", {}, world.now)
    world.now = at("2027-02-04 18:00")
    await world.tick()
    async with world.database.write() as tx:
        new = await world.agreements.relink(tx, staff, client.id, world.now)
        assert await world.agreements.own_clients(tx, old) == []
    await world.send()
    assert world.courier.carried == [], "nothing reaches the lost phone"

    fresh = await world.person()
    async with world.database.write() as tx:
        invitation = await world.people.look_up(tx, fresh, new.code, world.now)
        await world.agreements.link(tx, fresh, invitation, world.now)
        await world.agreements.set_reminders(tx, fresh, True, world.now)
    await world.tick()
    await world.send()
    assert world.refs(fresh, "answer") == [receipt.request.id], (
        "what the old phone had read is not told again"
    )
    assert world.pushed(fresh).count("reminder") == 1
    await world.until("2027-02-05 11:00")
    assert world.pushed(fresh).count("reminder") == 2
    assert world.pushed(old) == []
    async with world.database.read() as tx:
        counts = await world.delivery.counts(tx)
    assert not set(counts.outbox) & {OutboxState.UNKNOWN.value, OutboxState.AMBIGUOUS.value}
