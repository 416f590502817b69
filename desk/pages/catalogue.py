"""The catalogue: searched as the bot searches, kept true, edited, its dates by month, imported with a preview."""

import calendar
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import groupby

from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from offers import dates, editing, exceptions, forms, places
from offers.coming import ComingDate
from offers.errors import CellError, ClashError, RefusedError
from offers.forms import Clash, Fields
from offers.responsible import matters
from offers.responsible.types import DISTRICT
from offers.types import RESIDENCE, Offer, Query, Status, Topic
from people.errors import NotFoundError
from people.types import Permission as May

MOST = 25
_DIGITS = 6
_DATES = 400
"""Of one month: more than an office has that opens several times a day."""
_WAS = "was."
"""Before the name of a field: what stood in it when the form was opened."""


async def catalogue(turn: Turn) -> Answer:
    """What is typed is searched while it is typed; without a word, what should be looked at."""
    await turn.services.offers.refresh(turn.tx)
    text, topic = turn.query("q").strip()[:200], turn.query("topic")
    query = Query(text=text, topic=topic if topic in set(Topic) else None)
    found = turn.services.offers.search(query, turn.now, MOST) if text or query.topic else None
    values = {"q": text, "topic": topic, "found": found}
    if turn.partial:
        return Page("offer_rows.html", values)
    waiting = await _waiting(turn) if found is None else {"to_look_at": 0}
    drafts = await turn.services.editing.drafts(turn.tx, turn.actor)
    return Page("catalogue.html", {**values, **waiting, "drafts": drafts, "topics": tuple(Topic)})


async def _waiting(turn: Turn) -> dict[str, object]:
    """A page of what should be looked at, by owner."""
    count = await turn.services.freshness.due_count(turn.tx, turn.actor, turn.now)
    pages = max(1, -(-count // MOST))
    page = min(_number(turn.query("page")), pages)
    span = range(count)[(page - 1) * MOST : page * MOST]
    shown = await turn.services.reviews.waiting(turn.tx, turn.actor, span, turn.now)
    found = await turn.services.freshness.several(turn.tx, turn.actor, [each.offer_id for each in shown])
    pairs = groupby(zip(shown, found, strict=True), key=lambda pair: (pair[0].owner, pair[0].person_id))
    return {
        "to_look_at": count,
        "groups": [(*whose, [due for _, due in some]) for whose, some in pairs],
        "page": page,
        "pages": pages,
        "me": turn.actor.id,
        "names": await turn.services.accounts.shown_names(turn.tx),
    }


def _number(page: str) -> int:
    """A page from 1, as an address or a form names it."""
    return max(int(page), 1) if page.isdecimal() and len(page) < _DIGITS else 1


async def look_after(turn: Turn) -> Answer:
    """Be asked about every offer of the same owner from now on, or no longer; of one without an owner, about that."""
    offer_id, on = turn.part("offer_id"), turn.typed("on") == "yes"
    await turn.services.reviews.look_after(turn.tx, turn.actor, offer_id, on=on)
    return Go("/catalogue", "offer_saved")


async def gaps(turn: Turn) -> Answer:
    """What people ask for and the catalogue has not."""
    return Page("gaps.html", {"gaps": await turn.services.freshness.gaps(turn.tx, turn.actor)})


async def offer(turn: Turn) -> Answer:
    """Everything about one offer, to be changed in place."""
    found = await turn.services.editing.look(turn.tx, turn.actor, turn.part("offer_id"))
    fields = editing.fields_of(found)
    return Page("offer.html", await _shown(turn, found, fields, fields))


async def _shown(
    turn: Turn, found: Offer, fields: Fields, was: Fields, clashes: Sequence[Clash] = ()
) -> dict[str, object]:
    """The page of an offer: `fields` stand in the form, `was` is what is kept."""
    return {
        "offer": found,
        "cells": fields,
        "was": was,
        "clashes": clashes,
        "typed": editing.TYPED,
        "one": editing.ONE,
        "several": editing.SEVERAL,
        "long": ("description", "keywords"),
        "duties": await turn.services.responsible.of(turn.tx, found.id),
        **duty_choices(),
        "published": found.status == Status.PUBLISHED,
        "draft": found.status == Status.DRAFT,
        "undo": turn.query("undo"),
        "counts": await turn.services.cases.feedback.counts(turn.tx, turn.actor, found.id),
        "reports": await turn.services.offers.open_reports(turn.tx, found.id),
    }


def duty_choices() -> dict[str, object]:
    """What an office can be responsible for, for whom and where."""
    papers = tuple(status for status in RESIDENCE if status != "any")
    return {
        "matters": matters.load(),
        "papers": papers,
        "places": places.load().names,
        "district": DISTRICT,
    }


@contextmanager
def refusing() -> Iterator[None]:
    """The sentence about a cell reaches whoever typed it."""
    try:
        yield
    except CellError as error:
        raise RefusedError(error.message) from None


async def save(turn: Turn) -> Answer:
    """Write what was changed in the form, all of it or nothing; where a colleague was there first, both are shown."""
    offer_id, service, given = turn.part("offer_id"), turn.services.editing, _given(turn, "")
    before = await service.look(turn.tx, turn.actor, offer_id)
    try:
        with refusing():
            edited = await service.fill_in(turn.tx, turn.actor, offer_id, _given(turn, _WAS), given, turn.now)
    except ClashError as error:
        found = await service.look(turn.tx, turn.actor, offer_id)
        was = editing.fields_of(found)
        mine, _ = forms.changes(_given(turn, _WAS), given, was)
        return Page("offer.html", await _shown(turn, found, {**was, **mine}, was, error.clashes), 422)
    if edited:
        await tell_changes(turn, before, edited.offer)
    undo = f"?undo={edited.version_id}" if edited else ""
    return Go(f"/offers/{offer_id}{undo}", "offer_saved" if edited else "nothing_changed")


def _given(turn: Turn, before: str) -> dict[str, str]:
    """The fields of the form, or with `_WAS` what stood in them when it was opened."""
    given = {name: turn.typed(before + name) for name in editing.FIELDS if before + name in turn.form}
    for name, codes in editing.SEVERAL.items():
        # Nothing is sent of a list in which nothing is ticked: that it was in the form is known by what it was.
        if not before and (name in turn.form or _WAS + name in turn.form):
            chosen = turn.chosen(name)
            unknown = [code for code in chosen if code not in codes]
            given[name] = ",".join([*(code for code in codes if code in chosen), *unknown])
    return given


async def tell_changes(turn: Turn, before: Offer, after: Offer) -> None:
    """Whoever meant to come hears that it pauses, has ended, goes on or is at other times."""
    changed = [(after.id, found) for found in exceptions.news(before, after, turn.now)]
    await turn.services.agreements.offers_changed(turn.tx, turn.actor, changed, turn.now)


async def undo(turn: Turn) -> Answer:
    """The offer as it was before its last change."""
    offer_id = turn.part("offer_id")
    before = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    after = await turn.services.reviews.undo(turn.tx, turn.actor, offer_id, turn.typed("version"), turn.now)
    await tell_changes(turn, before, after)
    return Go(f"/offers/{offer_id}", "undone")


async def say(turn: Turn) -> Answer:
    """Published, still right, pausing or ended; a draft that ends is thrown away."""
    offer_id, said, back = turn.part("offer_id"), turn.typed("is"), f"/offers/{turn.part('offer_id')}"
    found = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    if said == "end" and found.status == Status.DRAFT:
        edited = await turn.services.editing.discard(turn.tx, turn.actor, offer_id, turn.now)
        return Go(f"{back}?undo={edited.version_id}", "offer_checked")
    if said == "publish":
        edited = await turn.services.reviews.publish(turn.tx, turn.actor, offer_id, turn.now)
        after, back = edited.offer, f"{back}?undo={edited.version_id}"
    else:
        after = (await turn.services.reviews.answer(turn.tx, turn.actor, offer_id, said, turn.now)).offer
    await tell_changes(turn, found, after)
    # A list is worked off where it was left.
    lists = {"/": "/", "/catalogue": f"/catalogue?page={_number(turn.typed('page'))}"}
    return Go(lists.get(turn.typed("to"), back), "offer_checked")


async def month(turn: Turn) -> Answer:
    """The dates of an offer on a calendar sheet."""
    local = turn.now.astimezone(dates.BERLIN).date()
    year, number = _month(turn.query("month"), local)
    since = max(turn.now, datetime(year, number, 1, tzinfo=dates.BERLIN))
    found, coming = await turn.services.editing.coming(
        turn.tx, turn.actor, turn.part("offer_id"), since, _DATES
    )
    by_day: dict[date, list[ComingDate]] = defaultdict(list)
    for one in coming:
        # What is over already would be looked for where it takes place now.
        shown = one.now if one.passed and one.now else one.planned
        by_day[shown.starts_at.astimezone(dates.BERLIN).date()].append(one)
    first = date(year, number, 1)
    before = date(year - (number == 1), (number - 2) % 12 + 1, 1)
    after = date(year + (number == 12), number % 12 + 1, 1)
    values = {
        "offer": found,
        "first": first,
        "weeks": calendar.Calendar().monthdatescalendar(year, number),
        "by_day": by_day,
        "shown": any(day.month == number and day.year == year for day in by_day),
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}",
        "today": local,
        "berlin": dates.BERLIN,
    }
    return Page("month.html", values)


def _month(text: str, today: date) -> tuple[int, int]:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.year, today.month
    return (found.year, found.month) if 2000 < found.year < 2200 else (today.year, today.month)


async def change_date(turn: Turn) -> Answer:
    """One date is cancelled, moved, or takes place after all; whoever wished for the offer hears of it."""
    offer_id, day, opens_at = turn.part("offer_id"), turn.day("day"), turn.typed("opens_at")
    if day is None:
        raise FieldMissingError
    service, where = turn.services.editing, (turn.tx, turn.actor, offer_id, day, opens_at)
    before = await service.look(turn.tx, turn.actor, offer_id)
    match turn.typed("do"):
        case "cancel":
            edited = await service.cancel_date(*where, turn.now)
        case "restore":
            edited = await service.restore_date(*where, turn.now)
        case "move":
            with refusing():
                edited = await service.move_date(*where, turn.typed("text"), turn.now)
        case _:
            raise NotFoundError
    await turn.services.agreements.offer_date_changed(
        turn.tx,
        turn.actor,
        offer_id,
        f"{offer_id}.{day:%Y%m%d}{opens_at.replace(':', '')}",
        dates.last_use(day, opens_at, before, edited.offer),
        turn.now,
    )
    return Go(f"/offers/{offer_id}/dates?month={day:%Y-%m}", "date_changed")


async def import_page(turn: Turn) -> Answer:
    """Choose files, look at what they would change."""
    return Page("catalogue_import.html", {"report": None, "finished": False})


async def import_files(turn: Turn) -> Answer:
    """Show what the files would change, or change it: all or nothing."""
    files = await turn.uploads("files")
    go = turn.typed("go") == "yes"
    report = await turn.services.offers.import_tables(turn.tx, files, turn.now, dry_run=not go)
    if go:
        await turn.services.agreements.offers_changed(turn.tx, turn.actor, report.news, turn.now)
    return Page("catalogue_import.html", {"report": report, "finished": go and not report.errors})


_MAY, _OFFER = May.KEEP_CATALOGUE, "/offers/{offer_id}"
ROUTES = (
    DeskRoute("GET", "/catalogue", catalogue, _MAY, "search, and what should be looked at"),
    DeskRoute("GET", "/catalogue/gaps", gaps, _MAY, "what people ask for and is not there"),
    DeskRoute("GET", "/catalogue/import", import_page, _MAY, "import offers"),
    DeskRoute("POST", "/catalogue/import", import_files, _MAY, "preview or import them", largest=20_000_000),
    DeskRoute("GET", _OFFER, offer, _MAY, "one offer"),
    DeskRoute("POST", _OFFER, save, _MAY, "change it"),
    DeskRoute("POST", _OFFER + "/undo", undo, _MAY, "take the last change back"),
    DeskRoute("POST", _OFFER + "/is", say, _MAY, "publish, confirm, pause or end it"),
    DeskRoute(
        "POST", _OFFER + "/mine", look_after, _MAY, "look after it and its owner's others, or no longer"
    ),
    DeskRoute("GET", _OFFER + "/dates", month, _MAY, "its dates by month"),
    DeskRoute("POST", _OFFER + "/dates", change_date, _MAY, "cancel, move or restore one date"),
)
