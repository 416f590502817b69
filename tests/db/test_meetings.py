"""Meetings in storage, on both databases: who may change them, who is told of what, and what stays of them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from agreements.privacy.types import Limits
from agreements.pushes import Pushes
from db.tables.circle import meeting_guests, meetings
from offers.meetings.errors import MeetingOverError, MeetingPeopleError, MeetingTimeError
from offers.meetings.repository import MeetingsRepository
from offers.meetings.service import MeetingsService
from offers.meetings.types import MeetingDate, MeetingKind, NewMeeting, Rhythm
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World, at

WEEKLY = NewMeeting(MeetingKind.CIRCLE, "Haar", "Hauptstraße 1", date(2027, 2, 2), "18:30", Rhythm.WEEKLY)
FIRST, SECOND = date(2027, 2, 2), date(2027, 2, 9)


@pytest.fixture
def service(world: World, new_id: Callable[[], str]) -> MeetingsService:
    pushes = Pushes(world.delivery, world.people.house, new_id=new_id)
    return MeetingsService(MeetingsRepository(), world.delivery, pushes, new_id=new_id)


async def enter(
    world: World, service: MeetingsService, keeper: Actor, new: NewMeeting = WEEKLY
) -> MeetingDate:
    async with world.database.write() as tx:
        return await service.create(tx, keeper, new, world.now)


async def comes(world: World, service: MeetingsService, who: Actor, found: MeetingDate, day: date) -> None:
    async with world.database.write() as tx:
        await service.answer(tx, who, found.meeting.id, day, world.now, coming=True)


async def tick(world: World, service: MeetingsService) -> int:
    async with world.database.write() as tx:
        count = await service.tick(tx, world.now)
    await world.send()
    return count


async def test_who_comes_is_reminded_once_a_day_before_and_the_keeper_asked_once_afterwards(
    world: World, service: MeetingsService
) -> None:
    keeper, guest, other = [
        await world.person(role) for role in (Role.CIRCLE_COORDINATOR, Role.VOLUNTEER, Role.VOLUNTEER)
    ]
    found = await enter(world, service, keeper)
    assert found.starts_at == at("2027-02-02 18:30")
    await comes(world, service, guest, found, SECOND)
    async with world.database.write() as tx:
        await service.answer(tx, other, found.meeting.id, SECOND, world.now, coming=False)
    for moment, queued in (
        ("2027-02-08 18:00", 0),
        ("2027-02-08 18:40", 1),
        ("2027-02-08 19:00", 0),
        ("2027-02-09 21:00", 0),
    ):
        world.now = at(moment)
        assert [await tick(world, service), moment] == [queued + (moment == "2027-02-08 18:00"), moment]
    assert world.pushed(guest) == ["meeting"]
    assert world.pushed(other) == []
    assert world.pushed(keeper) == ["meeting"], "about the first date, which nobody said anything of"
    world.now = at("2027-02-10 09:00")
    assert await tick(world, service) == 1
    assert await tick(world, service) == 0
    assert world.refs(keeper, "meeting") == [f"{found.meeting.id}.20270202", f"{found.meeting.id}.20270209"]


async def test_whoever_says_so_on_the_day_before_is_not_reminded(
    world: World, service: MeetingsService
) -> None:
    keeper, guest = await world.person(Role.COORDINATOR), await world.person(Role.VOLUNTEER)
    found = await enter(world, service, keeper)
    world.now = at("2027-02-01 20:00")
    await comes(world, service, guest, found, FIRST)
    assert await tick(world, service) == 0


async def test_cancelled_moved_and_restored_dates_are_told_to_those_who_come(
    world: World, service: MeetingsService
) -> None:
    keeper, guest, other = [
        await world.person(role) for role in (Role.CIRCLE_COORDINATOR, Role.VOLUNTEER, Role.VOLUNTEER)
    ]
    found = await enter(world, service, keeper)
    meeting_id = found.meeting.id
    await comes(world, service, guest, found, SECOND)
    await comes(world, service, other, found, FIRST)
    async with world.database.write() as tx:
        assert await service.cancel(tx, keeper, meeting_id, SECOND, world.now) == 1
    await world.send()
    async with world.database.write() as tx:
        with pytest.raises(MeetingOverError):
            await service.answer(tx, guest, meeting_id, SECOND, world.now, coming=True)
        assert await service.move(tx, keeper, meeting_id, SECOND, date(2027, 2, 10), "19:00", world.now) == 1
    await world.send()
    async with world.database.write() as tx:
        assert await service.restore(tx, keeper, meeting_id, SECOND, world.now) == 1
        # What nobody has read yet is replaced by what holds now.
        assert await service.cancel(tx, keeper, meeting_id, SECOND, world.now) == 1
    await world.send()
    assert world.pushed(guest) == ["meeting"] * 3
    assert world.pushed(other) == []
    world.now = at("2027-02-08 19:00")
    assert await tick(world, service) == 1, (
        "the keeper is asked about the first; nobody is reminded of the second"
    )
    assert world.pushed(guest) == ["meeting"] * 3


@pytest.mark.parametrize(("sundays", "hours"), [(True, ""), (False, "2000-1600")])
async def test_a_meeting_cancelled_the_evening_before_is_told_in_time_also_at_quiet_times(
    world: World, service: MeetingsService, sundays: bool, hours: str
) -> None:
    keeper, guest = await world.person(Role.CIRCLE_COORDINATOR), await world.person(Role.VOLUNTEER)
    sunday = NewMeeting(MeetingKind.CIRCLE, "Haar", "", date(2027, 2, 7), "15:00", Rhythm.ONCE)
    found = await enter(world, service, keeper, sunday)
    async with world.database.write() as tx:
        await world.cases.times.choose_sundays(tx, guest, world.now, quiet=sundays)
        await world.cases.times.choose_hours(tx, guest, hours, world.now)
    await comes(world, service, guest, found, found.day)
    world.now = at("2027-02-06 21:30")
    async with world.database.write() as tx:
        assert await service.cancel(tx, keeper, found.meeting.id, found.day, world.now) == 1
    await world.send()
    assert world.pushed(guest) == [], "not at night"
    world.now = at("2027-02-07 08:01")
    await world.send()
    assert world.pushed(guest) == ["meeting"]


async def test_news_of_a_meeting_that_is_not_near_waits_for_quiet_times(
    world: World, service: MeetingsService
) -> None:
    keeper, guest = await world.person(Role.CIRCLE_COORDINATOR), await world.person(Role.VOLUNTEER)
    found = await enter(world, service, keeper)
    async with world.database.write() as tx:
        await world.cases.times.choose_sundays(tx, guest, world.now, quiet=True)
    await comes(world, service, guest, found, SECOND)
    world.now = at("2027-02-07 10:00")
    async with world.database.write() as tx:
        await service.move(tx, keeper, found.meeting.id, SECOND, date(2027, 2, 10), "19:00", world.now)
    await world.send()
    assert world.pushed(guest) == []
    world.now = at("2027-02-08 08:01")
    await world.send()
    assert world.pushed(guest) == ["meeting"]


async def test_a_single_meeting_moved_later_is_listed_reminded_of_and_asked_about(
    world: World, service: MeetingsService
) -> None:
    keeper, guest = await world.person(Role.CIRCLE_COORDINATOR), await world.person(Role.VOLUNTEER)
    once = NewMeeting(MeetingKind.CIRCLE, "Haar", "", date(2027, 2, 3), "18:30", Rhythm.ONCE)
    found = await enter(world, service, keeper, once)
    await comes(world, service, guest, found, found.day)
    async with world.database.write() as tx:
        await service.move(tx, keeper, found.meeting.id, found.day, date(2027, 2, 17), "18:30", world.now)
    await world.send()
    assert world.pushed(guest) == ["meeting"]
    for moment, queued in (("2027-02-04 09:00", 0), ("2027-02-16 19:00", 1)):
        world.now = at(moment)
        async with world.database.write() as tx:
            [seen] = await service.coming(tx, guest, world.now)
        assert seen.date.starts_at == at("2027-02-17 18:30")
        assert await tick(world, service) == queued
    world.now = at("2027-02-18 09:00")
    assert await tick(world, service) == 1
    assert world.refs(keeper, "meeting") == [f"{found.meeting.id}.20270203"]
    async with world.database.write() as tx:
        assert len(await service.past(tx, keeper, world.now)) == 1


async def test_the_last_date_of_an_ended_series_can_be_moved_and_the_end_takes_moved_dates_along(
    world: World, service: MeetingsService
) -> None:
    keeper = await world.person(Role.CIRCLE_COORDINATOR)
    for moved_first in (False, True):
        found = await enter(world, service, keeper)
        world.now = at("2027-02-02 09:00")
        move = keeper, found.meeting.id, FIRST, date(2027, 2, 12), "18:30", world.now
        async with world.database.write() as tx:
            if moved_first:
                await service.move(tx, *move)
            await service.end(tx, keeper, found.meeting.id, world.now)
            if not moved_first:
                await service.move(tx, *move)
        world.now = at("2027-02-03 09:00")
        async with world.database.write() as tx:
            coming = await service.coming(tx, keeper, world.now)
        states = [seen.date.change.cancelled for seen in coming if seen.date.meeting.id == found.meeting.id]
        assert states == [moved_first]
        world.now = at("2027-02-01 09:00")


async def test_the_end_of_a_series_cancels_the_dates_somebody_comes_to(
    world: World, service: MeetingsService
) -> None:
    keeper, guest = await world.person(Role.CIRCLE_COORDINATOR), await world.person(Role.VOLUNTEER)
    found = await enter(world, service, keeper)
    await comes(world, service, guest, found, SECOND)
    async with world.database.write() as tx:
        assert await service.end(tx, keeper, found.meeting.id, world.now) == 1
        assert await service.coming(tx, guest, world.now) == []
        assert (await service.look(tx, guest, found.meeting.id, SECOND)).date.change.cancelled
        with pytest.raises(NotFoundError):
            await service.look(tx, guest, found.meeting.id, date(2027, 2, 16))


async def test_only_whoever_entered_a_meeting_and_coordinators_change_it(
    world: World, service: MeetingsService
) -> None:
    keeper, other, staff, volunteer, anybody = [
        await world.person(*roles)
        for roles in ((Role.CIRCLE_COORDINATOR,), (Role.CIRCLE_COORDINATOR,), (Role.COORDINATOR,), (Role.VOLUNTEER,), ())
    ]  # fmt: skip
    found = await enter(world, service, keeper)
    meeting_id = found.meeting.id
    async with world.database.write() as tx:
        for who, error in ((other, NotFoundError), (volunteer, NotAllowedError), (anybody, NotAllowedError)):
            with pytest.raises(error):
                await service.cancel(tx, who, meeting_id, SECOND, world.now)
            with pytest.raises(error):
                await service.move(tx, who, meeting_id, SECOND, SECOND, "19:00", world.now)
            with pytest.raises(error):
                await service.end(tx, who, meeting_id, world.now)
            with pytest.raises(error):
                await service.report(tx, who, meeting_id, SECOND, world.now, held=True)
        for who in (volunteer, anybody):
            with pytest.raises(NotAllowedError):
                await service.create(tx, who, WEEKLY, world.now)
        with pytest.raises(NotAllowedError):
            await service.coming(tx, anybody, world.now)
        assert await service.cancel(tx, staff, meeting_id, SECOND, world.now) == 0
        assert [seen.keeper for seen in await service.coming(tx, other, world.now)][:1] == [False]


async def test_days_and_numbers_that_make_no_sense_are_refused(
    world: World, service: MeetingsService
) -> None:
    keeper = await world.person(Role.CIRCLE_COORDINATOR)
    found = await enter(world, service, keeper)
    meeting_id = found.meeting.id
    async with world.database.write() as tx:
        for day, clock in ((date(2027, 1, 31), "18:00"), (date(2027, 2, 1), "09:00"), (SECOND, "25:00"), (date(2029, 1, 1), "18:00")):  # fmt: skip
            with pytest.raises(MeetingTimeError):
                await service.move(tx, keeper, meeting_id, SECOND, day, clock, world.now)
        with pytest.raises(MeetingTimeError):
            await service.move(tx, keeper, meeting_id, SECOND, date(2027, 4, 1), "18:00", world.now)
        with pytest.raises(MeetingOverError):
            await service.report(tx, keeper, meeting_id, FIRST, world.now, held=True)
        world.now = at("2027-02-03 09:00")
        with pytest.raises(MeetingOverError):
            await service.cancel(tx, keeper, meeting_id, FIRST, world.now)
        for people in (-1, 501):
            with pytest.raises(MeetingPeopleError):
                await service.report(tx, keeper, meeting_id, FIRST, world.now, held=True, people=people)


async def test_what_took_place_is_counted_by_day_and_place(world: World, service: MeetingsService) -> None:
    keeper = await world.person(Role.COORDINATOR)
    circle = await enter(world, service, keeper)
    exchange = NewMeeting(MeetingKind.EXCHANGE, "Garching", "", FIRST, "10:00", Rhythm.ONCE)
    other = await enter(world, service, keeper, exchange)
    async with world.database.write() as tx:
        await service.move(tx, keeper, circle.meeting.id, SECOND, date(2027, 3, 1), "18:00", world.now)
    world.now = at("2027-03-02 09:00")
    async with world.database.write() as tx:
        await service.report(tx, keeper, circle.meeting.id, FIRST, world.now, held=True, people=12)
        await service.report(tx, keeper, circle.meeting.id, FIRST, world.now, held=True, people=14)
        await service.report(tx, keeper, circle.meeting.id, SECOND, world.now, held=True)
        await service.report(tx, keeper, circle.meeting.id, date(2027, 2, 16), world.now, held=False)
        await service.report(tx, keeper, other.meeting.id, FIRST, world.now, held=True, people=0)
        held = await service.meetings_held(tx, date(2027, 2, 1), date(2027, 2, 28))
        assert [(h.kind.value, h.place, h.on, h.people) for h in held] == [
            ("exchange", "Garching", FIRST, 0),
            ("circle", "Haar", FIRST, 14),
        ]
        [march] = await service.meetings_held(tx, date(2027, 3, 1), date(2027, 3, 31))
        assert (march.on, march.people) == (date(2027, 3, 1), None)


async def test_who_came_is_forgotten_the_meeting_stays(world: World, service: MeetingsService) -> None:
    privacy = world.privacy(Limits())
    keeper, guest = await world.person(Role.CIRCLE_COORDINATOR), await world.person(Role.VOLUNTEER)
    found = await enter(world, service, keeper)
    await comes(world, service, guest, found, FIRST)
    async with world.database.write() as tx:
        copy = await privacy.copy(tx, guest, world.now)
        assert copy.first("meeting_guests")["coming"] is True
        assert (await privacy.copy(tx, keeper, world.now)).first("meetings")["place"] == "Haar"
        world.now += timedelta(days=30)
        assert "meeting_guests" not in await privacy.preview(tx, world.now)
        world.now += timedelta(days=2)
        assert (await privacy.purge(tx, world.now))["meeting_guests"] == 1
        assert (await tx.execute(select(meeting_guests))).all() == []
        await privacy.forget(tx, keeper, world.now)
        assert (await tx.execute(select(meetings.c.created_by))).scalar_one() is None
    assert await tick(world, service) == 0, "nobody is left to be asked"
