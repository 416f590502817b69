"""The coordinator's day on the phone, offers that fit a client, and for leads the team's numbers."""

from agreements.rules import ACTIVE
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number
from bot.turn import Turn
from bot.views import coordinator_day as views
from offers.types import Topic
from people.errors import NotFoundError
from people.types import Permission, Role

_MANY_PAGES = 1000
_MOST = 5


async def day(turn: Turn, page: str) -> Screen:
    """What waits, worst first; a lead who looks after nobody sees how the team stands."""
    cases, roles = turn.services.cases, turn.actor.roles
    if Role.LEAD in roles and Role.COORDINATOR not in roles:
        return views.team_screen(turn.words, await cases.team.numbers(turn.tx, turn.actor, turn.now))
    wanted = 0 if page == "today" else tapped_number(page, _MANY_PAGES)
    found = await cases.day.day(turn.tx, turn.actor, turn.now)
    settings = await cases.day.settings(turn.tx, turn.actor)
    return views.day_screen(turn.words, found, wanted, digest=settings.digest)


async def today(turn: Turn) -> Screen:
    """The first page of it."""
    return await day(turn, "today")


async def digest(turn: Turn, wanted: str) -> Screen:
    """The list at eight on working days, or not."""
    if wanted not in ("on", "off"):
        raise NotFoundError
    await turn.services.cases.day.change_settings(turn.tx, turn.actor, digest=wanted == "on")
    return await day(turn, "today")


async def fitting(turn: Turn, client_id: str) -> Screen:
    """Offers that fit the next milestone, else German courses, each with why it fits the client."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    file = await turn.services.agreements.client_file(turn.tx, turn.actor, client.id)
    active = (goal.id for goal in file.milestones if goal.status in ACTIVE and goal.offer_id is None)
    milestone_id = next(active, None)
    found = await turn.services.cases.placements.matches(
        turn.tx,
        turn.actor,
        client.id,
        turn.now,
        milestone_id=milestone_id,
        topic=None if milestone_id else Topic.GERMAN_COURSE.value,
        limit=_MOST,
    )
    return views.matches_screen(turn.words, client, found)


async def suggest(turn: Turn, client_id: str, offer_id: str) -> Screen:
    """Suggest an offer to the client, who hears that there is news."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    made = await turn.services.cases.placements.suggest(turn.tx, turn.actor, client.id, offer_id, turn.now)
    return views.suggested_screen(turn.words, client, told=made.told)


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "day", day, Permission.SEE_DAY, "my day, or the team's numbers", args=1),
    Route(_TAP, "day.digest", digest, _WORK, "a list at eight or not", args=1),
    Route(_TAP, "fit", fitting, _WORK, "offers that fit a client", args=1),
    Route(_TAP, "fit.say", suggest, _WORK, "suggest an offer to a client", args=2),
)
