"""Use cases about figures for the public and the goals they belong to."""

from collections.abc import Mapping
from datetime import datetime

from agreements import rules
from agreements.access import CaseAccess
from agreements.files.errors import FieldsInvalidError
from agreements.files.repository import FilesRepository
from agreements.files.types import Record
from agreements.indicators import catalogue, roadmap
from agreements.indicators import rules as figure_rules
from agreements.indicators.repository import IndicatorsRepository
from agreements.indicators.types import Figure, Grouping, RoadmapGoal
from agreements.placements.repository import PlacementsRepository
from agreements.placements.types import PlacementStatus
from db.engine import Transaction
from offers.service import OffersService
from offers.types import ImportReport
from people.errors import NotFoundError
from people.types import Actor, Permission


class IndicatorsService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: IndicatorsRepository,
        files: FilesRepository,
        placements: PlacementsRepository,
        offers: OffersService,
        access: CaseAccess,
    ) -> None:
        self._repository = repository
        self._files = files
        self._placements = placements
        self._offers = offers
        self._access = access

    async def figures(
        self, tx: Transaction, actor: Actor | None, grouping: Grouping, now: datetime
    ) -> list[Figure]:
        """Every indicator that can be broken down so; what speaks of fewer than five people is hidden.

        `actor` None is the operator at the command line. Raises NotAllowedError.
        """
        if actor is not None:
            self._access.may(actor, Permission.SEE_FIGURES)
        today = rules.today(now)
        records = await self._files.all_records(tx)
        places = await self._repository.places(tx)
        cases = {
            id_: figure_rules.Case(place, records.get(id_) or Record(id_)) for id_, place in places.items()
        }
        starts = await self._starts(tx, cases)
        return [
            *figure_rules.figures(cases.values(), starts, grouping, today, self._repository.order),
            *catalogue.figures(await self._offers.facts(tx), grouping, today),
        ]

    async def goals(self, tx: Transaction) -> list[RoadmapGoal]:
        """The goals of the roadmap by number: they are public."""
        return sorted(await self._repository.goals(tx), key=roadmap.order)

    async def put_goal(
        self, tx: Transaction, actor: Actor, cells: Mapping[str, str], now: datetime
    ) -> RoadmapGoal:
        """Write a goal as a form gives it (`roadmap.TABLE`); one with the same number is replaced. Raises FieldsInvalid-, NotAllowedError."""
        self._access.may(actor, Permission.KEEP_ROADMAP)
        goal, wrong = roadmap.cell_values(dict(cells))
        if goal is None:
            raise FieldsInvalidError(wrong)
        await self._repository.put_goal(tx, goal, now)
        return goal

    async def remove_goal(self, tx: Transaction, actor: Actor, number: str) -> None:
        """Take a goal out. Raises NotFound-, NotAllowedError."""
        self._access.may(actor, Permission.KEEP_ROADMAP)
        if not await self._repository.remove_goal(tx, number):
            raise NotFoundError

    async def import_goals(
        self, tx: Transaction, actor: Actor | None, content: bytes, now: datetime, *, dry_run: bool
    ) -> ImportReport:
        """Bring the roadmap to what a CSV file says, or nothing when one cell is wrong; goals that are not in it stay and are named.

        `actor` None is the operator at the command line. Raises NotAllowedError.
        """
        if actor is not None:
            self._access.may(actor, Permission.KEEP_ROADMAP)
        found, errors = roadmap.read(content)
        if errors:
            return ImportReport(0, 0, 0, (), tuple(errors))
        stored = {goal.number: goal for goal in await self._repository.goals(tx)}
        changed = [goal for goal in found if goal != stored.get(goal.number)]
        new = [goal for goal in changed if goal.number not in stored]
        if not dry_run:
            for goal in changed:
                await self._repository.put_goal(tx, goal, now)
        gone = tuple(sorted(stored.keys() - {goal.number for goal in found}))
        return ImportReport(len(new), len(changed) - len(new), len(found) - len(changed), gone, ())

    async def _starts(
        self, tx: Transaction, cases: Mapping[str, figure_rules.Case]
    ) -> list[figure_rules.Start]:
        """The first beginning of each placement."""
        fields = await self._offers.fields_of_action(tx)
        first: dict[str, figure_rules.Start] = {}
        steps = await self._placements.all_events(tx)
        for client_id, offer_id, step in sorted(steps, key=lambda item: item[2].at):
            if step.status is PlacementStatus.STARTED and offer_id in fields:
                start = figure_rules.Start(cases[client_id], rules.today(step.at), fields[offer_id])
                first.setdefault(step.placement_id, start)
        return list(first.values())
