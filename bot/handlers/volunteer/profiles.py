"""Profiles without names: kept from the chosen filters, taken up before asking, put away again."""

from bot import followup, profiles
from bot.handlers.client import narrow
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import saved as views
from offers.saved.types import Profile
from offers.types import Query
from people.types import Permission


async def every(turn: Turn) -> Screen:
    """The profiles there are."""
    found = await turn.services.circle.saved.profiles(turn.tx, turn.actor)
    return views.profiles_screen(turn.words, found, profiles.in_use(turn.drafts))


async def keep(turn: Turn) -> Screen:
    """Keep the chosen filters as a profile, and use it."""
    query = narrow.chosen(turn)
    found = await turn.services.circle.saved.keep_profile(turn.tx, turn.actor, query, turn.now)
    return await _take_up(turn, found, query)


async def use(turn: Turn, profile_id: str) -> Screen:
    """Ask with it from now on."""
    found = await turn.services.circle.saved.use_profile(turn.tx, turn.actor, profile_id, turn.now)
    return await _take_up(turn, found, Query())


async def stop(turn: Turn) -> Screen:
    """Put the profile away; what was asked with it is forgotten."""
    for kind in (profiles.KIND, followup.KIND):
        await turn.end_draft(kind)
    return await every(turn)


async def drop(turn: Turn, profile_id: str) -> Screen:
    """Forget it; another one that is in use stays in use."""
    saved, used = turn.services.circle.saved, profiles.in_use(turn.drafts)
    marks = {each.id: each.mark for each in await saved.profiles(turn.tx, turn.actor)}
    await saved.drop_profile(turn.tx, turn.actor, profile_id)
    if used is not None and used["mark"] == marks[profile_id]:
        return await stop(turn)
    return await every(turn)


async def _take_up(turn: Turn, found: Profile, query: Query) -> Screen:
    await turn.draft(profiles.KIND, "used", profiles.LIFE, mark=found.mark, filters=dict(found.filters))
    return await narrow.begin_as(turn, profiles.applied(query, turn.drafts))


_TAP, _HELP = RouteKind.TAP, Permission.HELP_OTHERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "pr.list", every, _HELP, "profiles without names"),
    Route(_TAP, "pr.keep", keep, _HELP, "keep the chosen filters as a profile"),
    Route(_TAP, "pr.use", use, _HELP, "ask with a profile from now on", args=1),
    Route(_TAP, "pr.stop", stop, _HELP, "put the profile away"),
    Route(_TAP, "pr.drop", drop, _HELP, "forget a profile", args=1),
)
