"""Searching with buttons: one filter after another, each with how many offers it leaves."""

from markupsafe import Markup

from bot import followup, notice, profiles
from bot.handlers.client import asked
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number
from bot.turn import Turn
from bot.views import narrow as views
from bot.views import saved
from offers import places
from offers.facts import TOPICS
from offers.rules import with_filter
from offers.types import (
    AUDIENCES,
    DAYTIMES,
    LANGUAGE_CODES,
    LEVELS,
    RESIDENCE,
    WEEKDAYS,
    Query,
)
from people.errors import NotFoundError
from people.rules import allows
from people.types import Permission

_MANY_PAGES = 10_000
_VALUES = {
    "topic": tuple(topic for topic, _ in TOPICS),
    "place": places.load().names,
    "level": LEVELS,
    "audience": AUDIENCES,
    "daytime": DAYTIMES,
    "weekday": WEEKDAYS,
    "spoken": LANGUAGE_CODES,
    "residence": tuple(status for status in RESIDENCE if status != "any"),
}


async def show(turn: Turn) -> Screen:
    """What is chosen so far; after a quarter of an hour one begins anew."""
    if _is_over(turn):
        return await start_over(turn)
    return _filters(turn, _query(turn))


async def start_over(turn: Turn) -> Screen:
    """Nothing chosen but what the profile in use says."""
    return await begin_as(turn, profiles.applied(Query(), turn.drafts))


async def begin_as(turn: Turn, query: Query) -> Screen:
    """With these filters."""
    await _remember(turn, query)
    return _filters(turn, query)


async def for_somebody_else(turn: Turn) -> Screen:
    """With nothing chosen, and a word on what it means to ask for somebody else."""
    query = profiles.applied(Query(), turn.drafts)
    if notice.seen(turn):
        await _remember(turn, query)
    house = turn.services.house
    told = views.other_note(
        turn.words, house.contact_name, house.contact_phone, helper=allows(turn.actor, Permission.HELP_OTHERS)
    )
    return _filters(turn, query, told)


def chosen(turn: Turn) -> Query:
    """What is chosen so far."""
    return _query(turn)


async def by(turn: Turn, name: str) -> Screen:
    """The values of one filter."""
    if name not in _VALUES:
        raise NotFoundError
    if _is_over(turn):
        return views.over_screen(turn.words)
    query = _query(turn)
    counts = turn.services.offers.facets(query, name, _VALUES[name], turn.now)
    codes = {value: _code(name, value) for value in counts}
    return views.values_screen(turn.words, name, counts, codes, chosen=getattr(query, name) is not None)


async def choose(turn: Turn, name: str, code: str) -> Screen:
    """A value was tapped; `-` is any."""
    if _is_over(turn):
        return views.over_screen(turn.words)
    query = with_filter(_query(turn), name, _value(name, code))
    await _remember(turn, query)
    return _filters(turn, query)


async def results(turn: Turn, page: str) -> Screen:
    """What is left, as a list."""
    wanted = tapped_number(page, _MANY_PAGES)
    if _is_over(turn):
        return views.over_screen(turn.words)
    query = _query(turn)
    hits = turn.services.offers.fitting(query, turn.now)
    first = views.first_of(hits, wanted)
    await _remember(turn, query, [hit.offer.id for hit in hits[first : first + views.PAGE]], first)
    if not hits:
        return _filters(turn, query)
    dates = [
        turn.services.offers.next_dates(hit.offer, turn.now, 1) if first <= at < first + views.PAGE else ()
        for at, hit in enumerate(hits)
    ]
    return views.list_screen(turn.words, hits, dates, wanted, turn.now, turn.review_days)


def _filters(turn: Turn, query: Query, note: Markup | None = None) -> Screen:
    offers = turn.services.offers
    count = len(offers.fitting(query, turn.now))
    switches = {
        name: len(offers.fitting(with_filter(query, name, True), turn.now)) for name in views.SWITCHES
    }
    other = profiles.for_somebody_else(turn.drafts)
    whom = saved.asked_for(turn.words, profiles.in_use(turn.drafts), other=other)
    helper = allows(turn.actor, Permission.HELP_OTHERS)
    return views.filters_screen(turn.words, query, count, switches, whom=whom, helper=helper, note=note)


def _is_over(turn: Turn) -> bool:
    """Whether the search that a button belongs to is forgotten: without its filters every offer there is would be found."""
    return followup.KIND not in turn.drafts


def _query(turn: Turn) -> Query:
    last = turn.drafts.get(followup.KIND)
    return followup.restored(last.data) if last is not None else Query()


async def _remember(turn: Turn, query: Query, hits: list[str] | None = None, first: int = 0) -> None:
    await asked.remember(turn, query, hits or [], first=first)


def _code(name: str, value: str) -> str:
    """What a button sends for a value: a place by its number, since names can be long."""
    return str(_VALUES[name].index(value)) if name == "place" else value


def _value(name: str, code: str) -> str | bool | None:
    if name in views.SWITCHES:
        return True if code == "yes" else None
    if code == "-" and name in _VALUES:
        return None
    found = next((value for value in _VALUES.get(name, ()) if _code(name, value) == code), None)
    if found is None:
        raise NotFoundError
    return found


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "filter", show, _ASK, "search with buttons: what is chosen"),
    Route(_TAP, "filter.none", start_over, _ASK, "search with buttons: begin anew"),
    Route(_TAP, "filter.by", by, _ASK, "search with buttons: the values of a filter", args=1),
    Route(_TAP, "filter.set", choose, _ASK, "search with buttons: choose a value", args=2),
    Route(_TAP, "filter.list", results, _ASK, "search with buttons: the results", args=1),
)
