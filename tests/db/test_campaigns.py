"""Messages to many on both databases: who is meant, what exactly is said, correcting, cancelling, and how they stand."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from agreements.campaigns import errors
from agreements.campaigns.types import Campaign, Choices, Delivery, Reply, Selection
from agreements.errors import PhraseInvalidError
from agreements.types import Client
from db.crypto import Cipher
from db.tables.delivery import outbox
from delivery.types import OutboxState
from i18n.messages import words
from people.audit.repository import AuditRepository
from people.audit.types import Part
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World, at

COME = {"date": "2027-02-10", "time": "10:00"}
EVENT = {**COME, "place": "Haar"}


async def three(world: World) -> tuple[Actor, list[Client], list[Actor]]:
    """A coordinator with three linked clients."""
    coordinator = await world.person(Role.COORDINATOR)
    people = [await world.person() for _ in range(3)]
    clients = [
        await world.link(coordinator, await world.client(coordinator, f"LM-{n}00"), person)
        for n, person in enumerate(people, 1)
    ]
    await world.send()
    world.courier.carried.clear()
    return coordinator, clients, people


async def send(world: World, actor: Actor, selection: Selection, later: timedelta | None = None) -> Campaign:
    when = world.now + later if later else None
    async with world.database.write() as tx:
        return await world.campaigns.send(tx, actor, selection, "please_come", COME, world.now, send_at=when)


async def stands(world: World, actor: Actor, campaign: Campaign) -> Delivery:
    async with world.database.read() as tx:
        return await world.campaigns.delivery(tx, actor, campaign.id)


async def test_what_clients_can_be_chosen_by_is_read_as_a_list_and_not_from_their_agreements(
    world: World, cipher: Cipher
) -> None:
    coordinator, (one, two, _), _ = await three(world)
    await world.milestone(coordinator, one, date(2027, 2, 3), "write_cv")
    await world.milestone(coordinator, two, date(2027, 2, 20), "open_bank_account")
    dropped = await world.milestone(coordinator, two, date(2027, 2, 20), "register_german_course")
    stranger = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.agreements.drop_milestone(tx, coordinator, dropped.id, world.now)
        await world.files.change(tx, coordinator, two.id, {"place": "Unterhaching"}, world.now)
    world.now += timedelta(days=1)
    async with world.database.read() as tx:
        found = await world.campaigns.choices(tx, coordinator)
        nothing = await world.campaigns.choices(tx, stranger)
    assert found == Choices(("Haar", "Unterhaching"), ("en",), ("open_bank_account", "write_cv"))
    assert nothing == Choices((), (), ())
    async with world.database.read() as tx:
        noted = [row async for row in AuditRepository(cipher).every(tx) if row.at == world.now]
    assert [row.part for row in noted] == [Part.LIST] * 3
    with pytest.raises(NotAllowedError):
        async with world.database.read() as tx:
            await world.campaigns.choices(tx, await world.person(Role.VOLUNTEER))


async def test_each_filter_leaves_those_it_is_about(world: World) -> None:
    coordinator, (one, two, three_), (_, person, _) = await three(world)
    await world.milestone(coordinator, one, date(2027, 2, 3), "write_cv")
    await world.milestone(coordinator, two, date(2027, 2, 20), "open_bank_account")
    async with world.database.write() as tx:
        await world.agreements.wish(tx, person, "offer", world.now)
        await world.files.change(tx, coordinator, three_.id, {"place": "Unterhaching"}, world.now)
    world.now = at("2027-02-05 10:00")
    await world.until("2027-02-05 10:00")
    cases = {
        Selection(): [one, two, three_],
        Selection(client_ids=frozenset({two.id})): [two],
        Selection(place="Unterhaching"): [three_],
        Selection(language="en"): [one, two, three_],
        Selection(language="ar"): [],
        Selection(phrase="write_cv"): [one],
        Selection(offer_id="offer"): [two],
        Selection(overdue=True): [one],
        Selection(overdue=True, phrase="open_bank_account"): [],
    }
    async with world.database.read() as tx:
        for selection, meant in cases.items():
            found = await world.campaigns.select(tx, coordinator, selection, world.now)
            assert [client.id for client in found] == [client.id for client in meant], selection
    await world.milestone(coordinator, two, date(2027, 2, 8))
    await world.until("2027-02-08 12:00")
    async with world.database.read() as tx:
        found = await world.campaigns.select(tx, coordinator, Selection(unanswered=True), world.now)
    assert [client.id for client in found] == [two.id]


async def test_the_preview_says_the_exact_words_and_who_is_left_out(world: World) -> None:
    coordinator, (one, two, _), (first, second, _) = await three(world)
    paper = await world.client(coordinator, "PAPER")
    async with world.database.write() as tx:
        await world.people.choose_language(tx, first, "fr")
        await world.people.pause(tx, second, True)
        preview = await world.campaigns.preview(
            tx, coordinator, Selection(), "please_come", COME, at("2027-02-01 23:00")
        )
    assert preview.count == 2
    assert [(spoken.language, spoken.count) for spoken in preview.spoken] == [("en", 1), ("fr", 1)]
    text = words("en").render(preview.spoken[0].text)
    assert text.striptags().startswith("🏢 Please come to my office on")
    assert {(found.client.id, found.why) for found in preview.unreached} == {
        (two.id, "error.client_paused"),
        (paper.id, "error.client_not_linked"),
    }
    assert preview.goes_at == at("2027-02-02 08:00")
    assert one.id not in {found.client.id for found in preview.unreached}


async def test_a_message_is_pushed_without_content_opened_and_answered(world: World) -> None:
    coordinator, clients, (first, second, _) = await three(world)
    campaign = await send(world, coordinator, Selection())
    await world.send()
    assert [item.content.keys() for _, item in world.courier.carried] == [{"push", "ref", "case"}] * 3, (
        "the case only chooses the picture of a family's chat"
    )
    ref = world.refs(first, "message")[0]
    async with world.database.write() as tx:
        opened = await world.campaigns.open(tx, first, ref, world.now)
        assert not opened.corrected
        assert opened.text.key == "phrase.message.please_come"
        await world.campaigns.answer(tx, first, ref, Reply.NO, world.now)
        await world.campaigns.answer(tx, first, ref, Reply.YES, world.now)
        for actor in (second, coordinator):
            with pytest.raises(NotFoundError):
                await world.campaigns.open(tx, actor, ref, world.now)
            with pytest.raises(NotFoundError):
                await world.campaigns.answer(tx, actor, ref, Reply.NO, world.now)
    found = await stands(world, coordinator, campaign)
    assert found.count(OutboxState.SENT) == 3
    assert (found.opened, found.answered(Reply.YES), found.answered(Reply.NO)) == (1, 1, 0)
    assert {line.client.id for line in found.lines if line.client} == {client.id for client in clients}


async def test_what_is_scheduled_leaves_then_and_can_be_taken_back(world: World) -> None:
    coordinator, _, (first, _, _) = await three(world)
    campaign = await send(world, coordinator, Selection(), timedelta(days=2))
    await world.send()
    assert world.courier.carried == []
    world.now += timedelta(days=2)
    async with world.database.write() as tx:
        assert await world.campaigns.cancel(tx, coordinator, campaign.id, world.now) == 3
        with pytest.raises(errors.CampaignOverError):
            await world.campaigns.cancel(tx, coordinator, campaign.id, world.now)
    await world.send()
    assert world.courier.carried == []
    assert (await stands(world, coordinator, campaign)).count(OutboxState.CANCELLED) == 3
    now = await send(world, coordinator, Selection(), timedelta(minutes=5))
    world.now += timedelta(minutes=5)
    await world.send()
    ref = world.refs(first, "message")[0]
    async with world.database.write() as tx:
        await world.campaigns.cancel(tx, coordinator, now.id, world.now)
        with pytest.raises(errors.CampaignOverError):
            await world.campaigns.open(tx, first, ref, world.now)
        with pytest.raises(errors.CampaignOverError):
            await world.campaigns.correct(tx, coordinator, now.id, "please_call", {}, world.now)


async def test_a_corrected_message_reaches_those_again_who_read_the_old_one(world: World) -> None:
    coordinator, _, (first, second, _) = await three(world)
    campaign = await send(world, coordinator, Selection())
    await world.send()
    refs = {person.id: world.refs(person, "message")[0] for person in (first, second)}
    async with world.database.write() as tx:
        await world.campaigns.open(tx, first, refs[first.id], world.now)
        corrected = await world.campaigns.correct(
            tx, coordinator, campaign.id, "please_come", {**COME, "time": "11:00"}, world.now
        )
    assert [said.version for said in corrected.texts] == [2, 1]
    world.courier.carried.clear()
    await world.send()
    assert [to for to, _ in world.courier.carried] == [first.id]
    async with world.database.write() as tx:
        for person in (first, second):
            opened = await world.campaigns.open(tx, person, refs[person.id], world.now)
            assert opened.corrected
            assert "11:00" in words("en").render(opened.text)
    assert (await stands(world, coordinator, campaign)).opened == 2


async def test_the_look_at_a_correction_says_who_hears_of_it_and_when(world: World) -> None:
    coordinator, _, (first, _, _) = await three(world)
    later = await send(world, coordinator, Selection(), timedelta(days=8))
    left = await send(world, coordinator, Selection())
    await world.send()
    ref = world.refs(first, "message")[0]
    said = "please_come", {**COME, "time": "11:00"}
    async with world.database.write() as tx:
        look = await world.campaigns.preview_correction(tx, coordinator, later.id, *said, world.now)
        assert (look.count, look.again, look.goes_at) == (3, None, later.send_at), "it has not left yet"
        look = await world.campaigns.preview_correction(tx, coordinator, left.id, *said, world.now)
        assert (look.count, look.again) == (3, 0), "nobody has read the old text"
        await world.campaigns.open(tx, first, ref, world.now)
        look = await world.campaigns.preview_correction(tx, coordinator, left.id, *said, world.now)
        assert (look.count, look.again) == (3, 1)


async def test_what_arrived_stays_counted_as_far_as_it_is_known(world: World) -> None:
    coordinator, _, (first, _, _) = await three(world)
    campaign = await send(world, coordinator, Selection())
    await world.send()
    async with world.database.write() as tx:
        await world.campaigns.open(tx, first, world.refs(first, "message")[0], world.now)
    found = await stands(world, coordinator, campaign)
    assert (found.arrived, found.forgotten) == (3, 0)
    async with world.database.write() as tx:
        # The outbox keeps what ended for two weeks.
        await tx.execute(delete(outbox))
    found = await stands(world, coordinator, campaign)
    assert (found.arrived, found.forgotten) == (1, 2)


async def test_volunteers_of_a_place_are_asked(world: World) -> None:
    sender = await world.person(Role.CIRCLE_COORDINATOR)
    helpers = [await world.person(Role.VOLUNTEER) for _ in range(3)]
    stranger = await world.person()
    async with world.database.write() as tx:
        for helper, place in zip((*helpers, stranger), ("haar", "Haar", "Unterhaching", "Haar"), strict=True):
            await world.campaigns.set_place(tx, helper, place)
        assert await world.campaigns.place_of(tx, helpers[0]) == "Haar"
        with pytest.raises(errors.PlaceUnknownError):
            await world.campaigns.set_place(tx, helpers[0], "Atlantis")
        preview = await world.campaigns.preview_volunteers(
            tx, sender, "Haar", "helpers_wanted", EVENT, world.now
        )
        assert preview.count == 2
        campaign = await world.campaigns.send_volunteers(
            tx, sender, "Haar", "helpers_wanted", EVENT, world.now
        )
        with pytest.raises(NotAllowedError):
            await world.campaigns.send(tx, sender, Selection(), "please_come", COME, world.now)
    await world.send()
    assert sorted(to for to, _ in world.courier.carried) == sorted(helper.id for helper in helpers[:2])
    async with world.database.write() as tx:
        ref = world.refs(helpers[0], "message")[0]
        await world.campaigns.answer(tx, helpers[0], ref, Reply.YES, world.now)
        assert [found.id for found in await world.campaigns.sent(tx, sender)] == [campaign.id]
    assert (await stands(world, sender, campaign)).answered(Reply.YES) == 1


async def test_what_cannot_be_said_is_refused(world: World) -> None:
    coordinator, _, (person, _, _) = await three(world)
    async with world.database.write() as tx:
        call = world.campaigns.send
        for phrase, slots in (("write_cv", {}), ("please_come", {}), ("helpers_wanted", COME), ("x", {})):
            with pytest.raises(PhraseInvalidError):
                await call(tx, coordinator, Selection(), phrase, slots, world.now)
        for days in (-1, 93):
            with pytest.raises(errors.SendTimeError):
                await call(
                    tx,
                    coordinator,
                    Selection(),
                    "please_call",
                    {},
                    world.now,
                    send_at=world.now + timedelta(days=days),
                )
        with pytest.raises(errors.NobodyReachedError):
            await call(tx, coordinator, Selection(language="ar"), "please_call", {}, world.now)
        with pytest.raises(PhraseInvalidError):
            await world.campaigns.send_volunteers(tx, coordinator, "Haar", "i_will_call_you", {}, world.now)
        with pytest.raises(NotAllowedError):
            await call(tx, person, Selection(), "please_call", {}, world.now)


async def test_a_message_is_its_senders_alone(world: World) -> None:
    coordinator, _, _ = await three(world)
    campaign = await send(world, coordinator, Selection())
    other = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        for call in (
            world.campaigns.delivery(tx, other, campaign.id),
            world.campaigns.cancel(tx, other, campaign.id, world.now),
            world.campaigns.correct(tx, other, campaign.id, "please_call", {}, world.now),
        ):
            with pytest.raises(NotFoundError):
                await call
        assert await world.campaigns.sent(tx, other) == []
