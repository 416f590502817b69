"""Persons on both databases: met, spoken to, invited, forgotten."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from db.crypto import Cipher
from db.engine import Database
from db.tables import metadata
from db.tables.people import invitation_attempts, invitations, persons
from delivery.types import Kind
from people.errors import InvitationInvalidError, NotAllowedError, NotFoundError, TooManyAttemptsError
from people.types import Actor, Draft, Invitation, NewInvitation, Role
from tests.db.delivery_world import START, Office

HOUR = timedelta(hours=1)


class Town(Office):
    """The office with short ways to what people do."""

    async def meet(self, chat_id: int, language: str = "de") -> Actor:
        async with self.database.write() as tx:
            return await self.people.meet(tx, chat_id, language, self.now)

    async def find(self, chat_id: int) -> Actor | None:
        async with self.database.read() as tx:
            return await self.people.find(tx, chat_id)

    async def invite(
        self, role: Role, by: Actor | None = None, client_id: str | None = None
    ) -> NewInvitation:
        async with self.database.write() as tx:
            return await self.people.invite(tx, by, role, self.now, client_id=client_id)

    async def look_up(self, actor: Actor, code: str) -> Invitation:
        """As at the bot's edge: what a wrong code wrote stays."""
        refused: Exception | None = None
        async with self.database.write() as tx:
            try:
                return await self.people.look_up(tx, actor, code, self.now)
            except (InvitationInvalidError, TooManyAttemptsError) as error:
                refused = error
        raise refused

    async def redeem(self, actor: Actor, invitation: Invitation) -> None:
        async with self.database.write() as tx:
            await self.people.redeem(tx, actor, invitation, self.now)

    async def join(self, chat_id: int, role: Role) -> Actor:
        actor = await self.meet(chat_id)
        await self.redeem(actor, await self.look_up(actor, (await self.invite(role)).code))
        return await self.again(actor)

    async def again(self, actor: Actor) -> Actor:
        async with self.database.read() as tx:
            return await self.people.actor(tx, actor.id)

    async def put(self, actor: Actor, kind: str, step: str, **data: Any) -> None:
        async with self.database.write() as tx:
            await self.people.put_draft(tx, actor, kind, step, data, self.now)

    async def draft(self, actor: Actor, kind: str) -> Draft | None:
        async with self.database.read() as tx:
            return await self.people.draft(tx, actor, kind, self.now)

    async def counts(self) -> dict[str, int]:
        """How many rows every table has."""
        async with self.database.read() as tx:
            return {
                name: (await tx.execute(select(func.count()).select_from(table))).scalar_one()
                for name, table in metadata.tables.items()
            }


@pytest.fixture
def town(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> Town:
    return Town(database, cipher, new_id)


async def test_a_stranger_becomes_a_person_with_nothing_but_chat_and_language(town: Town) -> None:
    assert await town.find(5_000_000_000) is None
    met = await town.meet(5_000_000_000, "uk")
    assert (met.person.language, met.person.language_chosen, met.person.notice_version) == ("uk", False, None)
    assert (met.roles, met.person.paused, met.person.reachable) == (frozenset(), False, True)
    assert await town.find(5_000_000_000) == met == await town.again(met)
    assert await town.meet(5_000_000_000, "ar") == met
    assert (await town.counts())["persons"] == 1
    other = await town.meet(5_000_000_001)
    assert other.id != met.id


async def test_the_address_is_the_chat_and_is_sealed(town: Town) -> None:
    met = await town.meet(987_654_321, "fa")
    async with town.database.read() as tx:
        address = await town.people.address(tx, met.id)
        row = (await tx.execute(select(persons))).one()
        assert await town.people.address(tx, "nobody") is None
    assert address is not None
    assert (address.person_id, address.chat_id, address.language) == (met.id, 987_654_321, "fa")
    assert (address.paused, address.reachable) == (False, True)
    assert "987654321" not in repr(row) + repr(address)
    assert row.chat_hash == town.people.chat_hash(987_654_321)


async def test_language_notice_and_pause_are_kept(town: Town) -> None:
    met = await town.meet(1)
    async with town.database.write() as tx:
        await town.people.choose_language(tx, met, "ar")
        await town.people.accept_notice(tx, met, "2027-01", town.now)
        await town.people.pause(tx, met, True)
    person = (await town.again(met)).person
    assert (person.language, person.language_chosen, person.notice_version, person.paused) == (
        "ar",
        True,
        "2027-01",
        True,
    )
    assert (await town.meet(1, "en")).person.language == "ar"
    async with town.database.write() as tx:
        await town.people.pause(tx, met, False)
        assert (await tx.execute(select(persons.c.notice_at))).scalar_one() == town.now
    assert not (await town.again(met)).person.paused


async def test_who_writes_again_is_reachable_again_and_was_seen(town: Town) -> None:
    met = await town.meet(1)
    town.now += HOUR
    assert (await town.meet(1)).person.seen_at == START
    town.now += timedelta(seconds=1)
    assert (await town.meet(1)).person.seen_at == town.now
    assert (await town.again(met)).person.seen_at == town.now
    async with town.database.write() as tx:
        await town.people.mark_reachable(tx, met.id, reachable=False)
    assert not (await town.again(met)).person.reachable
    assert (await town.meet(1)).person.reachable
    assert (await town.again(met)).person.reachable


async def test_nobody_has_the_id_of_nobody(town: Town) -> None:
    async with town.database.read() as tx:
        with pytest.raises(NotFoundError):
            await town.people.actor(tx, "nobody")


@pytest.mark.parametrize(
    ("role", "life", "uses"),
    [
        (Role.VOLUNTEER, timedelta(days=14), 50),
        (Role.COORDINATOR, timedelta(hours=72), 1),
        (Role.CLIENT, timedelta(hours=72), 1),
    ],
)
async def test_a_code_opens_until_it_is_too_old(town: Town, role: Role, life: timedelta, uses: int) -> None:
    actor = await town.meet(1)
    new = await town.invite(role, client_id="c1" if role is Role.CLIENT else None)
    assert new.expires_at == START + life
    found = await town.look_up(actor, new.code)
    assert (found.id, found.role, found.max_uses, found.uses) == (new.id, role, uses, 0)
    assert found.client_id == ("c1" if role is Role.CLIENT else None)
    town.now = START + life - timedelta(seconds=1)
    await town.look_up(actor, new.code)
    town.now = START + life
    with pytest.raises(InvitationInvalidError):
        await town.look_up(actor, new.code)
    with pytest.raises(InvitationInvalidError):
        await town.redeem(actor, found)
    assert (await town.again(actor)).roles == frozenset()


async def test_a_code_is_stored_nowhere(town: Town) -> None:
    new = await town.invite(Role.COORDINATOR)
    async with town.database.read() as tx:
        row = (await tx.execute(select(invitations))).one()
    assert row.id == new.id
    assert new.code not in [str(value) for value in row]
    assert row.token_hash == town.cipher.blind("invitation", new.code)


async def test_a_role_is_granted_once_and_ends(town: Town) -> None:
    administrator = await town.join(1, Role.ADMINISTRATOR)
    code = (await town.invite(Role.COORDINATOR, administrator)).code
    actor = await town.meet(2)
    found = await town.look_up(actor, code)
    await town.redeem(actor, found)
    actor = await town.again(actor)
    assert actor.roles == {Role.COORDINATOR}
    with pytest.raises(InvitationInvalidError):
        await town.look_up(actor, code)
    with pytest.raises(InvitationInvalidError):
        await town.redeem(actor, found)
    second = await town.invite(Role.COORDINATOR, administrator)
    await town.redeem(actor, await town.look_up(actor, second.code))
    assert (await town.counts())["roles"] == 2
    async with town.database.write() as tx:
        assert await town.people.holders(tx, Role.COORDINATOR) == [actor.id]
        await town.people.set_roles(tx, actor.id, (), town.now, by=None)
        assert await town.people.holders(tx, Role.COORDINATOR) == []
        assert await town.people.holders(tx, Role.ADMINISTRATOR) == [administrator.id]
    assert (await town.again(actor)).roles == frozenset()


async def test_a_client_invitation_gives_no_role(town: Town) -> None:
    actor = await town.meet(1)
    new = await town.invite(Role.CLIENT, client_id="c1")
    await town.redeem(actor, await town.look_up(actor, new.code))
    assert (await town.counts())["roles"] == 0
    with pytest.raises(InvitationInvalidError):
        await town.look_up(actor, new.code)


async def test_a_new_invitation_for_a_client_revokes_the_ones_before(town: Town) -> None:
    actor = await town.meet(1)
    first, foreign = (
        await town.invite(Role.CLIENT, client_id="c1"),
        await town.invite(Role.CLIENT, client_id="c2"),
    )
    held = await town.look_up(actor, first.code)
    second = await town.invite(Role.CLIENT, client_id="c1")
    with pytest.raises(InvitationInvalidError):
        await town.look_up(actor, first.code)
    with pytest.raises(InvitationInvalidError):
        await town.redeem(actor, held)
    assert (await town.look_up(actor, second.code)).client_id == "c1"
    assert (await town.look_up(actor, foreign.code)).client_id == "c2"


async def test_who_may_invite_whom(town: Town) -> None:
    coordinator, volunteer, administrator = [
        await town.join(number, role)
        for number, role in enumerate((Role.COORDINATOR, Role.VOLUNTEER, Role.ADMINISTRATOR))
    ]
    for actor, role, allowed in (
        (coordinator, Role.VOLUNTEER, True),
        (coordinator, Role.CLIENT, True),
        (coordinator, Role.COORDINATOR, False),
        (volunteer, Role.VOLUNTEER, False),
        (volunteer, Role.CLIENT, False),
        (administrator, Role.VOLUNTEER, True),
        (administrator, Role.LEAD, True),
        (administrator, Role.CLIENT, False),
    ):
        before = (await town.counts())["invitations"]
        if allowed:
            await town.invite(role, actor)
        else:
            with pytest.raises(NotAllowedError):
                await town.invite(role, actor)
        assert (await town.counts())["invitations"] == before + allowed


async def test_five_wrong_codes_an_hour_and_then_not_even_the_right_one(town: Town) -> None:
    guesser, other = await town.meet(1), await town.meet(2)
    code = (await town.invite(Role.ADMINISTRATOR)).code
    for number in range(5):
        with pytest.raises(InvitationInvalidError):
            await town.look_up(guesser, f"guess{number}")
        town.now += timedelta(minutes=10)
    for guess in ("guess", code):
        with pytest.raises(TooManyAttemptsError):
            await town.look_up(guesser, guess)
    # What is refused unseen counts no further; others are not hindered; an hour after the first guess there is one more.
    assert (await town.counts())["invitation_attempts"] == 5
    assert (await town.look_up(other, code)).role is Role.ADMINISTRATOR
    town.now = START + HOUR - timedelta(seconds=1)
    with pytest.raises(TooManyAttemptsError):
        await town.look_up(guesser, code)
    town.now = START + HOUR
    assert (await town.look_up(guesser, code)).role is Role.ADMINISTRATOR


@pytest.mark.parametrize("code", ["", "\0", "\ud800", "'; DROP TABLE persons; --", "x" * 5000, "🧭"])
async def test_whatever_is_tried_as_a_code_is_only_wrong(town: Town, code: str) -> None:
    with pytest.raises(InvitationInvalidError):
        await town.look_up(await town.meet(1), code)


async def test_of_many_who_hold_one_code_one_gets_in(town: Town) -> None:
    actors = [await town.meet(number) for number in range(8)]
    code = (await town.invite(Role.ADMINISTRATOR)).code
    found = [await town.look_up(actor, code) for actor in actors]

    async def race(actor: Actor, invitation: Invitation) -> bool:
        try:
            await town.redeem(actor, invitation)
        except InvitationInvalidError:
            return False
        return True

    won = await asyncio.gather(*map(race, actors, found))
    assert sum(won) == 1
    async with town.database.read() as tx:
        assert await town.people.holders(tx, Role.ADMINISTRATOR) == [actors[won.index(True)].id]


async def test_fifty_volunteers_and_not_one_more_use_one_code(town: Town) -> None:
    new = await town.invite(Role.VOLUNTEER)
    async with town.database.write() as tx:
        await tx.execute(update(invitations).values(uses=49))
    last, late = await town.meet(1), await town.meet(2)
    found = await town.look_up(late, new.code)
    await town.redeem(last, await town.look_up(last, new.code))
    with pytest.raises(InvitationInvalidError):
        await town.redeem(late, found)
    with pytest.raises(InvitationInvalidError):
        await town.look_up(late, new.code)


async def test_a_dialogue_has_one_step_of_each_kind_and_ends_by_itself(town: Town) -> None:
    actor, other = await town.meet(1), await town.meet(2)
    await town.put(actor, "client", "number", said="LM-1")
    await town.put(actor, "client", "place", said="LM-1", list=[1, None, "\ud83d"])
    await town.put(actor, "search", "hits")
    assert await town.draft(actor, "client") == Draft(
        "client", "place", {"said": "LM-1", "list": [1, None, "\ud83d"]}
    )
    assert await town.draft(other, "client") is None
    async with town.database.read() as tx:
        assert {draft.kind for draft in await town.people.drafts(tx, actor, town.now)} == {"client", "search"}
        assert await town.people.drafts(tx, other, town.now) == []
    async with town.database.write() as tx:
        await town.people.drop_draft(tx, actor, "search")
    assert await town.draft(actor, "search") is None
    town.now += timedelta(minutes=30) - timedelta(seconds=1)
    assert await town.draft(actor, "client") is not None
    town.now += timedelta(seconds=1)
    assert await town.draft(actor, "client") is None
    async with town.database.read() as tx:
        assert await town.people.drafts(tx, actor, town.now) == []


async def test_steps_that_are_over_and_old_guesses_are_removed(town: Town) -> None:
    actor = await town.meet(1)
    await town.put(actor, "old", "x")
    with pytest.raises(InvitationInvalidError):
        await town.look_up(actor, "wrong")
    town.now += timedelta(minutes=29)
    await town.put(actor, "new", "x")

    async def purge(now: datetime) -> tuple[int, int]:
        async with town.database.write() as tx:
            await town.people.purge(tx, now)
        counts = await town.counts()
        return counts["drafts"], counts["invitation_attempts"]

    assert await purge(town.now) == (2, 1)
    assert await purge(START + timedelta(minutes=30)) == (1, 1)
    assert await purge(START + timedelta(days=1)) == (0, 0)


async def test_forgetting_leaves_no_row_of_the_person_and_every_row_of_others(town: Town) -> None:
    async def everything(chat_id: int) -> Actor:
        actor = await town.join(chat_id, Role.VOLUNTEER)
        await town.put(actor, "search", "hits")
        with pytest.raises(InvitationInvalidError):
            await town.look_up(actor, "wrong")
        await town.push(actor, f"push:{chat_id}")
        await town.push(actor, f"reply:{chat_id}", kind=Kind.REPLY)
        return actor

    await everything(2)
    before = await town.counts()
    gone = await everything(1)
    await town.receive((1, 1))
    (item,) = await town.claim()
    async with town.database.write() as tx:
        await town.people.forget(tx, gone.id)
        await town.box.finish(tx, item, town.now)
    after = await town.counts()
    assert after == before | {"invitations": before["invitations"] + 1, "inbox": 1}
    assert await town.find(1) is None
    assert await town.find(2) is not None
    await _mentioned_nowhere(town, gone.id, town.people.chat_hash(1))


async def _mentioned_nowhere(town: Town, *traces: str) -> None:
    async with town.database.read() as tx:
        for name, table in metadata.tables.items():
            for row in await tx.execute(select(table)):
                assert not [value for value in row if value in traces], name


async def test_a_wrong_code_whose_work_is_rolled_back_is_not_counted(town: Town) -> None:
    actor = await town.meet(1)

    async def look_up() -> None:
        async with town.database.write() as tx:
            await town.people.look_up(tx, actor, "wrong", town.now)

    with pytest.raises(InvitationInvalidError) as caught:
        await look_up()
    # That is why the error says that its effect is to be kept.
    assert caught.value.keeps_effect
    async with town.database.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(invitation_attempts))).scalar_one() == 0
