"""Figures and the roadmap on both databases: from the cases to numbers, and who may see and write them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements.files.errors import FieldsInvalidError
from agreements.files.repository import FilesRepository
from agreements.files.types import Gender, Record
from agreements.indicators.roadmap import SAMPLE
from agreements.indicators.types import Grouping, Indicator, Light
from agreements.placements.types import PlacementStatus
from offers.importer import Catalogue
from offers.statistics.repository import StatisticsRepository
from people.errors import NotAllowedError, NotFoundError
from people.types import Role
from tests.catalogue import PROVIDER, offer, schedule
from tests.db.agreements_world import World, at

GOAL = {"number": "2.10", "field": "education", "text": "Lesen lernen", "deadline": "31.12.2027"}


async def test_figures_come_from_the_cases_of_everybody(world: World) -> None:
    staff = [await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)]
    lead = await world.person(Role.LEAD)
    work = offer("job", topic="work", kind="competence_analysis", field_of_action="work")
    cells = {
        "allocated_on": "01.09.2026",
        "working_age": "yes",
        "labour_access_on": "01.12.2026",
        "education_recorded_on": "01.10.2026",
    }
    cases = [(staff[n % 2], await world.client(staff[n % 2])) for n in range(12)]
    async with world.database.write() as tx:
        catalogue = Catalogue((PROVIDER,), (work,), ())
        await world.offers.import_catalogue(tx, catalogue, world.now, dry_run=False)
        for number, (coordinator, client) in enumerate(cases):
            given = cells if number < 7 else {**cells, "education_recorded_on": ""}
            await world.files.change(tx, coordinator, client.id, given, world.now)
            if number < 6:
                await world.placements.place(tx, coordinator, client.id, "job", world.now)
            else:
                await world.placements.suggest(tx, coordinator, client.id, "job", world.now)
        # Dropped again or not: it began once.
        placed = (await world.placements.placements(tx, *_first(cases)))[0]
        await world.placements.step(tx, cases[0][0], placed.id, PlacementStatus.DROPPED, world.now)
        # Begun by a slip of the finger and taken back: it never began, also where it is dropped then.
        for coordinator, client in cases[6:8]:
            [slip] = await world.placements.placements(tx, coordinator, client.id)
            for after, status in enumerate((PlacementStatus.REQUESTED, PlacementStatus.STARTED)):
                at_ = world.now + timedelta(minutes=after)
                await world.placements.step(tx, coordinator, slip.id, status, at_)
            await world.placements.undo(tx, coordinator, slip.id, world.now + timedelta(minutes=2))
        at_ = world.now + timedelta(minutes=3)
        await world.placements.step(tx, coordinator, slip.id, PlacementStatus.DROPPED, at_)
        found = await world.indicators.figures(tx, lead, Grouping.ALL, world.now)
    told = {figure.indicator: (figure.number, figure.base) for figure in found}
    assert told[Indicator.EDUCATION_IN_TIME] == (7, 12)
    assert told[Indicator.PLACED_IN_WORK] == (6, 12)
    assert told[Indicator.PLACEMENTS] == (6, None)
    assert next(f.share for f in found if f.indicator is Indicator.PLACED_IN_WORK) == 0.5


async def test_what_was_remembered_of_a_record_is_never_older_than_the_record(world: World) -> None:
    """Two processes: what one writes, the other counts at once; what is only stored nobody counts."""
    lead = await world.person(Role.LEAD)
    kim = await world.person(Role.COORDINATOR)
    clients = [await world.client(kim) for _ in range(14)]
    for number, client in enumerate(clients):
        async with world.database.write() as tx:
            cells = {"gender": ("woman", "man")[number % 2], "call_name": "Canary", "profession": "Canary"}
            await world.files.change(tx, kim, client.id, cells, world.now)
    beside = FilesRepository(world.files._repository.cipher)

    async def women() -> tuple[int | None, int | None]:
        async with world.database.read() as tx:
            found = await world.indicators.figures(tx, lead, Grouping.ALL, world.now)
        return next((f.number, f.base) for f in found if f.indicator is Indicator.WOMEN)

    assert await women() == (7, 14)
    async with world.database.write() as tx:
        record = await beside.record(tx, clients[1].id)
        await beside.save_record(tx, replace(record, gender=Gender.WOMAN), world.now)
    assert await women() == (8, 14)
    async with world.database.write() as tx:
        await beside.save_record(tx, Record(clients[1].id), world.now)
    assert await women() == (7, 13)
    # Article 18: a case that is only stored is in no figure, whatever stands in it.
    async with world.database.write() as tx:
        await world.repository.change_client(tx, clients[0].id, restricted_at=world.now)
    assert await women() == (6, 12)
    async with world.database.write() as tx:
        await world.repository.change_client(tx, clients[0].id, restricted_at=None)
    assert await women() == (7, 13)
    # Of a record in which only days stand a day changes: what is sealed is empty before and after.
    async with world.database.write() as tx:
        await beside.save_record(tx, Record(clients[1].id, competence_offered_on=world.now.date()), world.now)
        found = await world.indicators._files.counted(tx)
        await beside.save_record(tx, Record(clients[1].id, competence_offered_on=date(2026, 1, 2)), world.now)
        again = await world.indicators._files.counted(tx)
    days = [
        [r.competence_offered_on for _, r in some if r.client_id == clients[1].id] for some in (found, again)
    ]
    assert days == [[world.now.date()], [date(2026, 1, 2)]]
    remembered = repr(world.indicators._files._counted.values())
    assert remembered.count("Record(") == 14
    assert "Canary" not in remembered


async def test_courses_and_checks_are_counted_by_place_quarter_and_month(world: World) -> None:
    lead, now = await world.person(Role.LEAD), at("2027-06-01 12:00")
    offers = (
        offer("a", childcare="yes", schedules=(schedule(valid_from=date(2027, 5, 3), valid_to=date(2027, 7, 30)),), assured_date=date(2027, 4, 2)),
        offer("b", childcare="on_request", schedules=(schedule(valid_from=date(2027, 4, 1)),), assured_date=date(2027, 3, 31)),
        offer("c", childcare="yes", status="ended", place="Garching", schedules=(schedule(valid_from=date(2026, 11, 2), valid_to=date(2027, 1, 15)),)),
        offer("d", topic="work", kind="competence_analysis", place="Garching", assured_date=date(2027, 6, 1)),
        offer("e", childcare="yes", status="draft", schedules=(schedule(valid_from=date(2027, 5, 3)),)),
        # One date alone, which has no last day; and what was over before anything is counted.
        offer("f", schedules=(schedule(valid_from=date(2026, 12, 7), freq="ONCE", byday=""),), status="paused"),
        offer("g", schedules=(schedule(valid_from=date(2025, 11, 3), valid_to=date(2026, 5, 1)),), status="ended"),
    )  # fmt: skip
    async with world.database.write() as tx:
        await world.offers.import_catalogue(tx, Catalogue((PROVIDER,), offers, ()), world.now, dry_run=False)
        # Confirmed twice in one quarter is confirmed once.
        for day in (date(2027, 1, 5), date(2027, 1, 6), date(2027, 6, 1)):
            await StatisticsRepository().checked(tx, "d", day)

    async def said(by: Grouping) -> dict[tuple[str, str], tuple[int | None, int | None]]:
        async with world.database.read() as tx:
            found = await world.indicators.figures(tx, lead, by, now)
        return {(f.indicator.value, f.group): (f.number, f.base) for f in found}

    assert await said(Grouping.ALL) == {("childcare_courses", ""): (1, 2), ("offers_checked", ""): (2, 3)}
    assert await said(Grouping.PLACE) == {
        ("childcare_courses", "Haar"): (1, 2), ("offers_checked", "Haar"): (1, 2), ("offers_checked", "Garching"): (1, 1),
    }  # fmt: skip
    assert (await said(Grouping.FIELD))["offers_checked", "education"] == (2, 3)
    assert await said(Grouping.QUARTER) == {
        ("childcare_courses", "2026-Q4"): (1, 2), ("childcare_courses", "2027-Q1"): (1, 1),
        ("childcare_courses", "2027-Q2"): (1, 2), ("offers_checked", "2027-Q1"): (2, None),
        ("offers_checked", "2027-Q2"): (2, None),
    }  # fmt: skip
    by_month = await said(Grouping.MONTH)
    assert by_month["childcare_courses", "2026-11"] == (1, 1)
    assert by_month["childcare_courses", "2026-12"] == (1, 2)
    assert by_month["childcare_courses", "2027-04"] == (0, 1)
    assert by_month["childcare_courses", "2027-05"] == (1, 2)
    assert ("childcare_courses", "2027-02") not in by_month
    assert by_month["offers_checked", "2027-01"] == (1, None)


async def test_an_empty_house_has_no_figures(world: World) -> None:
    lead = await world.person(Role.LEAD)
    async with world.database.read() as tx:
        found = [await world.indicators.figures(tx, lead, by, world.now) for by in Grouping]
    assert found == [[] for _ in Grouping]


def _first(cases: list[tuple[object, object]]) -> tuple[object, str]:
    coordinator, client = cases[0]
    return coordinator, client.id  # type: ignore[attr-defined]


async def test_the_roadmap_is_read_changed_and_ordered(world: World) -> None:
    lead = await world.person(Role.LEAD)
    content = SAMPLE.read_bytes()
    async with world.database.write() as tx:
        look = await world.indicators.import_goals(tx, lead, content, world.now, dry_run=True)
        assert (look.new, await world.indicators.goals(tx)) == (7, [])
        report = await world.indicators.import_goals(tx, lead, content, world.now, dry_run=False)
        again = await world.indicators.import_goals(tx, lead, content, world.now, dry_run=False)
        assert [(r.new, r.changed, r.unchanged) for r in (report, again)] == [(7, 0, 0), (0, 0, 7)]
        made = await world.indicators.put_goal(tx, lead, GOAL, world.now)
        assert made.responsible == ""
        numbers = [goal.number for goal in await world.indicators.goals(tx)]
        assert numbers == ["1.2", "2.1", "2.2", "2.10", "3.2.3", "4.2", "5.2", "5.9"]
        with pytest.raises(FieldsInvalidError):
            await world.indicators.put_goal(tx, lead, {**GOAL, "text": ""}, world.now)
        with pytest.raises(FieldsInvalidError) as taken:
            await world.indicators.put_goal(tx, lead, GOAL, world.now, new=True)
        assert set(taken.value.fields) == {"number"}
        later = {**GOAL, "light": "red", "note": "Bald.", "judged_on": "2027-02-02"}
        with pytest.raises(FieldsInvalidError) as early:
            await world.indicators.put_goal(tx, lead, later, world.now)
        assert set(early.value.fields) == {"judged_on"}
        vanished = await world.indicators.import_goals(tx, None, content, world.now, dry_run=False)
        assert vanished.vanished == ("2.10",)
        await world.indicators.remove_goal(tx, lead, "2.10")
        with pytest.raises(NotFoundError):
            await world.indicators.remove_goal(tx, lead, "2.10")


async def test_lights_come_from_the_figures_and_from_the_lead(world: World) -> None:
    lead, coordinator = await world.person(Role.LEAD), await world.person(Role.COORDINATOR)
    cells = {"allocated_on": "01.09.2026", "working_age": "yes", "education_recorded_on": "01.10.2026"}
    clients = [await world.client(coordinator) for _ in range(12)]
    async with world.database.write() as tx:
        for client in clients:
            await world.files.change(tx, coordinator, client.id, cells, world.now)
        await world.indicators.import_goals(tx, lead, SAMPLE.read_bytes(), world.now, dry_run=False)
        word = {**GOAL, "light": "yellow", "note": "Es fehlt ein Raum.", "judged_on": "2027-02-01"}
        await world.indicators.put_goal(tx, lead, word, world.now)
        found = {judged.goal.number: judged for judged in await world.indicators.judged(tx, lead, world.now)}
        report = await world.indicators.report(tx, None, "2026-Q3", world.now)
    assert (found["2.2"].light, found["2.2"].value) == (Light.GREEN, 100)
    assert found["1.2"].light is Light.OPEN
    assert (found["2.10"].light, found["2.10"].goal.note) == (Light.YELLOW, "Es fehlt ein Raum.")
    assert report.quarters == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    in_time = report.figures[Indicator.EDUCATION_IN_TIME]
    assert {name: (figure.number, figure.base) for name, figure in in_time.items()} == {"2026-Q3": (12, 12)}
    # The same file again keeps what the lead set by hand.
    async with world.database.write() as tx:
        again = await world.indicators.import_goals(tx, lead, SAMPLE.read_bytes(), world.now, dry_run=False)
        assert (again.changed, again.unchanged) == (0, 7)


async def test_the_report_of_a_quarter_that_is_over_says_what_was_checked_in_it(world: World) -> None:
    lead, now = await world.person(Role.LEAD), at("2027-04-02 09:00")
    offers = [offer(name, assured_date=date(2027, 2, 10)) for name in "abc"]
    offers.append(offer("d", assured_date=date(2026, 11, 10)))
    async with world.database.write() as tx:
        await world.offers.import_catalogue(tx, Catalogue((PROVIDER,), tuple(offers), ()), now, dry_run=False)
        goal = {**GOAL, "measure": "offers_checked", "aim": "70"}
        await world.indicators.put_goal(tx, lead, goal, now)
        said = {}
        for quarter in ("2026-Q4", "2027-Q1", "2027-Q2"):
            [judged] = (await world.indicators.report(tx, lead, quarter, now)).goals
            said[quarter] = judged.value, judged.light
    # Of a quarter before the last one it is not known any more what was public then.
    assert said == {
        "2026-Q4": (None, Light.OPEN),
        "2027-Q1": (75, Light.GREEN),
        "2027-Q2": (0, Light.YELLOW),
    }


async def test_who_may_see_figures_and_write_goals(world: World) -> None:
    for role in (Role.VOLUNTEER, Role.CIRCLE_COORDINATOR, Role.PROVIDER, Role.REVIEWER):
        actor = await world.person(role)
        async with world.database.write() as tx:
            for call in (
                world.indicators.figures(tx, actor, Grouping.ALL, world.now),
                world.indicators.judged(tx, actor, world.now),
                world.indicators.report(tx, actor, "2027-Q1", world.now),
                world.indicators.put_goal(tx, actor, GOAL, world.now),
                world.indicators.remove_goal(tx, actor, "1.2"),
                world.indicators.import_goals(tx, actor, b"", world.now, dry_run=True),
            ):
                with pytest.raises(NotAllowedError):
                    await call
