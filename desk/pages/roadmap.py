"""The goals of the roadmap: how they stand, changed by leads, in and out as tables, and the report for council and public."""

import asyncio
import re
from collections.abc import Collection, Mapping
from functools import partial
from types import MappingProxyType

from agreements import rules
from agreements.files.errors import FieldsInvalidError
from agreements.files.rules import typed
from agreements.indicators import roadmap as table
from agreements.indicators.errors import GoalClashError, GoalGoneError
from agreements.indicators.types import Indicator, Light
from agreements.report.content import goal_lines, indicator_name, quarter_name, report_text, sheet
from agreements.report.page import page
from agreements.sheets.layout import pdf
from desk.routes import DeskRoute
from desk.turn import CSV, HTML, PDF, XLSX, Answer, File, Go, Page, Turn
from i18n.messages import Message
from offers import tablefile, xlsxfile
from offers.types import FIELDS_OF_ACTION
from people.errors import NotFoundError
from people.types import Permission as May

_QUARTER = re.compile(r"20[0-9]{2}-Q[1-4]")


async def roadmap(turn: Turn) -> Answer:
    """Every goal with its light, by field of action."""
    indicators = turn.services.cases.indicators
    goals = await indicators.judged(turn.tx, turn.actor, turn.now)
    wanted = turn.query("light")
    shown = [judged for judged in goals if wanted in ("", judged.light.value)]
    values = {
        "fields": {field: [j for j in shown if j.goal.field == field] for field in FIELDS_OF_ACTION},
        "tally": {light: sum(judged.light is light for judged in goals) for light in Light},
        "wanted": wanted,
        "total": len(goals),
        "lines": goal_lines,
        "quarters": [(name, quarter_name(turn.words, name)) for name in indicators.quarters(turn.now)],
    }
    return Page("roadmap.html", values)


async def new_goal(turn: Turn) -> Answer:
    """The form for a new goal."""
    return _form(turn, dict.fromkeys(table.TABLE, ""), {})


async def goal(turn: Turn) -> Answer:
    """One goal to change, and its light to set by hand."""
    cells = table.cells_of(await turn.services.cases.indicators.goal(turn.tx, turn.part("number")))
    return _form(turn, cells, cells)


def _form(
    turn: Turn,
    cells: Mapping[str, str],
    was: Mapping[str, str],
    wrong: Mapping[str, Message] = MappingProxyType({}),
    *,
    clashes: Collection[str] = (),
    gone: bool = False,
) -> Page:
    """The form of a goal; of one that is there with what it `was` when it was shown, without that of a new one."""
    values = {
        "cells": cells,
        "was": was,
        "wrong": wrong,
        "clashes": [name for name in table.TABLE if name in clashes],
        "gone": gone,
        "new": not was,
        "fields": FIELDS_OF_ACTION,
        "measures": tuple(Indicator),
        "called": partial(indicator_name, turn.words),
        "lights": tuple(Light),
        "today": rules.today(turn.now),
    }
    return Page("goal.html", values, 422 if wrong or clashes or gone else 200)


async def create_goal(turn: Turn) -> Answer:
    """Write a new goal."""
    cells = _cells(turn)
    try:
        await turn.services.cases.indicators.put_goal(turn.tx, turn.actor, cells, turn.now, new=True)
    except FieldsInvalidError as error:
        return _form(turn, cells, {}, error.fields)
    return Go("/roadmap", "goal_saved")


async def save_goal(turn: Turn) -> Answer:
    """Write what was changed of a goal that is there; its number stays, and so does what a colleague has changed meanwhile."""
    cells = {**_cells(turn), "number": turn.part("number")}
    was = {name: turn.typed(f"was.{name}") for name in table.TABLE if f"was.{name}" in turn.form}
    try:
        await turn.services.cases.indicators.change_goal(turn.tx, turn.actor, cells, was, turn.now)
    except FieldsInvalidError as error:
        return _form(turn, cells, was or dict.fromkeys(cells, ""), error.fields)
    except GoalClashError as error:
        mine = {**error.there, **typed(cells, was)}
        return _form(turn, mine, error.there, clashes=error.fields)
    except GoalGoneError:
        return _form(turn, cells, {}, gone=True)
    return Go("/roadmap", "goal_saved")


def _cells(turn: Turn) -> dict[str, str]:
    cells = {name: turn.typed(name) for name in table.TABLE}
    if cells["light"] and not cells["judged_on"]:
        cells["judged_on"] = rules.today(turn.now).isoformat()
    return cells


async def remove_goal(turn: Turn) -> Answer:
    """Take a goal out."""
    await turn.services.cases.indicators.remove_goal(turn.tx, turn.actor, turn.part("number"))
    return Go("/roadmap", "goal_removed")


async def import_page(turn: Turn) -> Answer:
    """Choose a file, look at what it would change."""
    return Page("roadmap_import.html", {"report": None, "finished": False})


async def import_goals(turn: Turn) -> Answer:
    """Show what the file would change, or change it: all or nothing."""
    name, content = await turn.upload("file")
    go = turn.typed("go") == "yes"
    report = await turn.services.cases.indicators.import_goals(
        turn.tx, turn.actor, content, turn.now, dry_run=not go, file=name
    )
    return Page("roadmap_import.html", {"report": report, "finished": go and not report.errors})


async def export(turn: Turn) -> Answer:
    """The goals as the import reads them."""
    rows = table.rows_of(await turn.services.cases.indicators.goals(turn.tx))
    day = rules.today(turn.now).isoformat()
    if turn.query("format") == "xlsx":
        return File(xlsxfile.workbook({"roadmap": rows}), XLSX, f"lotse-roadmap-{day}.xlsx")
    return File(tablefile.csv_bytes(rows), CSV, f"lotse-roadmap-{day}.csv")


async def report(turn: Turn) -> Answer:
    """The report of a quarter, as PDF for the council or as a page for the homepage."""
    indicators, wanted = turn.services.cases.indicators, turn.query("quarter")
    quarter = wanted if _QUARTER.fullmatch(wanted) else indicators.quarters(turn.now)[0]
    found = await indicators.report(turn.tx, turn.actor, quarter, turn.now)
    text = report_text(found, turn.words, turn.house.district)
    match turn.query("format") or "pdf":
        case "pdf":
            packed = await asyncio.to_thread(pdf, sheet(text), turn.now)
            return File(packed, PDF, f"lotse-report-{quarter}.pdf")
        case "html":
            return File(page(text, turn.language), HTML, f"lotse-report-{quarter}.html")
        case _:
            raise NotFoundError


_SEE, _KEEP, _GOAL = May.SEE_FIGURES, May.KEEP_ROADMAP, "/roadmap/goals/{number}"
ROUTES = (
    DeskRoute("GET", "/roadmap", roadmap, _SEE, "the goals of the roadmap and how they stand"),
    DeskRoute("GET", "/roadmap/export", export, _SEE, "the goals as CSV or Excel workbook"),
    DeskRoute("GET", "/roadmap/report", report, _SEE, "the report for council and public"),
    DeskRoute("GET", "/roadmap/import", import_page, _KEEP, "goals from a file"),
    DeskRoute("POST", "/roadmap/import", import_goals, _KEEP, "preview or import them", largest=6_000_000),
    DeskRoute("GET", "/roadmap/new", new_goal, _KEEP, "the form for a new goal"),
    DeskRoute("POST", "/roadmap/new", create_goal, _KEEP, "write a new goal"),
    DeskRoute("GET", _GOAL, goal, _KEEP, "one goal"),
    DeskRoute("POST", _GOAL, save_goal, _KEEP, "change it, or set its light by hand"),
    DeskRoute("POST", _GOAL + "/remove", remove_goal, _KEEP, "take it out"),
)
