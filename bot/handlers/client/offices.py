"""Who is responsible for what: the office for a question, for a matter that was tapped, and for the place somebody lives in."""

from dataclasses import replace

from bot import profiles
from bot.handlers.client import asked
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_place
from bot.turn import Screens, Turn
from bot.views import offices as views
from offers import places
from offers.responsible import matters
from offers.responsible.types import Directions
from offers.types import Query, Topic
from people.errors import NotFoundError
from people.types import Permission


async def answer(turn: Turn, query: Query) -> list[Screen] | None:
    """The offices that a question is about; None where the catalogue's search knows better.

    A question that names no matter and no entry of the catalogue is answered by who helps on.
    """
    if not query.text:
        return None
    query = replace(query, topic=Topic.OFFICE.value)
    services, home = turn.services, await _home(turn)
    found = await services.responsible.ask(turn.tx, query, home, turn.asked_in)
    if not found.offices and not found.ask_place:
        if found.helps_on or _names_an_entry(turn, query):
            return None
        found = await services.responsible.counselling(turn.tx, query.place or home)
        if not found.offices:
            return None
    await _remember(turn, query, found)
    return _shown(turn, found)


def _names_an_entry(turn: Turn, query: Query) -> bool:
    anywhere = turn.services.offers.search(replace(query, topic=None, language=turn.asked_in), turn.now)
    return any(hit.offer.topic == Topic.OFFICE for hit in anywhere.hits)


async def which(turn: Turn) -> Screen:
    """What can it be about?"""
    return views.which_screen(turn.words)


async def about(turn: Turn, matter: str) -> Screens:
    """The office for a matter, where the person lives as far as that is known."""
    return await _tapped(turn, matter, await _home(turn))


async def where(turn: Turn, matter: str) -> Screen:
    """For which place?"""
    if matter not in matters.load():
        raise NotFoundError
    return await _ask_where(turn, matter)


async def about_in(turn: Turn, matter: str, number: str) -> Screens:
    """The office for a matter in a place."""
    return await _tapped(turn, matter, tapped_place(number))


async def _tapped(turn: Turn, matter: str, place: str | None) -> Screens:
    found = await turn.services.responsible.about(turn.tx, matter, place)
    if found.ask_place and not found.offices:
        return await _ask_where(turn, matter)
    await _remember(turn, _about(turn, matter, place), found)
    return _shown(turn, found)


async def _ask_where(turn: Turn, matter: str) -> Screen:
    """A place that is typed or sent is an answer as a tapped one is."""
    await asked.remember(turn, _about(turn, matter, None), [])
    return views.where_screen(turn.words, matter)


def _about(turn: Turn, matter: str, place: str | None) -> Query:
    """A matter's name as the question, so that "and in Haar?" goes on from here."""
    name = turn.words.plain(matters.load()[matter].name)
    return Query(text=name, topic=Topic.OFFICE.value, place=place)


def _shown(turn: Turn, found: Directions) -> list[Screen]:
    if found.ask_place and not found.offices and found.matters:
        return [views.where_screen(turn.words, found.matters[0])]
    before = [views.before_screen(turn.words, found)] if found.helps_on else []
    cards = [
        views.office_screen(
            turn.words,
            found,
            office,
            turn.services.offers.next_dates(office.offer, turn.now, 1),
            turn.now,
            turn.review_days,
        )
        for office in found.offices
    ]
    return [*before, *cards, views.after_screen(turn.words, found)]


async def _home(turn: Turn) -> str | None:
    """The municipality of a linked client; none where a family's cases are in several, or somebody else is asked for."""
    if profiles.for_somebody_else(turn.drafts):
        return None
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    found = {known.name for client in own if client.place and (known := places.load().find(client.place))}
    return found.pop() if len(found) == 1 else None


async def _remember(turn: Turn, query: Query, found: Directions) -> None:
    await asked.remember(turn, query, [office.offer.id for office in found.offices])


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "who", which, _ASK, "who is responsible: for what"),
    Route(_TAP, "who.for", about, _ASK, "the office that is responsible for a matter", args=1),
    Route(_TAP, "who.where", where, _ASK, "who is responsible: where", args=1),
    Route(_TAP, "who.in", about_in, _ASK, "the office for a matter in a place", args=2),
)
