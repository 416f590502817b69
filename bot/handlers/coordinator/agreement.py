"""An agreement on the coordinator's phone: goals and promises out of the phrase book, and that it was signed."""

from agreements import rules
from agreements.goals.rules import TASKS
from agreements.goals.types import Goal
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_number
from bot.turn import Turn
from bot.views import coordinator_agreement as views
from people.errors import NotFoundError
from people.types import Permission


async def show(turn: Turn, client_id: str) -> Screen:
    """Goals, promises, and how the signed version stands."""
    found = await turn.services.cases.replies.of_client(turn.tx, turn.actor, client_id)
    return views.agreement_screen(turn.words, found)


async def goals(turn: Turn, client_id: str) -> Screen:
    """Choose a goal."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    return views.goals_screen(turn.words, client)


async def add_goal(turn: Turn, client_id: str, phrase: str) -> Screen:
    """The client wants to reach this."""
    await turn.services.cases.goals.add_goal(turn.tx, turn.actor, client_id, phrase, turn.now)
    return await show(turn, client_id)


async def goal(turn: Turn, goal_id: str) -> Screen:
    """One goal."""
    found = await turn.services.cases.goals.goal(turn.tx, turn.actor, goal_id)
    return await _goal(turn, found)


async def reach(turn: Turn, goal_id: str) -> Screen:
    """Reached today, or after another tap not yet."""
    service = turn.services.cases.goals
    found = await service.goal(turn.tx, turn.actor, goal_id)
    reached_on = None if found.reached_on else rules.today(turn.now)
    return await _goal(turn, await service.reach_goal(turn.tx, turn.actor, found.id, reached_on))


async def drop_goal(turn: Turn, goal_id: str) -> Screen:
    """Not wanted any more."""
    service = turn.services.cases.goals
    found = await service.goal(turn.tx, turn.actor, goal_id)
    await service.drop_goal(turn.tx, turn.actor, found.id, turn.now)
    return await show(turn, found.client_id)


async def tasks(turn: Turn, client_id: str) -> Screen:
    """Choose what is promised."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    return views.tasks_screen(turn.words, client)


async def task(turn: Turn, client_id: str, number: str) -> Screen:
    """By when?"""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    return views.task_day_screen(turn.words, client, tapped_number(number, len(TASKS)), rules.today(turn.now))


async def until(turn: Turn, client_id: str, number: str, day: str) -> Screen:
    """It is promised by this day."""
    phrase = TASKS[tapped_number(number, len(TASKS))]
    await turn.services.cases.goals.add_task(
        turn.tx, turn.actor, client_id, phrase, tapped_day(day), turn.now
    )
    return await show(turn, client_id)


async def done(turn: Turn, task_id: str) -> Screen:
    """What was promised is done."""
    found = await turn.services.cases.goals.finish_task(turn.tx, turn.actor, task_id, rules.today(turn.now))
    return await show(turn, found.client_id)


async def sign(turn: Turn, client_id: str) -> Screen:
    """Ask once before it counts as signed."""
    found = await turn.services.cases.replies.of_client(turn.tx, turn.actor, client_id)
    if not found.view.changed:
        raise NotFoundError
    return views.sign_screen(turn.words, found)


async def sign_now(turn: Turn, client_id: str) -> Screen:
    """Both signed today; the client is told."""
    await turn.services.cases.goals.sign(turn.tx, turn.actor, client_id, rules.today(turn.now), turn.now)
    return await show(turn, client_id)


async def _goal(turn: Turn, found: Goal) -> Screen:
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, found.client_id)
    return views.goal_screen(turn.words, client, found)


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ag.goals", goals, _WORK, "choose a goal of a client", args=1),
    Route(_TAP, "ag.add", add_goal, _WORK, "a goal of a client", args=2),
    Route(_TAP, "ag.goal", goal, _WORK, "one goal of a client", args=1),
    Route(_TAP, "ag.reach", reach, _WORK, "a goal is reached or not yet", args=1),
    Route(_TAP, "ag.drop", drop_goal, _WORK, "a goal is not wanted any more", args=1),
    Route(_TAP, "ag.tasks", tasks, _WORK, "choose what is promised to a client", args=1),
    Route(_TAP, "ag.task", task, _WORK, "by when something is promised", args=2),
    Route(_TAP, "ag.until", until, _WORK, "promise something by a day", args=3),
    Route(_TAP, "ag.done", done, _WORK, "what was promised is done", args=1),
    Route(_TAP, "ag.sign", sign, _WORK, "ask whether an agreement was signed", args=1),
    Route(_TAP, "ag.sign.yes", sign_now, _WORK, "an agreement was signed today", args=1),
    Route(_TAP, "ag", show, _WORK, "goals and promises of a client", args=1),
)
