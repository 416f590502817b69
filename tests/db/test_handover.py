"""Consents and hand-overs on both databases: asked, answered, taken back, and nothing goes without one."""

from datetime import date, timedelta

import pytest

from agreements.errors import ClientNotLinkedError, ClientPausedError
from agreements.handover.errors import (
    ConsentDayError,
    ConsentMissingError,
    ConsentOverruledError,
    NothingChosenError,
)
from agreements.handover.types import Bundle, Given, OwnConsent, Part, State
from people.errors import NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World, at

PARTS = ("education", "appointments")


async def asked(world: World, coordinator: Actor, client_id: str, *parts: str) -> str:
    async with world.database.write() as tx:
        return (await world.handover.ask(tx, coordinator, client_id, parts or PARTS, world.now)).id


async def answered(world: World, person: Actor, consent_id: str, said: bool) -> OwnConsent:
    async with world.database.write() as tx:
        return await world.handover.answer(tx, person, consent_id, said, world.now)


async def packed(world: World, actor: Actor, client_id: str, parts: tuple[Part, ...] = tuple(Part)) -> Bundle:
    async with world.database.read() as tx:
        return await world.handover.bundle(tx, actor, client_id, parts, "Kim", world.now)


async def test_a_yes_on_the_phone_lets_exactly_that_go(world: World) -> None:
    coordinator, client, person = await world.case()
    consent_id = await asked(world, coordinator, client.id)
    await world.send()
    said = {"push": "consent", "ref": consent_id, "case": client.id}
    assert [item.content for _, item in world.courier.carried] == [said]
    found = await answered(world, person, consent_id, True)
    assert (found.state, found.consent.language, found.consent.how) == (State.VALID, "en", Given.PHONE)
    assert found.consent.parts == (Part.PERSON, Part.EDUCATION, Part.APPOINTMENTS)
    # The coordinator hears of it.
    await world.send()
    assert world.courier.carried[-1][0] == coordinator.id
    everything = await packed(world, coordinator, client.id)
    agreed = await packed(world, coordinator, client.id, found.consent.parts)
    async with world.database.write() as tx:
        with pytest.raises(ConsentMissingError):
            await world.handover.hand_over(tx, coordinator, everything, "pdf", world.now)
        await world.handover.hand_over(tx, coordinator, agreed, "pdf", world.now)
        look = await world.handover.look(tx, coordinator, client.id, world.now)
    assert [(one.form, one.parts) for one in look.handovers] == [("pdf", found.consent.parts)]
    assert look.warned == []


async def test_a_yes_can_be_taken_back_and_staff_see_what_had_gone(world: World) -> None:
    coordinator, client, person = await world.case()
    consent_id = await asked(world, coordinator, client.id)
    found = await answered(world, person, consent_id, True)
    agreed = await packed(world, coordinator, client.id, found.consent.parts)
    async with world.database.write() as tx:
        await world.handover.hand_over(tx, coordinator, agreed, "json", world.now)
    world.now += timedelta(days=3)
    async with world.database.write() as tx:
        assert [one.consent.id for one in await world.handover.own_open(tx, person, world.now)] == [
            consent_id
        ]
        gone = await world.handover.revoke(tx, person, consent_id, world.now)
        assert (gone.state, gone.consent.revoked_how) == (State.REVOKED, Given.PHONE)
        assert gone.handed_at == world.now - timedelta(days=3)
        assert await world.handover.own_open(tx, person, world.now) == []
        look = await world.handover.look(tx, coordinator, client.id, world.now)
        assert (look.valid, len(look.warned)) == (None, 1)
        with pytest.raises(ConsentMissingError):
            await world.handover.hand_over(tx, coordinator, agreed, "json", world.now)
    # Who taps once more changes nothing.
    again = await answered(world, person, consent_id, True)
    assert again.state is State.REVOKED


async def test_a_no_is_a_no_and_a_new_question_replaces_the_old(world: World) -> None:
    coordinator, client, person = await world.case()
    first = await asked(world, coordinator, client.id)
    second = await asked(world, coordinator, client.id, "work")
    await world.send()
    assert [item.content["ref"] for _, item in world.courier.carried] == [second]
    with pytest.raises(NotFoundError):
        await answered(world, person, first, True)
    assert (await answered(world, person, second, False)).state is State.REFUSED
    assert (await answered(world, person, second, True)).state is State.REFUSED
    async with world.database.read() as tx:
        assert (await world.handover.look(tx, coordinator, client.id, world.now)).valid is None


async def test_paper_counts_from_the_day_it_was_signed(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.client(coordinator)
    async with world.database.write() as tx:
        for wrong in (date(2027, 2, 2), date(2026, 7, 1)):
            with pytest.raises(ConsentDayError):
                await world.handover.signed(tx, coordinator, client.id, PARTS, wrong, world.now)
        with pytest.raises(ClientNotLinkedError):
            await world.handover.ask(tx, coordinator, client.id, PARTS, world.now)
        with pytest.raises(NothingChosenError):
            await world.handover.signed(tx, coordinator, client.id, (), date(2027, 2, 1), world.now)
        made = await world.handover.signed(tx, coordinator, client.id, PARTS, date(2027, 2, 1), world.now)
        look = await world.handover.look(tx, coordinator, client.id, world.now)
        assert look.valid is not None
        assert (look.valid.how, look.valid.language, look.valid.answered_at) == (Given.PAPER, "ar", world.now)
        taken = await world.handover.take_back(tx, coordinator, made.id, world.now)
        assert taken.revoked_how is Given.PAPER
        assert (await world.handover.look(tx, coordinator, client.id, world.now)).valid is None


async def test_a_paper_of_this_afternoon_counts_after_what_the_phone_said_before(world: World) -> None:
    coordinator, client, person = await world.case()
    today = date(2027, 2, 1)
    world.now = at("2027-02-01 13:00")
    await answered(world, person, await asked(world, coordinator, client.id), False)
    world.now = at("2027-02-01 14:00")
    async with world.database.write() as tx:
        paper = await world.handover.signed(tx, coordinator, client.id, PARTS, today, world.now)
        look = await world.handover.look(tx, coordinator, client.id, world.now)
    assert look.valid is not None
    assert look.valid.id == paper.id
    # What the phone says later counts again, and the list says no more of the paper than the page lets go.
    world.now = at("2027-02-01 15:00")
    await answered(world, person, await asked(world, coordinator, client.id, "work"), True)
    async with world.database.read() as tx:
        look = await world.handover.look(tx, coordinator, client.id, world.now)
    assert look.valid is not None
    assert look.valid.parts == (Part.PERSON, Part.WORK)
    assert {state for consent, state in look.consents if consent.id == paper.id} == {State.OLD}


async def test_a_paper_from_before_a_revocation_brings_nothing_back(world: World) -> None:
    coordinator, client, person = await world.case()
    consent_id = await asked(world, coordinator, client.id)
    await answered(world, person, consent_id, True)
    world.now = at("2027-02-03 10:00")
    async with world.database.write() as tx:
        await world.handover.revoke(tx, person, consent_id, world.now)
    world.now = at("2027-02-04 09:00")
    async with world.database.write() as tx:
        for day in (date(2027, 2, 2), date(2027, 2, 3)):
            with pytest.raises(ConsentOverruledError):
                await world.handover.signed(tx, coordinator, client.id, PARTS, day, world.now)
        assert (await world.handover.look(tx, coordinator, client.id, world.now)).valid is None
        await world.handover.signed(tx, coordinator, client.id, PARTS, date(2027, 2, 4), world.now)
        assert (await world.handover.look(tx, coordinator, client.id, world.now)).valid is not None


async def test_who_pauses_is_not_asked(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.people.pause(tx, person, paused=True)
        with pytest.raises(ClientPausedError):
            await world.handover.ask(tx, coordinator, client.id, PARTS, world.now)


async def test_anothers_case_is_no_case(world: World) -> None:
    coordinator, client, person = await world.case()
    consent_id = await asked(world, coordinator, client.id)
    other, stranger = await world.person(Role.COORDINATOR), await world.person()
    bundle = await packed(world, coordinator, client.id)
    async with world.database.write() as tx:
        for actor in (other, stranger, person):
            for call in (
                world.handover.look(tx, actor, client.id, world.now),
                world.handover.ask(tx, actor, client.id, PARTS, world.now),
                world.handover.signed(tx, actor, client.id, PARTS, date(2027, 2, 1), world.now),
                world.handover.take_back(tx, actor, consent_id, world.now),
                world.handover.bundle(tx, actor, client.id, Part, "x", world.now),
                world.handover.hand_over(tx, actor, bundle, "pdf", world.now),
            ):
                with pytest.raises(Exception) as refused:
                    await call
                assert type(refused.value).__name__ in ("NotFoundError", "NotAllowedError")
        for actor in (other, stranger, coordinator):
            for id_ in (consent_id, "nothing"):
                for own in (
                    world.handover.own(tx, actor, id_, world.now),
                    world.handover.answer(tx, actor, id_, True, world.now),
                    world.handover.revoke(tx, actor, id_, world.now),
                ):
                    with pytest.raises(NotFoundError):
                        await own


async def test_a_case_that_goes_takes_its_consents_along(world: World) -> None:
    coordinator, client, person = await world.case()
    consent_id = await asked(world, coordinator, client.id)
    found = await answered(world, person, consent_id, True)
    agreed = await packed(world, coordinator, client.id, found.consent.parts)
    async with world.database.write() as tx:
        await world.handover.hand_over(tx, coordinator, agreed, "pdf", world.now)
        # Whoever forgets the chat has not taken the yes back: the office still can.
        await world.agreements.forget_person(tx, person, world.now)
        await world.people.forget(tx, person.id)
        assert (await world.handover.look(tx, coordinator, client.id, world.now)).valid is not None
