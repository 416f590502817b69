"""Appointments on both databases: made, moved, cancelled by either side, and the calendar file."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from agreements import errors
from agreements.types import (
    AppointmentStatus,
    Bring,
    HelpReason,
    RequestKind,
)
from tests.db.agreements_world import World, at, states

FEB = date(2027, 2, 20)


async def test_whole_life_of_an_appointment(world: World) -> None:
    coordinator, client, person = await world.case()
    made = await world.appointment(coordinator, client, "2027-02-10 14:00")
    assert made.bring == (Bring.LOGBOOK,)
    assert [row.occurrence for row in await world.rows(made.id)] == [
        at("2027-02-09 18:00"),
        at("2027-02-10 12:00"),
    ]
    async with world.database.write() as tx:
        receipt = await world.agreements.request_cancel(tx, person, made.id, HelpReason.CHILDCARE, world.now)
        again = await world.agreements.request_cancel(tx, person, made.id, HelpReason.CHILDCARE, world.now)
        assert (receipt.new, again.new) == (True, False)
        assert receipt.request.kind is RequestKind.CANCEL_APPOINTMENT
    assert states(await world.rows(made.id)) == ["cancelled", "cancelled"]
    async with world.database.write() as tx:
        moved = await world.agreements.move_appointment(
            tx, coordinator, made.id, datetime(2027, 2, 10, 16), world.now
        )
        assert moved.status is AppointmentStatus.PLANNED
        assert await world.agreements.own_appointments(tx, person, world.now) == [moved]
        assert (
            await world.agreements.own_answer(tx, person, receipt.request.id)
        ).answer == "appointment_moved_ok"
    planned = [row for row in await world.rows(made.id) if row.state.value == "planned"]
    assert [(row.occurrence, row.not_after) for row in planned] == [
        (at("2027-02-09 18:00"), at("2027-02-10 16:00")),
        (at("2027-02-10 14:00"), at("2027-02-10 16:00")),
    ]
    async with world.database.write() as tx:
        await world.agreements.cancel_appointment(tx, coordinator, made.id, world.now)
        with pytest.raises(errors.AppointmentOverError):
            await world.agreements.request_cancel(tx, person, made.id, None, world.now)
        assert await world.agreements.own_appointments(tx, person, world.now) == []
        assert (await world.agreements.own_appointment(tx, person, made.id)).where == "Hauptstraße 1"
    await world.send()
    assert world.refs(person, "appointment") == [made.id]
    await world.until("2027-02-10 17:00")
    assert "reminder" not in world.pushed(person)


async def test_an_appointment_that_stays_is_reminded_of_again(world: World) -> None:
    coordinator, client, person = await world.case()
    made = await world.appointment(coordinator, client, "2027-02-10 14:00")
    async with world.database.write() as tx:
        receipt = await world.agreements.request_cancel(tx, person, made.id, None, world.now)
        await world.agreements.answer(tx, coordinator, receipt.request.id, "appointment_stays", {}, world.now)
        found = await world.agreements.appointment(tx, coordinator, made.id)
    assert found.status is AppointmentStatus.PLANNED
    assert states(await world.rows(made.id)) == ["planned", "planned"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"local": datetime(2027, 2, 1, 10)}, errors.AppointmentInPastError),
        ({"local": datetime(2029, 3, 1, 10)}, errors.AppointmentTooFarError),
        ({"minutes": 0}, errors.AppointmentMinutesError),
        ({"minutes": 721}, errors.AppointmentMinutesError),
        ({"place": "x" * 61}, errors.PlaceTooLongError),
        ({"where": "x" * 201}, errors.WhereTooLongError),
        ({"bring": ["passport"]}, errors.BringUnknownError),
        ({"phrase_id": "write_cv"}, errors.PhraseInvalidError),
    ],
)
async def test_appointments_are_checked(
    world: World, changes: dict[str, object], error: type[Exception]
) -> None:
    coordinator, client, _ = await world.case()
    given: dict[str, Any] = {
        "phrase_id": "doctor",
        "place": "Haar",
        "where": "",
        "local": datetime(2027, 2, 10, 9),
        "minutes": 30,
        "bring": [],
    } | changes
    async with world.database.write() as tx:
        with pytest.raises(error):
            await world.agreements.add_appointment(tx, coordinator, client.id, now=world.now, **given)


async def test_the_calendar_file_says_nothing_and_carries_nothing_in(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        made = await world.agreements.add_appointment(
            tx,
            coordinator,
            client.id,
            "doctor",
            "Haar",
            "Weg 1; Haus,2\r\nBEGIN:VALARM\r\nSUMMARY:x",
            datetime(2027, 3, 29, 9),
            30,
            [],
            world.now,
        )
    content = world.agreements.appointment_calendar(made, world.now)
    event: Any = Calendar.from_ical(content).walk("VEVENT")[0]
    assert (event["SUMMARY"], event["DTSTART"].dt.isoformat()) == ("Termin", "2027-03-29T09:00:00+02:00")
    assert (event["DTEND"].dt - event["DTSTART"].dt) == timedelta(minutes=30)
    assert [component.name for component in Calendar.from_ical(content).walk()].count("VALARM") == 0
    assert event["LOCATION"] == "Weg 1; Haus,2 BEGIN:VALARM SUMMARY:x, Haar"
    assert b"VTIMEZONE" in content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
