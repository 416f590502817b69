"""Absence and deputies on the coordinator's phone; cases are handed over at the desk, where names stand beside them."""

from agreements import rules
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day
from bot.turn import Turn
from bot.views import coordinator_team as views
from people.errors import NotFoundError
from people.types import Permission


async def show(turn: Turn) -> Screen:
    """Away until when, and who looks after the cases meanwhile."""
    cases, tx, actor = turn.services.cases, turn.tx, turn.actor
    settings = await cases.day.settings(tx, actor)
    shown = await turn.services.accounts.shown_names(tx)
    names = {person: shown[person] for person in await cases.team.colleagues(tx, actor) if person in shown}
    deputies = await cases.team.deputies(tx, actor)
    of_all = await cases.team.standing(tx, actor)
    return views.away_screen(turn.words, settings, names, deputies, of_all, rules.today(turn.now))


async def away(turn: Turn, until: str) -> Screen:
    """Away until a day, or back."""
    day = None if until == "back" else tapped_day(until)
    if day is not None and rules.due_in_past(day, turn.now):
        raise NotFoundError
    await turn.services.cases.day.be_absent(turn.tx, turn.actor, day, turn.now)
    return await show(turn)


async def deputy(turn: Turn, person_id: str, state: str) -> Screen:
    """A colleague sees the own cases as well, or no longer."""
    if state not in ("on", "off") or person_id not in await turn.services.cases.team.colleagues(
        turn.tx, turn.actor
    ):
        raise NotFoundError
    team = turn.services.cases.team
    if state == "on":
        await team.add_deputy(turn.tx, turn.actor, person_id, turn.now)
    else:
        await team.remove_deputy(turn.tx, turn.actor, person_id)
    return await show(turn)


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "me.away", away, _WORK, "away until a day, or back", args=1),
    Route(_TAP, "me.deputy", deputy, _WORK, "a deputy for the own cases, or no longer", args=2),
    Route(_TAP, "me", show, _WORK, "absence and deputies"),
)
