"""A coordinator's day on the phone: open a case, invite the client, agree on a goal, remind, move, confirm; and what is refused."""

import json

import pytest

from playground.types import Json
from tests.bot.world import CLIENT, LotseWorld, Pocket, all_said, data_of, said, sentence

NUMBER = "LM-2027/014"


def deep_link(messages: list[Json]) -> str:
    """The link of an invitation, as a phone recognises it."""
    words = all_said(messages).split()
    return next(word for word in words if word.startswith("https://t.me/"))


def only(messages: list[Json], prefix: str) -> str:
    """The one piece of callback data below these messages that begins so."""
    found = {data for message in messages for data in data_of(message) if data.startswith(prefix)}
    assert len(found) == 1, found
    return found.pop()


async def opens_case(coordinator: Pocket, number: str = NUMBER, language: str = "ar") -> list[Json]:
    await coordinator.taps(data="cl.new")
    await coordinator.says(number)
    await coordinator.taps(data=f"cl.lang:{language}")
    return await coordinator.taps("Haar")


async def agrees(coordinator: Pocket, client_id: str, day: str = "3.3.2027") -> str:
    """A goal without an offer; returns its id."""
    await coordinator.tampers(f"ms.new:{client_id}")
    await coordinator.taps(data="ms.phrase:register_german_course")
    await coordinator.says(day)
    await coordinator.taps(data="ms.offer:none")
    shown = await coordinator.taps("✅ Speichern")
    return only(shown, "ms:").removeprefix("ms:")


async def test_from_a_case_number_to_a_goal_that_is_done(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    invited = await opens_case(coordinator)
    assert [message["document"]["file_name"] for message in invited if "document" in message] == [
        "lotse-qr.png"
    ]
    client = lotse.phone(CLIENT, language="en")
    await client.opens(deep_link(invited))
    await client.taps(data="lang:en")
    await client.taps(data=next(data for data in data_of(await client.last()) if data.startswith("notice:")))
    await client.taps(data="join")
    await client.taps(data="remind:on")

    await coordinator.taps(data=only(invited, "ms.new:"))
    await coordinator.taps(data="ms.phrase:register_german_course")
    offers = await coordinator.taps("In 3 Tagen · Fr., 4. Dez.")
    offer = next(data for data in data_of(offers[-1]) if data.startswith("ms.offer:"))
    preview = all_said(await coordinator.taps(data=offer))
    assert "Freitag, 4. Dezember 2026, 09:00" in preview
    saved = await coordinator.taps("✅ Speichern")
    assert sentence("de", "ms.saved", case=NUMBER) in all_said(saved)
    milestone = only(saved, "ms:").removeprefix("ms:")

    told = await client.reads()
    assert [said(message) for message in told] == [sentence("en", "push.milestone")]
    goal = (await client.taps(data=f"goal:{milestone}"))[-1]
    assert said(goal) in preview
    assert any(data.startswith("offer:") for data in data_of(goal))

    await client.taps(data=f"goal.is:{milestone}:done")
    await coordinator.reads()
    confirmed = await coordinator.tampers(f"ms.ok:{milestone}")
    assert "✅" in all_said(confirmed)
    assert [said(message) for message in await client.reads()] == [sentence("en", "push.answer")]


async def test_the_previewed_reminder_is_the_one_that_arrives(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, language="uk")
    milestone = await agrees(coordinator, client_id)
    await client.reads()
    preview = all_said(await coordinator.tampers(f"ms.push:{milestone}"))
    assert await client.reads() == []
    await coordinator.taps(data=f"ms.push.yes:{milestone}")
    arrived = (await client.reads())[-1]
    opened = (await client.taps(data=data_of(arrived)[0]))[-1]
    for message in (arrived, opened):
        assert said(message) in preview
    again = await coordinator.tampers(f"ms.push:{milestone}")
    assert sentence("de", "error.already_reminded") in all_said(again)


async def test_nobody_is_reminded_who_does_not_want_it(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, reminders=False)
    milestone = await agrees(coordinator, client_id)
    await client.reads()
    screen = await coordinator.tampers(f"ms.push:{milestone}")
    assert sentence("de", "error.client_reminders_off") in all_said(screen)
    await coordinator.tampers(f"ms.push.yes:{milestone}")
    assert await client.reads() == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Herr Müller", "error.case_number_invalid"),
        ("12", "error.case_number_invalid"),
        ("taken-1", "error.case_number_taken"),
    ],
)
async def test_a_wrong_case_number_is_explained_and_asked_for_again(
    lotse: LotseWorld, typed: str, why: str
) -> None:
    coordinator = await lotse.coordinator()
    await lotse.case(coordinator, "TAKEN-1")
    await coordinator.taps(data="cl.new")
    answer = await coordinator.says(typed)
    assert sentence("de", why) in all_said(answer)
    assert data_of(answer[-1]) == ["cl.cancel"]
    assert "cl.lang:ar" in data_of((await coordinator.says(f" {NUMBER.lower()} "))[-1])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31.02.", "date.not_understood"),
        ("morgen", "date.not_understood"),
        ("30.11.2026", "error.due_in_past"),
        ("1.1.2031", "error.due_too_far"),
    ],
)
async def test_a_wrong_date_is_explained_and_asked_for_again(lotse: LotseWorld, typed: str, why: str) -> None:
    coordinator = await lotse.coordinator()
    client_id = await lotse.case(coordinator, NUMBER)
    await coordinator.tampers(f"ms.new:{client_id}")
    await coordinator.taps(data="ms.phrase:finish_course")
    assert sentence("de", why) in all_said(await coordinator.says(typed))
    assert "ms.offer:none" in data_of((await coordinator.says("٣.٣.٢٧"))[-1])
    await coordinator.taps(data="ms.offer:none")
    assert "Mittwoch, 3. März 2027" in said(await coordinator.last())


async def test_a_goal_is_moved_and_dropped_only_after_a_second_tap(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator)
    milestone = await agrees(coordinator, client_id)
    await client.reads()
    await coordinator.tampers(f"ms.move:{milestone}")
    await coordinator.says("10.3.2027")
    assert await client.reads() == []
    moved = await coordinator.taps(data=f"ms.move.yes:{milestone}:2027-03-10")
    assert "Mittwoch, 10. März 2027" in all_said(moved)
    assert [said(message) for message in await client.reads()] == [sentence("ar", "push.milestone")]
    await coordinator.taps(data=f"ms.drop:{milestone}")
    dropped = await coordinator.taps(data=f"ms.drop.yes:{milestone}")
    assert sentence("de", "milestone.status.dropped") in all_said(dropped)
    assert not any(data.startswith("ms.") for data in data_of(dropped[-1]))


async def test_one_step_back_asks_again_and_forgets_what_came_after(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client_id = await lotse.case(coordinator, NUMBER)
    await coordinator.tampers(f"ms.new:{client_id}")
    await coordinator.taps(data="ms.list:4")
    await coordinator.taps(data="ms.phrase:bring_paper")
    await coordinator.taps(data="ms.paper:work_permit")
    await coordinator.says("3.3.2027")
    await coordinator.taps(data="ms.back:due")
    assert "ms.due:2026-12-04" in data_of(await coordinator.last())
    await coordinator.taps(data="ms.back:slot")
    await coordinator.taps(data="ms.paper:bank_form")
    await coordinator.taps(data="ms.due:2026-12-04")
    await coordinator.taps(data="ms.offer:none")
    assert "Formular der Bank" in said(await coordinator.last())


async def test_an_older_preview_saves_nothing_else(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client_id = await lotse.case(coordinator, NUMBER)
    previews: list[str] = []
    for phrase in ("finish_course", "take_german_exam"):
        await coordinator.tampers(f"ms.new:{client_id}")
        await coordinator.taps(data=f"ms.phrase:{phrase}")
        await coordinator.taps(data="ms.due:2026-12-04")
        await coordinator.taps(data="ms.offer:none")
        previews.append(only([await coordinator.last()], "ms.save:"))
    refused = await coordinator.tampers(previews[0])
    assert sentence("de", "error.dialogue_over") in all_said(refused)
    await coordinator.tampers(previews[1])
    await coordinator.tampers(previews[1])
    assert lotse.rows("SELECT phrase FROM milestones") == [("take_german_exam",)]


async def test_beginning_another_dialogue_ends_the_one_before(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client_id = await lotse.case(coordinator, NUMBER)
    milestone = await agrees(coordinator, client_id)
    await coordinator.tampers(f"ms.move:{milestone}")
    await coordinator.tampers("cl.new")
    assert "cl.lang:ar" in data_of((await coordinator.says("10.3.27"))[-1])


async def test_a_client_is_found_by_a_part_of_the_case_number(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    for number in range(1, 11):
        await lotse.case(coordinator, f"LM-2027/{number:03}")
    listed = await coordinator.tampers("cl.list")
    assert sentence("de", "cl.page", page=1, pages=2) in all_said(listed)
    await coordinator.taps(data="cl.find")
    assert sentence("de", "cl.find.none") in all_said(await coordinator.says("zzz"))
    assert "👤 LM-2027/007" in all_said(await coordinator.says("/007"))
    await coordinator.tampers("cl.find")
    assert "👤" not in all_said(await coordinator.says("2027"))


async def test_a_linked_client_is_invited_again_only_after_a_second_tap(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator)
    asked = await coordinator.tampers(f"cl.invite:{client_id}")
    assert "https://t.me/" not in all_said(asked)
    link = deep_link(await coordinator.taps(data=f"cl.invite.yes:{client_id}"))
    other = await lotse.joins(7009, link.partition("join_")[2], "uk")
    assert f"cl:{client_id}" not in data_of(await other.last())
    assert sentence("ar", "own.not_linked") in all_said(await client.tampers("my.goals"))


async def test_a_colleague_and_a_client_learn_nothing_of_a_case(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator)
    milestone = await agrees(coordinator, client_id)
    colleague = await lotse.coordinator(7010)
    routes = ("cl", "cl.invite", "cl.invite.yes", "ms.new")
    taps = [f"{route}:{client_id}" for route in routes]
    taps += [f"{name}:{milestone}" for name in ("ms", "ms.ok", "ms.move", "ms.drop.yes", "ms.push.yes")]
    taps += [f"ms.to:{milestone}:2027-03-10", f"ms.move.yes:{milestone}:2027-03-10"]
    before = lotse.rows("SELECT * FROM milestones")
    for data in taps:
        assert sentence("de", "error.not_found") in all_said(await colleague.tampers(data)), data
        assert sentence("ar", "error.not_allowed") in all_said(await client.tampers(data)), data
    assert lotse.rows("SELECT * FROM milestones") == before


async def test_only_an_administrator_invites_coordinators(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    assert "join_" in all_said(await coordinator.tampers("iv.role:volunteer"))
    assert sentence("de", "error.not_allowed") in all_said(await coordinator.tampers("iv.role:coordinator"))
    assert sentence("de", "error.not_found") in all_said(await coordinator.tampers("iv.role:administrator"))
    administrator = await lotse.administrator()
    link = deep_link(await administrator.taps(data="iv.role:coordinator"))
    colleague = await lotse.joins(7011, link.partition("join_")[2])
    assert "cl.list" in data_of(await colleague.last())


async def test_a_case_number_stands_nowhere_in_the_database(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    await opens_case(coordinator)
    everything = lotse.database_file.read_bytes()
    wal = lotse.database_file.with_name(lotse.database_file.name + "-wal")
    everything += wal.read_bytes() if wal.exists() else b""
    assert NUMBER.encode() not in everything
    assert json.dumps(NUMBER).encode() not in everything
