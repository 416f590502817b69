"""What is held about whom: a rule for every table and column, the copy that a person gets, and how long everything stays."""

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Table, func, insert, select

from agreements.files.rules import draft_kind
from agreements.files.types import Channel
from agreements.holds.repository import HoldsRepository
from agreements.holds.types import HoldReason
from agreements.privacy.rules import RULES
from agreements.privacy.service import PrivacyService
from agreements.privacy.types import Limits, Whose
from db.engine import Database
from db.tables import metadata
from db.types import UtcDateTime
from delivery.types import Incoming, Kind, Outgoing
from lotse.settings import RetentionSettings
from people.errors import NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World

KEPT = Limits()


# --- the rules themselves


def test_every_table_has_a_rule() -> None:
    assert set(RULES) == set(metadata.tables), "say in agreements/privacy/rules.py whose the table is"


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_every_column_is_shown_or_explained(table: Table) -> None:
    rule = RULES[table.name]
    named = [*rule.shown, *(name for names in rule.not_personal.values() for name in names)]
    assert sorted(named) == sorted(table.columns.keys())
    assert set(rule.trail) <= set(table.columns.keys())


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_the_rule_says_where_the_keys_lead(table: Table) -> None:
    rule = RULES[table.name]
    parents = {key.column.table.name: key.parent.name for key in table.foreign_keys}
    if rule.whose is Whose.NOBODY:
        assert not {"persons", "clients"} & set(parents)
        return
    if rule.of:
        assert RULES[rule.of].whose is rule.whose
        assert parents[rule.of] == rule.by
    elif rule.whose is Whose.CASE:
        assert rule.by in ("id" if table.name == "clients" else "client_id")
    elif rule.whose is Whose.PERSON:
        assert rule.by == ("id" if table.name == "persons" else "person_id")
    ends = {key.parent.name: key.ondelete for key in table.foreign_keys}
    if rule.whose in (Whose.PERSON, Whose.CASE) and rule.by in ends:
        assert ends[rule.by] == "CASCADE", "the rows must go with what they hang on"


def test_the_settings_are_the_limits() -> None:
    assert RetentionSettings().model_dump() == dataclasses.asdict(KEPT)


# --- whatever a table holds goes with the person or the case


def _value(column: Any, number: int) -> Any:
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat("2027-01-01T10:00:00+00:00")
    kinds: tuple[tuple[type, Any], ...] = (
        (Boolean, False),
        (Date, date(2027, 1, 1)),
        (LargeBinary, b"x"),
        (Integer, number),
    )
    found = [value for kind, value in kinds if isinstance(column.type, kind)]
    return found[0] if found else f"x{number}"


ACCESS = {"access_log", "access_chain"}
"""Filled by whoever is given a record, and in no other way: their rows are bound to each other."""


async def _fill(database: Database, person_id: str, client_id: str) -> None:
    """One row in every table that has a rule about people, made from the schema alone."""
    ids = {"persons": person_id, "clients": client_id}
    async with database.write() as tx:
        for number, table in enumerate(metadata.sorted_tables):
            if table.name in ids or table.name in ACCESS:
                continue
            values = {}
            for column in table.columns:
                if column.nullable and not column.foreign_keys and column.name not in RULES[table.name].trail:
                    continue
                parent = next((key.column.table.name for key in column.foreign_keys), None)
                values[column.name] = ids.get(parent or "") if parent else _value(column, number)
                if column.name in ("person_id", *RULES[table.name].trail):
                    values[column.name] = person_id
                if column.name == "client_id":
                    values[column.name] = client_id
            if table.name != "inbox":
                await tx.execute(insert(table).values(**values))
                ids[table.name] = str(values[next(iter(table.primary_key.columns)).name])


async def _naming(database: Database, wanted: str) -> dict[str, int]:
    """In how many rows of which tables an id stands, in any column."""
    found = {}
    async with database.read() as tx:
        for table in metadata.tables.values():
            count = sum(wanted in map(str, row) for row in await tx.execute(select(table)))
            if count:
                found[table.name] = count
    return found


async def test_a_row_of_any_table_goes_with_its_person_or_its_case(
    world: World, privacy: PrivacyService
) -> None:
    coordinator, client, person = await world.case()
    await _fill(world.database, person.id, client.id)
    about_people = {
        name for name, rule in RULES.items() if rule.whose in (Whose.PERSON, Whose.CASE, Whose.UNLINKED)
    }
    named = set(await _naming(world.database, person.id)) | set(await _naming(world.database, client.id))
    assert about_people - named == {name for name, rule in RULES.items() if rule.of and not rule.trail}
    async with world.database.write() as tx:
        await privacy.forget(tx, person, world.now)
    assert await _naming(world.database, person.id) == {}
    counts = await _counts(world, privacy)
    assert all(
        counts[name] for name, rule in RULES.items() if rule.whose is Whose.CASE and name != "client_deputies"
    )
    assert all(counts[name] for name, rule in RULES.items() if rule.whose is Whose.UNLINKED)
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, client.id, world.now)
    assert counts["access_log"], "it names by keyed hashes alone"
    world.now += timedelta(days=KEPT.closed_cases, minutes=1)
    async with world.database.write() as tx:
        await privacy.purge(tx, world.now)
    async with world.database.read() as tx:
        assert (await world.trail.check(tx)).whole
    assert await _naming(world.database, client.id) == {}
    counts = await _counts(world, privacy)
    assert not [name for name, rule in RULES.items() if rule.whose is Whose.CASE and counts[name]]
    async with world.database.read() as tx:
        assert await HoldsRepository(world.cipher).buried_on(tx, client.case_number) == world.now.date()


async def _counts(world: World, privacy: PrivacyService) -> dict[str, int]:
    async with world.database.read() as tx:
        return await privacy._repository.counts(tx)


# --- the copy


async def test_the_office_reads_what_the_chat_only_counts(world: World, privacy: PrivacyService) -> None:
    coordinator, client, person = await world.case()
    other, _, _ = await world.case()
    async with world.database.write() as tx:
        await world.files.add_note(tx, coordinator, client.id, "Sorgen wegen der Schule", world.now)
        await world.files.add_contact(
            tx, coordinator, client.id, Channel.PHONE, date(2027, 1, 5), "", world.now
        )
        chat = await privacy.copy(tx, person, world.now)
        whole = await privacy.copy_of_case(tx, coordinator, client.case_number.lower(), world.now)
        with pytest.raises(NotFoundError):
            await privacy.copy_of_case(tx, other, client.case_number, world.now)
    assert chat.at_office == {"case_notes": 2, "client_changes": 2}
    assert "case_notes" not in chat.rows
    assert chat.count("case_notes") == 2
    assert [note["text"] for note in whole.rows["case_notes"]] == ["Sorgen wegen der Schule", None]
    assert chat.first("clients")["case"] == client.case_number
    assert whole.as_json()["only_at_the_office"] == {}


async def test_what_is_typed_of_an_interview_is_the_clients_and_stays_at_the_office(
    world: World, privacy: PrivacyService
) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.people.put_draft(
            tx, coordinator, draft_kind(client.id), "typing", {"call_name": "Amira"}, world.now
        )
        await world.people.put_draft(tx, coordinator, "milestone", "due", {"case": "LM-1"}, world.now)
        of_staff = await privacy.copy(tx, coordinator, world.now)
        of_client = await privacy.copy(tx, person, world.now)
        whole = await privacy.copy_of_case(tx, coordinator, client.case_number, world.now)
    assert [draft["kind"] for draft in of_staff.rows["drafts"]] == ["milestone"]
    assert "Amira" not in repr(of_staff)
    assert "Amira" not in repr(of_client)
    assert of_client.at_office["interviews"] == 1
    assert [draft["data"] for draft in whole.rows["interviews"]] == [{"call_name": "Amira"}]


# --- how long everything stays


async def _of_every_class(world: World) -> tuple[Actor, str]:
    """Something of each class of data, all of it over and done with now; returns its coordinator and the case."""
    coordinator, client, person = await world.case()
    stranger = await world.person()
    now = world.now
    async with world.database.write() as tx:
        await world.people.choose_language(tx, stranger, "en")
        await world.people.accept_notice(tx, stranger, "1", now)
        await world.people.meet(tx, 99, "en", now)
        await world.delivery.receive(tx, [Incoming(1, 1, "text", {"text": "x"})], now)
        [item] = await world.delivery.claim_inbox(tx, now, 5)
        await world.delivery.finish(tx, item, now)
        await world.delivery.enqueue(tx, Outgoing("x", person.id, Kind.PUSH, {}, now), now)
        await world.delivery.cancel(tx, "x", "test", now)
        note = await world.files.add_note(tx, coordinator, client.id, "weg", now)
        await world.files.remove_note(tx, coordinator, note.id, now)
        await world.files.change(tx, coordinator, client.id, {"profession": "Koch"}, now)
    volunteer = await world.person(Role.VOLUNTEER)
    async with world.database.write() as tx:
        await world.people.set_roles(tx, volunteer.id, (), now, by=None)
        await _by_hand(tx, coordinator.id, now)
        await world.agreements.end_case(tx, coordinator, client.id, now)
    return coordinator, client.id


async def _by_hand(tx: Any, person_id: str, now: datetime) -> None:
    """What other services write, of somebody who stays: else it would go with the person and not in its own time."""
    whose = {"person_id": person_id}
    for name, values in {
        "campaigns": {"id": "c", "audience": "clients", "send_at": now, "created_by": "", "created_at": now},
        "providers": {"id": "p", "external_id": "p", "name": "p", "row_hash": "p"},
        "offers": {"id": "o", "provider_id": "p"},
        "offer_reports": {"id": "r", "offer_id": "o", "created_at": now, "closed_at": now, **whose},
        "meetings": {"id": "m", "created_by": person_id},
        "meeting_guests": {"meeting_id": "m", "day": now.date(), **whose},
        "saved_offers": {"offer_id": "o", "saved_at": now, **whose},
        "saved_profiles": {"id": "s", "used_at": now, **whose},
        "saved_searches": {"id": "s", "told_at": now, "seen_at": now, **whose},
        "feedback_asks": {"id": "a", "offer_id": "o", "asked_at": now, **whose},
        "invitation_attempts": {"id": "i", "at": now, **whose},
    }.items():
        table = metadata.tables[name]
        needed = {c.name: _value(c, 1) for c in table.columns if not c.nullable and not c.foreign_keys}
        await tx.execute(insert(table).values(needed | values))


AFTER = {
    "strangers": (KEPT.strangers, {"persons": None}),
    "updates": (KEPT.updates, {"inbox": 1}),
    "messages": (KEPT.messages, {"outbox": None}),
    "attempts": (KEPT.attempts, {"invitation_attempts": 1}),
    "invitations": (KEPT.invitations + 3, {"invitations": None}),
    "removed_notes": (KEPT.removed_notes, {"case_notes": 1}),
    "idle_chats": (KEPT.idle_chats, {"persons": None}),
    "reports": (KEPT.reports, {"offer_reports": 1}),
    "campaigns": (KEPT.campaigns, {"campaigns": 1}),
    "guests": (KEPT.guests, {"meeting_guests": 1}),
    "asked": (KEPT.asked, {"feedback_asks": 1}),
    "saved": (KEPT.saved, {"saved_offers": 1, "saved_profiles": 1, "saved_searches": 1}),
    "access_log": (KEPT.access_log, {"access_log": None}),
    "history": (KEPT.history, {"client_changes": None}),
    "ended_roles": (KEPT.ended_roles, {"roles": None}),
    "closed_cases": (KEPT.closed_cases, {"clients": 1}),
    "tombstones": (KEPT.closed_cases + KEPT.tombstones, {"tombstones": 1}),
}
"""When each class must be gone, and where that shows: how many rows there are of no other class; None where others share the table."""


def test_every_class_is_tried() -> None:
    assert set(AFTER) == {field.name for field in dataclasses.fields(Limits)}


async def test_every_class_goes_a_day_after_its_limit_at_the_latest_and_not_before(
    world: World, privacy: PrivacyService
) -> None:
    start = world.now
    await _of_every_class(world)
    went: dict[str, dict[int, int]] = {}
    for day in sorted({limit + more for limit, _ in AFTER.values() for more in (-1, 0, 1)}):
        world.now = start + timedelta(days=day, minutes=5)
        async with world.database.write() as tx:
            seen = await privacy.preview(tx, world.now)
            assert await privacy.preview(tx, world.now) == seen, "a preview changes nothing"
            assert await privacy.purge(tx, world.now) == seen
        for name, count in seen.items():
            went.setdefault(name, {})[day] = count
    for name, (limit, tables) in AFTER.items():
        for table, rows in tables.items():
            days = went.get(table, {})
            if rows is None:
                assert {limit, limit + 1} & set(days), (name, table, days)
            else:
                assert days in ({limit: rows}, {limit + 1: rows}), (name, table, days)
    left = await _counts(world, privacy)
    assert {name for name, count in left.items() if count} <= {"persons", "roles", "meetings"}, (
        "the coordinator alone is left, and that there is a meeting"
    )
    async with world.database.read() as tx:
        holders = await world.people.holders(tx, Role.COORDINATOR)
        people = await tx.execute(select(func.count()).select_from(metadata.tables["persons"]))
        assert len(holders) == 1
        assert people.scalar_one() == 1


async def test_who_has_an_open_case_is_never_idle(world: World, privacy: PrivacyService) -> None:
    _, client, person = await world.case()
    async with world.database.write() as tx:
        await world.people.choose_language(tx, person, "ar")
        await world.people.accept_notice(tx, person, "1", world.now)
    world.now += timedelta(days=KEPT.idle_chats * 5)
    async with world.database.write() as tx:
        await privacy.purge(tx, world.now)
        assert (await world.people.actor(tx, person.id)).id == person.id
        assert await privacy._repository.cases_of(tx, person.id) == [client.id]


async def test_who_never_went_on_past_the_notice_is_forgotten_after_a_day(
    world: World, privacy: PrivacyService
) -> None:
    start = world.now
    stranger, speaks = await world.person(), await world.person()
    went_on, staff = await world.person(), await world.person(Role.VOLUNTEER)
    _, _, client = await world.case()
    async with world.database.write() as tx:
        await world.people.choose_language(tx, speaks, "de")
        await world.people.accept_notice(tx, went_on, "1", world.now)

    async def left(now: datetime) -> list[Actor]:
        async with world.database.write() as tx:
            await privacy.purge(tx, now)
            there = [await world.people.with_chat(tx, [a.id]) for a in everybody]
        return [actor for actor, found in zip(everybody, there, strict=True) if found]

    everybody = [stranger, speaks, went_on, staff, client]
    assert await left(start + timedelta(hours=24)) == everybody
    assert await left(start + timedelta(hours=25)) == [went_on, staff, client]


async def test_whose_case_names_a_coordinator_who_left_is_kept_and_so_is_the_coordinator(
    world: World, privacy: PrivacyService
) -> None:
    """A case under a hold outlives the roles of whoever looked after it."""
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, client.id, world.now)
        until = (world.now + timedelta(days=KEPT.ended_roles * 2)).date()
        await world.cases.holds.hold(tx, coordinator, client.id, HoldReason.COURT, until, world.now)
        await world.people.end_rights(tx, coordinator.id, world.now)
    # The role goes in the first pass; the second one meets somebody without any.
    for days in (KEPT.ended_roles + 1, KEPT.ended_roles + 2):
        async with world.database.write() as tx:
            await privacy.purge(tx, world.now + timedelta(days=days))
    async with world.database.write() as tx:
        assert (await world.people.actor(tx, coordinator.id)).roles == frozenset()
        assert await privacy._repository.cases_with(tx, client.case_number) == [client.id]
        await world.cases.holds._repository.lift(tx, client.id, coordinator.id, world.now)
        # The case goes, and nobody needs the coordinator any more.
        await privacy.purge(tx, world.now + timedelta(days=KEPT.ended_roles + 3))
        await privacy.purge(tx, world.now + timedelta(days=KEPT.ended_roles + 4))
        with pytest.raises(NotFoundError):
            await world.people.actor(tx, coordinator.id)
