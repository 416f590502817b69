"""When messages may come and how often somebody is reminded, each chosen with a tap."""

from agreements.reminding.types import Often
from agreements.reminding.wishing import HOURS
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import times as views
from people.errors import NotFoundError
from people.types import Permission


async def show(turn: Turn) -> Screen:
    """What is chosen now."""
    own = await turn.services.cases.times.own(turn.tx, turn.actor)
    return views.times_screen(turn.words, own, turn.services.people.house.current.night)


async def hours(turn: Turn, number: str) -> Screen:
    """At these hours alone."""
    if number not in map(str, range(len(HOURS))):
        raise NotFoundError
    await turn.services.cases.times.choose_hours(turn.tx, turn.actor, HOURS[int(number)], turn.now)
    return await show(turn)


async def sundays(turn: Turn, state: str) -> Screen:
    """Not on Sundays, or on Sundays too."""
    if state not in ("on", "off"):
        raise NotFoundError
    await turn.services.cases.times.choose_sundays(turn.tx, turn.actor, turn.now, quiet=state == "off")
    return await show(turn)


async def often(turn: Turn, how: str) -> Screen:
    """Once, as usual, or more often."""
    if how not in set(Often):
        raise NotFoundError
    await turn.services.cases.times.choose_often(turn.tx, turn.actor, Often(how), turn.now)
    return await show(turn)


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "times", show, _ASK, "when messages may come, and how often"),
    Route(_TAP, "times.at", hours, _ASK, "messages at these hours alone", args=1, locked=True),
    Route(_TAP, "times.sun", sundays, _ASK, "messages on Sundays or not", args=1, locked=True),
    Route(_TAP, "times.often", often, _ASK, "how often to be reminded", args=1, locked=True),
)
