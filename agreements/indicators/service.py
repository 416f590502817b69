"""Use cases about figures for the public and the goals they belong to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from agreements import rules
from agreements.access import CaseAccess
from agreements.files import rules as file_rules
from agreements.files.errors import FieldsInvalidError
from agreements.files.repository import FilesRepository
from agreements.indicators import catalogue, roadmap
from agreements.indicators import rules as figure_rules
from agreements.indicators.errors import GoalClashError, GoalGoneError
from agreements.indicators.repository import IndicatorsRepository
from agreements.indicators.types import Figure, Grouping, Indicator, Judged, Report, RoadmapGoal
from db.engine import Transaction
from i18n.messages import Message
from offers.meetings.service import MeetingsService
from offers.service import OffersService
from offers.types import ImportReport
from people.errors import NotFoundError
from people.types import Actor, Permission

QUARTERS = 4
"""So many quarters stand side by side in a report."""


class IndicatorsService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: IndicatorsRepository,
        files: FilesRepository,
        offers: OffersService,
        meetings: MeetingsService,
        access: CaseAccess,
    ) -> None:
        self._repository = repository
        self._files = files
        self._offers = offers
        self._meetings = meetings
        self._access = access

    async def figures(
        self, tx: Transaction, actor: Actor | None, grouping: Grouping, now: datetime
    ) -> list[Figure]:
        """Every indicator that can be broken down so; what speaks of fewer than five people is hidden.

        `actor` None is the operator at the command line. Raises NotAllowedError.
        """
        self._may_see(actor)
        return await self._figures(tx, grouping, rules.today(now))

    async def every(self, tx: Transaction, actor: Actor, now: datetime) -> dict[Grouping, list[Figure]]:
        """The same by everything that there is to break down by. Raises NotAllowedError."""
        self._may_see(actor)
        found = await self._figures_by(tx, tuple(Grouping), rules.today(now))
        return dict(zip(Grouping, found, strict=True))

    def _may_see(self, actor: Actor | None) -> None:
        if actor is not None:
            self._access.may(actor, Permission.SEE_FIGURES)

    async def _figures(self, tx: Transaction, grouping: Grouping, today: date) -> list[Figure]:
        [found] = await self._figures_by(tx, (grouping,), today)
        return found

    async def _figures_by(
        self, tx: Transaction, groupings: Sequence[Grouping], today: date
    ) -> list[list[Figure]]:
        """The figures by each of these, from records that are read once."""
        cases = await self._files.counted(tx) if set(groupings) - {Grouping.FIELD} else []
        starts = await self._repository.starts(tx)
        held = await self._meetings.meetings_held(tx, catalogue.since(today), today)
        return [
            [
                *figure_rules.figures(cases, starts, grouping, today, self._repository.order),
                *await self._catalogue(tx, grouping, today),
                *catalogue.meetings(held, grouping, today),
            ]
            for grouping in groupings
        ]

    async def _catalogue(self, tx: Transaction, grouping: Grouping, today: date) -> list[Figure]:
        periods = catalogue.periods(grouping, today)
        if not periods:
            public = await self._offers.public(tx, catalogue.COLUMNS[grouping], catalogue.this_quarter(today))
            return catalogue.now(public)
        courses = await self._offers.courses(tx, catalogue.since(today))
        return catalogue.over_time(periods, courses, await self._offers.confirmed(tx, periods))

    async def goals(self, tx: Transaction) -> list[RoadmapGoal]:
        """The goals of the roadmap by number: they are public."""
        return sorted(await self._repository.goals(tx), key=roadmap.order)

    async def goal(self, tx: Transaction, number: str) -> RoadmapGoal:
        """One goal. Raises NotFoundError."""
        for goal in await self._repository.goals(tx):
            if goal.number == number:
                return goal
        raise NotFoundError

    async def judged(self, tx: Transaction, actor: Actor | None, now: datetime) -> list[Judged]:
        """The goals by number with how they stand. Raises NotAllowedError."""
        self._may_see(actor)
        goals, today = await self.goals(tx), rules.today(now)
        measured = any(goal.measure for goal in goals)
        figures = await self._figures(tx, Grouping.ALL, today) if measured else []
        return _judged(goals, figures, today)

    def quarters(self, now: datetime) -> list[str]:
        """Quarters that can be reported on, the one that runs first."""
        return figure_rules.last_quarters(figure_rules.quarter(rules.today(now)), QUARTERS)[::-1]

    async def report(self, tx: Transaction, actor: Actor | None, quarter: str, now: datetime) -> Report:
        """The report of a quarter (`2027-Q1`): figures of it and the three before, and lights as of now.

        What is measured within a quarter, that offers were checked, is measured in the quarter of the report. Raises NotAllowedError.
        """
        self._may_see(actor)
        today = rules.today(now)
        whole, by_quarter = await self._figures_by(tx, (Grouping.ALL, Grouping.QUARTER), today)
        quarters = figure_rules.last_quarters(quarter, QUARTERS)
        found: dict[Indicator, dict[str, Figure]] = {}
        for figure in by_quarter:
            if figure.group in quarters:
                found.setdefault(figure.indicator, {})[figure.group] = figure
        whole = [f for f in whole if f.indicator is not Indicator.OFFERS_CHECKED]
        whole += await self._checked(tx, quarter, today)
        return Report(quarter, now, _judged(await self.goals(tx), whole, today), quarters, found)

    async def _checked(self, tx: Transaction, quarter: str, today: date) -> list[Figure]:
        """How many offers were checked in the quarter of a report, of those that are public now.

        Nothing of a quarter that is over for longer: what was public then nobody knows any more.
        """
        for days in (catalogue.this_quarter(today), catalogue.quarter_before(today)):
            if figure_rules.quarter(days[0]) == quarter:
                found = catalogue.now(await self._offers.public(tx, None, days))
                return [figure for figure in found if figure.indicator is Indicator.OFFERS_CHECKED]
        return []

    async def change_goal(
        self, tx: Transaction, actor: Actor, cells: Mapping[str, str], was: Mapping[str, str], now: datetime
    ) -> RoadmapGoal:
        """Write what a form changes of a goal that is there: of `cells` those that are not as they `was` shown.

        Raises GoalClash-, GoalGoneError where somebody else was there meanwhile, and what `put_goal` raises.
        """
        self._access.may(actor, Permission.KEEP_ROADMAP)
        stored = {goal.number: goal for goal in await self._repository.goals(tx)}
        if cells["number"] not in stored:
            raise GoalGoneError
        there, typed = roadmap.cells_of(stored[cells["number"]]), file_rules.typed(cells, was)
        if clashes := file_rules.overtaken(typed, was, there):
            raise GoalClashError(clashes, there)
        return await self.put_goal(tx, actor, {**there, **typed}, now)

    async def put_goal(
        self, tx: Transaction, actor: Actor, cells: Mapping[str, str], now: datetime, *, new: bool = False
    ) -> RoadmapGoal:
        """Write a goal as a form gives it (`roadmap.TABLE`); one with the same number is replaced, unless it should be `new`.

        Raises FieldsInvalidError with a sentence for each cell, NotAllowedError.
        """
        self._access.may(actor, Permission.KEEP_ROADMAP)
        goal, wrong = roadmap.cell_values(cells)
        if (
            goal is not None
            and new
            and any(g.number == goal.number for g in await self._repository.goals(tx))
        ):
            wrong = {"number": Message("cw.error.roadmap_taken")}
        if goal is not None and goal.judged_on is not None and goal.judged_on > rules.today(now):
            wrong = {"judged_on": Message("cw.error.light_later")}
        if goal is None or wrong:
            raise FieldsInvalidError(wrong)
        await self._repository.put_goal(tx, goal, now)
        return goal

    async def remove_goal(self, tx: Transaction, actor: Actor, number: str) -> None:
        """Take a goal out. Raises NotFound-, NotAllowedError."""
        self._access.may(actor, Permission.KEEP_ROADMAP)
        if not await self._repository.remove_goal(tx, number):
            raise NotFoundError

    async def import_goals(
        self,
        tx: Transaction,
        actor: Actor | None,
        content: bytes,
        now: datetime,
        *,
        dry_run: bool,
        file: str = roadmap.FILE,
    ) -> ImportReport:
        """Bring the roadmap to what a CSV file or Excel workbook says, or nothing when one cell is wrong.

        Goals that are not in it stay and are named; so does what it has no column for. `actor` None is the operator at the command line.
        Raises NotAllowedError.
        """
        if actor is not None:
            self._access.may(actor, Permission.KEEP_ROADMAP)
        found, errors = roadmap.read(content, file)
        if errors:
            return ImportReport(0, 0, 0, (), tuple(errors))
        stored = {goal.number: goal for goal in await self._repository.goals(tx)}
        wanted = [row.over(stored.get(row.goal.number)) for row in found]
        changed = [goal for goal in wanted if goal != stored.get(goal.number)]
        new = [goal for goal in changed if goal.number not in stored]
        if not dry_run:
            for goal in changed:
                await self._repository.put_goal(tx, goal, now)
        gone = tuple(sorted(stored.keys() - {goal.number for goal in wanted}))
        return ImportReport(len(new), len(changed) - len(new), len(wanted) - len(changed), gone, ())


def _judged(goals: Iterable[RoadmapGoal], figures: Iterable[Figure], today: date) -> list[Judged]:
    by_measure = {figure.indicator.value: figure for figure in figures}
    return [figure_rules.judged(goal, by_measure.get(goal.measure), today) for goal in goals]
