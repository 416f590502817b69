"""The milestones of a file: logged, confirmed, moved, dropped, opened again, and what became of each."""

from collections.abc import Awaitable, Callable

from agreements import rules
from agreements.types import Milestone
from desk import sayings
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.types import Permission as May


async def add_milestone(turn: Turn) -> Answer:
    """Log what was agreed; the reminders follow."""
    client_id, phrase_id, due = turn.part("client_id"), turn.typed("phrase"), turn.day("due_on")
    if due is None:
        raise FieldMissingError
    offer_id = turn.typed("offer") or None
    if offer_id is not None:
        await turn.services.offers.get(turn.tx, offer_id)
    milestone = await turn.services.agreements.add_milestone(
        turn.tx, turn.actor, client_id, phrase_id, sayings.filled(turn, phrase_id), due, offer_id, turn.now
    )
    goal_id, roadmap_goal = turn.typed("goal") or None, turn.typed("roadmap_goal")
    if goal_id or roadmap_goal:
        await turn.services.cases.goals.link_milestone(
            turn.tx, turn.actor, milestone.id, goal_id, roadmap_goal
        )
    return Go(f"/clients/{client_id}#agreement", "milestone_added")


def _with_milestone(
    act: Callable[[Turn, str], Awaitable[Milestone]], done: str
) -> Callable[[Turn], Awaitable[Answer]]:
    """A handler that does something to one milestone and goes back to where it was done."""

    async def handler(turn: Turn) -> Answer:
        milestone = await act(turn, turn.part("milestone_id"))
        # What leaves the page with the click is taken back from the sentence that says so.
        over = f"?over={milestone.id}" if milestone.status in rules.FINAL else ""
        back = f"/{over}" if turn.typed("to") == "/" else f"/clients/{milestone.client_id}#agreement"
        return Go(back, done)

    return handler


async def _confirm(turn: Turn, milestone_id: str) -> Milestone:
    return await turn.services.agreements.confirm_milestone(turn.tx, turn.actor, milestone_id, turn.now)


async def _drop(turn: Turn, milestone_id: str) -> Milestone:
    return await turn.services.agreements.drop_milestone(turn.tx, turn.actor, milestone_id, turn.now)


async def _reopen(turn: Turn, milestone_id: str) -> Milestone:
    return await turn.services.agreements.reopen_milestone(turn.tx, turn.actor, milestone_id, turn.now)


async def _move(turn: Turn, milestone_id: str) -> Milestone:
    due = turn.day("due_on")
    if due is None:
        raise FieldMissingError
    return await turn.services.agreements.move_milestone(turn.tx, turn.actor, milestone_id, due, turn.now)


async def _push(turn: Turn, milestone_id: str) -> Milestone:
    case_work = turn.services.agreements
    await case_work.push_now(turn.tx, turn.actor, milestone_id, turn.now)
    return await case_work.milestone(turn.tx, turn.actor, milestone_id)


async def events(turn: Turn) -> Answer:
    """What became of one milestone, step by step, with who and when."""
    milestone_id = turn.part("milestone_id")
    found = await turn.services.agreements.milestone_events(turn.tx, turn.actor, milestone_id)
    names = await turn.services.accounts.shown_names(turn.tx)
    return Page("events.html", {"events": found, "names": names})


_MILESTONE, _MAY = "/milestones/{milestone_id}", May.LIST_CLIENTS
ROUTES = (
    DeskRoute("POST", "/clients/{client_id}/milestones", add_milestone, _MAY, "log a milestone"),
    DeskRoute("POST", _MILESTONE + "/confirm", _with_milestone(_confirm, "confirmed"), _MAY, "it is done"),
    DeskRoute("POST", _MILESTONE + "/move", _with_milestone(_move, "moved"), _MAY, "agree on another day"),
    DeskRoute("POST", _MILESTONE + "/drop", _with_milestone(_drop, "dropped"), _MAY, "not wanted any more"),
    DeskRoute(
        "POST", _MILESTONE + "/reopen", _with_milestone(_reopen, "undone"), _MAY, "it is not over after all"
    ),
    DeskRoute("POST", _MILESTONE + "/push", _with_milestone(_push, "pushed"), _MAY, "remind now"),
    DeskRoute("GET", _MILESTONE + "/events", events, _MAY, "what became of a milestone"),
)
