"""The catalogue: searched as the bot searches, kept true, edited, its dates by month, imported with a preview."""

import calendar
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from offers import dates, editing, places, series, tablefile
from offers.editing import ComingDate
from offers.errors import CellError, RefusedError
from offers.responsible import matters
from offers.responsible.types import DISTRICT
from offers.tables import SERVICES
from offers.types import RESIDENCE, Offer, Query, Status, Topic
from people.errors import NotFoundError
from people.types import Permission as May

MOST = 25
_DATES = 400
"""Of one month: more than an office has that opens several times a day."""
_FIELDS = (*editing.TYPED, *editing.ONE, *editing.SEVERAL, editing.PLACE, editing.DATES)


async def catalogue(turn: Turn) -> Answer:
    """What is typed is searched while it is typed; without a word, what should be looked at."""
    await turn.services.offers.refresh(turn.tx)
    text, topic = turn.query("q").strip()[:200], turn.query("topic")
    query = Query(text=text, topic=topic if topic in set(Topic) else None)
    found = turn.services.offers.search(query, turn.now, MOST) if text or query.topic else None
    values = {"q": text, "topic": topic, "found": found}
    if turn.partial:
        return Page("offer_rows.html", values)
    rounds = turn.services.freshness
    due = await rounds.due(turn.tx, turn.actor, turn.now, MOST) if found is None else []
    to_look_at = await rounds.due_count(turn.tx, turn.actor, turn.now) if due else 0
    drafts = await turn.services.editing.drafts(turn.tx, turn.actor)
    return Page(
        "catalogue.html",
        {**values, "due": due, "to_look_at": to_look_at, "drafts": drafts, "topics": tuple(Topic)},
    )


async def gaps(turn: Turn) -> Answer:
    """What people ask for and the catalogue has not."""
    return Page("gaps.html", {"gaps": await turn.services.freshness.gaps(turn.tx, turn.actor)})


async def offer(turn: Turn) -> Answer:
    """Everything about one offer, to be changed in place."""
    found = await turn.services.editing.look(turn.tx, turn.actor, turn.part("offer_id"))
    values = {
        "offer": found,
        "cells": cells(found),
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
        "reports": [r for r in await turn.services.offers.open_reports(turn.tx) if r.offer_id == found.id],
    }
    return Page("offer.html", values)


def cells(found: Offer) -> dict[str, str]:
    header, row = tablefile.tables_of([found.provider], [found])[SERVICES]
    read = {name: cell.removeprefix("'") for name, cell in zip(header, row, strict=True)}
    return read | {editing.DATES: series.text(found.schedules)}


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
def _refusing() -> Iterator[None]:
    """The sentence about a cell reaches whoever typed it."""
    try:
        yield
    except CellError as error:
        raise RefusedError(error.message) from None


async def save(turn: Turn) -> Answer:
    """Write what differs; each field is checked as the import would."""
    offer_id, service = turn.part("offer_id"), turn.services.editing
    found = await service.look(turn.tx, turn.actor, offer_id)
    before, version = cells(found), ""
    for name in _FIELDS:
        if name in editing.SEVERAL:
            wanted = set(turn.chosen(name))
            for code in sorted(wanted ^ set(getattr(found, name))):
                version = (
                    await service.toggle(turn.tx, turn.actor, offer_id, name, code, turn.now)
                ).version_id
        elif name in turn.form and turn.typed(name).replace("\r\n", "\n").strip() != before[name].strip():
            with _refusing():
                edited = await service.change(turn.tx, turn.actor, offer_id, name, turn.typed(name), turn.now)
            version = edited.version_id
    undo = f"?undo={version}" if version else ""
    return Go(f"/offers/{offer_id}{undo}", "offer_saved" if version else "nothing_changed")


async def undo(turn: Turn) -> Answer:
    """The offer as it was before its last change."""
    offer_id = turn.part("offer_id")
    await turn.services.editing.undo(turn.tx, turn.actor, offer_id, turn.typed("version"), turn.now)
    return Go(f"/offers/{offer_id}", "undone")


async def say(turn: Turn) -> Answer:
    """Published, still right, pausing or ended."""
    offer_id, said = turn.part("offer_id"), turn.typed("is")
    if said == "publish":
        await turn.services.editing.publish(turn.tx, turn.actor, offer_id, turn.now)
    else:
        await turn.services.reviews.answer(turn.tx, turn.actor, offer_id, said, turn.now)
    return Go("/catalogue" if turn.typed("to") == "/catalogue" else f"/offers/{offer_id}", "offer_checked")


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
        by_day[one.planned.starts_at.astimezone(dates.BERLIN).date()].append(one)
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
    match turn.typed("do"):
        case "cancel":
            edited = await service.cancel_date(*where, turn.now)
        case "restore":
            edited = await service.restore_date(*where, turn.now)
        case "move":
            with _refusing():
                edited = await service.move_date(*where, turn.typed("text"), turn.now)
        case _:
            raise NotFoundError
    await turn.services.agreements.offer_date_changed(
        turn.tx,
        turn.actor,
        offer_id,
        f"{offer_id}.{day:%Y%m%d}{opens_at.replace(':', '')}",
        dates.last_use(edited.offer, day, opens_at),
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
    DeskRoute("GET", _OFFER + "/dates", month, _MAY, "its dates by month"),
    DeskRoute("POST", _OFFER + "/dates", change_date, _MAY, "cancel, move or restore one date"),
)
