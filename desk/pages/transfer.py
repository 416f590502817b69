"""Cases from another program and back: a look at what a file would do, and what changed since the last time."""

from agreements.transfer import reading, writing
from agreements.transfer.types import Columns
from desk.routes import DeskRoute
from desk.turn import XLSX, ZIP, Answer, File, Page, Turn
from offers.types import ImportReport
from people.types import Permission as May

_LARGEST = 6_000_000


async def page(turn: Turn) -> Answer:
    """Choose a file, or take what changed."""
    return await _page(turn, None, finished=False)


async def bring(turn: Turn) -> Answer:
    """Show what the file would do, or do it."""
    name, content = await turn.upload("file")
    go = turn.typed("go") == "yes"
    report = await turn.services.cases.transfer.import_tables(
        turn.tx,
        turn.actor,
        {name: content},
        turn.now,
        dry_run=not go,
        columns=await _columns(turn),
    )
    return await _page(turn, report, finished=go and not report.errors)


async def take(turn: Turn) -> Answer:
    """What changed in the own cases since the last time, as a file; the next one begins here."""
    found = await turn.services.cases.transfer.export_changes(
        turn.tx,
        turn.actor,
        turn.now,
        columns=await _columns(turn),
        everything=turn.typed("everything") == "yes",
    )
    name = f"lotse-{turn.now:%Y-%m-%d}"
    if turn.typed("format") == "xlsx":
        return File(writing.workbook(found), XLSX, f"{name}.xlsx")
    return File(writing.archive(found), ZIP, f"{name}.zip")


async def _page(turn: Turn, report: ImportReport | None, *, finished: bool) -> Page:
    last = await turn.services.cases.transfer.last_export(turn.tx, turn.actor)
    return Page("client_import.html", {"report": report, "finished": finished, "last": last})


async def _columns(turn: Turn) -> Columns:
    """How the other program names its columns, where a file says so. Raises ColumnsInvalidError."""
    given = turn.form.get("columns")
    if given is None or isinstance(given, str) or not given.filename:
        return Columns()
    return reading.columns(await given.read())


ROUTES = (
    DeskRoute("GET", "/clients/import", page, May.CREATE_CLIENT, "cases from another program, and back"),
    DeskRoute(
        "POST", "/clients/import", bring, May.CREATE_CLIENT, "preview or import them", largest=_LARGEST
    ),
    DeskRoute("POST", "/clients/export", take, May.LIST_CLIENTS, "what changed, as a file", largest=_LARGEST),
)
