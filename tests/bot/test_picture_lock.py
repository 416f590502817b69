"""The picture lock on the phone: nothing of a record is shown before the pictures were right, whichever way somebody asks for it."""

import pytest

from people.locks import rules
from playground.types import Json
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, Pocket, all_said, data_of, said, sentence

RIGHT, WRONG = "0158", "0185"
MINUTES = rules.OPEN_FOR.total_seconds() / 60
TITLE = "CV"


@pytest.fixture
async def amira(lotse: LotseWorld) -> Pocket:
    staff = await lotse.coordinator(COORDINATOR, "en")
    amira, case = await lotse.client(staff, "LM-41", CLIENT, "en")
    now, actor = lotse.clock.now(), await staff.actor()
    async with lotse.core.database.write() as tx:
        day = now.date().replace(year=2027)
        await lotse.core.agreements.add_milestone(tx, actor, case, "write_cv", {}, day, None, now)
        local = now.replace(tzinfo=None, year=2027)
        await lotse.core.agreements.add_appointment(
            tx, actor, case, "jobcenter", "Haar", "Hauptstraße 1", local, 30, [], now
        )
    await lotse.quiet()
    await amira.reads()
    return amira


async def taps(phone: Pocket, route: str, pictures: str) -> Json:
    """Tap pictures one after the other, by what a changed app could send; returns what then stands on the phone."""
    for number in range(1, len(pictures) + 1):
        await phone.tampers(f"{route}:{pictures[:number]}")
    return await phone.last()


async def lock(phone: Pocket) -> None:
    await phone.tampers("pin")
    asked = await taps(phone, "pin.new", RIGHT)
    assert sentence("en", "pin.repeat", number=4) in said(asked)
    on = await taps(phone, "pin.again", RIGHT)
    assert sentence("en", "pin.is_on") in said(on)


async def test_every_way_to_details_leads_to_the_pictures_first(lotse: LotseWorld, amira: Pocket) -> None:
    [goals] = await amira.says("/goals")
    goal = next(data for data in data_of(goals) if data.startswith("goal:"))
    appointment = next(
        data for data in data_of((await amira.says("/appointments"))[-1]) if data[:5] == "appt:"
    )
    await lock(amira)
    assert TITLE in said((await amira.says("/goals"))[-1]), "open for a while, for whoever has just set it"
    await lotse.moves(minutes=MINUTES + 1)
    for command in ("/goals", "/appointments", "/mydata"):
        locked = await amira.says(command)
        assert sentence("en", "pin.enter", number=4) in said(locked[-1]), command
        assert not any(mark in all_said(locked) for mark in (TITLE, "Hauptstraße", "LM-41")), command
    for data in (
        goal,
        appointment,
        appointment.replace("appt:", "appt.ics:"),
        "mydata.file:json",
        "lb.pdf:agreement",
        "mydata.seen",
    ):
        # From another message: the pad does not change when it is asked for anew.
        await amira.says("/menu")
        locked = await amira.tampers(data)
        assert sentence("en", "pin.enter", number=4) in said(locked[-1]), data
        assert not [message for message in locked if "document" in message], data
    assert sentence("en", "menu.title") in said((await amira.says("/menu"))[-1]), (
        "what is everybody's stays open"
    )


async def test_the_right_pictures_open_what_was_asked_for(lotse: LotseWorld, amira: Pocket) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    pad = (await amira.says("/goals"))[-1]
    assert data_of(pad)[:9] == [f"pin.is:{number}" for number in range(9)]
    wrong = await taps(amira, "pin.is", WRONG)
    assert sentence("en", "pin.wrong", number=4) in said(wrong)
    opened = await taps(amira, "pin.is", RIGHT)
    assert data_of(opened)[0] == "my.goals"
    assert TITLE in said((await amira.taps(data="my.goals", message_id=opened["message_id"]))[-1])


async def test_wrong_pictures_make_wait(lotse: LotseWorld, amira: Pocket) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    await amira.says("/goals")
    for _ in range(3):
        told = await taps(amira, "pin.is", WRONG)
    assert sentence("en", "pin.wait", moment="")[:25] in said(told)
    assert sentence("en", "pin.wait", moment="")[:25] in said(await taps(amira, "pin.is", RIGHT))
    assert sentence("en", "pin.wait", moment="")[:25] in said((await amira.says("/goals"))[-1])
    await lotse.moves(minutes=2)
    assert data_of(await taps(amira, "pin.is", RIGHT))[0] == "my.goals"


async def test_neither_removed_nor_changed_while_it_is_shut(lotse: LotseWorld, amira: Pocket) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    for data in ("pin", "pin.off", "pin.change"):
        await amira.says("/menu")
        assert sentence("en", "pin.enter", number=4) in said((await amira.tampers(data))[-1]), data
    await taps(amira, "pin.new", WRONG)
    refused = await taps(amira, "pin.again", WRONG)
    assert sentence("en", "error.not_found") in said(refused)
    await amira.tampers("pin.off")
    opened = await taps(amira, "pin.is", RIGHT)
    assert data_of(opened)[0] == "pin"
    await amira.taps(data="pin", message_id=opened["message_id"])
    gone = (await amira.tampers("pin.off"))[-1]
    assert sentence("en", "pin.is_off") in said(gone)
    await lotse.moves(minutes=MINUTES + 1)
    assert TITLE in said((await amira.says("/goals"))[-1])


async def test_forgotten_pictures_go_with_a_new_link_of_the_coordinator(
    lotse: LotseWorld, amira: Pocket
) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    staff = lotse.phone(COORDINATOR)
    async with lotse.core.database.write() as tx:
        actor, now = await staff.actor(), lotse.clock.now()
        case = await lotse.core.agreements.client_by_case(tx, actor, "LM-41")
        code = (await lotse.core.agreements.relink(tx, actor, case.id, now)).code
    await amira.opens(f"join_{code}")
    await amira.taps(data="join")
    assert TITLE in said((await amira.says("/goals"))[-1])
    assert lotse.rows("SELECT count(*) FROM picture_locks") == [(0,)]
