"""The agreement at the desk: goals of the client, what the coordinator promises, and that both signed."""

import re

from agreements import rules
from agreements.types import Milestone
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Turn
from offers.types import Occurrence, Offer
from people.errors import NotFoundError
from people.types import Permission as May


async def linked(turn: Turn, milestones: tuple[Milestone, ...]) -> dict[str, tuple[Offer, Occurrence | None]]:
    """The offer that each milestone leads to, with its next date; offers that are gone are left out."""
    found: dict[str, tuple[Offer, Occurrence | None]] = {}
    for milestone in milestones:
        if milestone.offer_id is None:
            continue
        try:
            offer = await turn.services.offers.get(turn.tx, milestone.offer_id)
        except NotFoundError:
            continue
        dates = turn.services.offers.next_dates(offer, turn.now, 1)
        found[milestone.id] = offer, dates[0] if dates else None
    return found


async def add_goal(turn: Turn) -> Answer:
    """What the client wants to reach."""
    client_id = turn.part("client_id")
    await turn.services.cases.goals.add_goal(
        turn.tx,
        turn.actor,
        client_id,
        turn.typed("phrase"),
        turn.now,
        words=turn.typed("words"),
        roadmap_goal=turn.typed("roadmap_goal"),
    )
    return _back(client_id, "goal_added")


async def change_goal(turn: Turn) -> Answer:
    """It is reached, or not yet after all; or it is not wanted any more, or again."""
    goals, goal_id, do = turn.services.cases.goals, turn.part("goal_id"), turn.typed("do")
    found = await goals.goal(turn.tx, turn.actor, goal_id)
    if do in ("drop", "back"):
        if do == "drop":
            await goals.drop_goal(turn.tx, turn.actor, goal_id, turn.now)
        else:
            await goals.restore_goal(turn.tx, turn.actor, goal_id)
        return _dropped(found.client_id, "goal", goal_id, do)
    reached_on = None if do == "not_yet" else rules.today(turn.now)
    await goals.reach_goal(turn.tx, turn.actor, goal_id, reached_on)
    return _back(found.client_id, "goal_saved")


async def add_task(turn: Turn) -> Answer:
    """What the coordinator promises, by when."""
    client_id, due = turn.part("client_id"), turn.day("due_on")
    if due is None:
        raise FieldMissingError
    await turn.services.cases.goals.add_task(
        turn.tx, turn.actor, client_id, turn.typed("phrase"), due, turn.now
    )
    return _back(client_id, "note_added")


async def finish_task(turn: Turn) -> Answer:
    """What the coordinator promised is done, or not yet after all; or it is not needed any more."""
    goals, task_id, do = turn.services.cases.goals, turn.part("task_id"), turn.typed("do")
    if do in ("drop", "back"):
        if do == "drop":
            task = await goals.drop_task(turn.tx, turn.actor, task_id, turn.now)
        else:
            task = await goals.restore_task(turn.tx, turn.actor, task_id)
        return _dropped(task.client_id, "task", task_id, do)
    back = do == "not_yet"
    task = await goals.finish_task(turn.tx, turn.actor, task_id, None if back else rules.today(turn.now))
    done = "undone" if back else "task_done"
    return Go("/", done) if turn.typed("to") == "/" else _back(task.client_id, done)


async def sign(turn: Turn) -> Answer:
    """Both have signed what stood on the page."""
    client_id, day = turn.part("client_id"), turn.day("signed_on")
    if day is None:
        raise FieldMissingError
    await turn.services.cases.goals.sign(
        turn.tx, turn.actor, client_id, day, turn.now, seen=turn.typed("seen")
    )
    return _back(client_id, "signed")


def dropped(turn: Turn) -> tuple[str, str] | None:
    """The goal or promise that was dropped a click ago, as its kind and id, to take that back."""
    for kind in ("goal", "task"):
        if re.fullmatch(r"[\w-]+", turn.query(kind), re.ASCII):
            return kind, turn.query(kind)
    return None


def _dropped(client_id: str, kind: str, id_: str, do: str) -> Go:
    gone = f"?{kind}={id_}" if do == "drop" else ""
    return Go(f"/clients/{client_id}{gone}#agreement", "dropped" if gone else "undone")


def _back(client_id: str, done: str) -> Go:
    return Go(f"/clients/{client_id}#agreement", done)


_FILE, _MAY = "/clients/{client_id}", May.LIST_CLIENTS
ROUTES = (
    DeskRoute("POST", _FILE + "/goals", add_goal, _MAY, "a goal of the client"),
    DeskRoute("POST", "/goals/{goal_id}", change_goal, _MAY, "a goal is reached, not yet, or dropped"),
    DeskRoute("POST", _FILE + "/tasks", add_task, _MAY, "promise something"),
    DeskRoute("POST", "/tasks/{task_id}/done", finish_task, _MAY, "a task is done, not yet, or dropped"),
    DeskRoute("POST", _FILE + "/sign", sign, _MAY, "the agreement was signed"),
)
