"""`lotse agreements`: cases in from another program and changes back, the roadmap and its figures."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from agreements.indicators.roadmap import SAMPLE
from agreements.indicators.types import Grouping
from agreements.report.content import report_text, sheet
from agreements.report.page import page
from agreements.sheets.layout import pdf
from agreements.transfer import reading, writing
from agreements.transfer.errors import ColumnsInvalidError
from agreements.transfer.types import Columns
from db.engine import Transaction
from i18n.languages import SOURCE
from i18n.messages import words
from lotse.commands.given import settings_of
from lotse.commands.reports import print_report
from lotse.commands.unit import run
from lotse.files import write_closed, write_whole
from lotse.runtime import Core
from offers.types import ImportReport
from people.types import Role

app = typer.Typer(no_args_is_help=True, help="Case work: tables in and out, the roadmap and its figures.")
console = Console(markup=False, emoji=False)
_WHO = typer.Option(help="Id of the coordinator whose cases these are; see `lotse agreements coordinators`.")
_COLUMNS = typer.Option(
    help="YAML: table → field → the other program's name, or {column, leads: program|lotse}."
)


class TableFormat(StrEnum):
    """What tables can be written as."""

    CSV = "csv"
    XLSX = "xlsx"


@app.command("coordinators")
def coordinators(context: typer.Context) -> None:
    """List the ids of the coordinators."""

    async def find(core: Core, tx: Transaction) -> list[str]:
        return await core.people.holders(tx, Role.COORDINATOR)

    for person_id in run(context, find):
        console.print(person_id, highlight=False)


@app.command("end")
def end_case(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="The case number.")],
    coordinator: Annotated[str, _WHO],
) -> None:
    """Close a case: reminders stop, the chat is let go of, and the time begins after which all of it is removed."""

    async def end(core: Core, tx: Transaction) -> str:
        actor = await core.people.actor(tx, coordinator)
        client = await core.agreements.client_by_case(tx, actor, case)
        return (await core.agreements.end_case(tx, actor, client.id, core.clock.now())).case_number

    days = settings_of(context).retention.closed_cases
    console.print(f"{run(context, end)} is closed; all of it is removed after {days} days.")


@app.command("reopen")
def reopen_case(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="The case number.")],
    coordinator: Annotated[str, _WHO],
) -> None:
    """Open a closed case again: it is in its coordinator's list as before, and a chat is linked by a new invitation."""

    async def reopen(core: Core, tx: Transaction) -> str:
        actor = await core.people.actor(tx, coordinator)
        client = await core.agreements.client_by_case(tx, actor, case)
        return (await core.agreements.reopen_case(tx, actor, client.id)).case_number

    console.print(f"{run(context, reopen)} is open.")


@app.command("import")
def import_cases(
    context: typer.Context,
    source: Annotated[
        Path,
        typer.Argument(
            help="clients.csv, milestones.csv, appointments.csv, a folder with them, or one .xlsx with such sheets."
        ),
    ],
    coordinator: Annotated[str, _WHO],
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
    columns: Annotated[Path | None, _COLUMNS] = None,
) -> None:
    """Read clients, milestones and appointments: all or nothing, and a second time changes nothing."""
    files, described_columns = _files(source), _columns(columns)

    async def bring(core: Core, tx: Transaction) -> ImportReport:
        actor = await core.people.actor(tx, coordinator)
        now = core.clock.now()
        return await core.cases.transfer.import_tables(
            tx, actor, files, now, dry_run=preview, columns=described_columns
        )

    _report(run(context, bring), preview=preview)


@app.command("export")
def export_cases(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="A folder for csv, a file for xlsx.")],
    coordinator: Annotated[str, _WHO],
    form: Annotated[TableFormat, typer.Option("--format", help="csv or xlsx")] = TableFormat.CSV,
    everything: Annotated[
        bool, typer.Option("--all", help="Not only what changed since the last export.")
    ] = False,
    columns: Annotated[Path | None, _COLUMNS] = None,
) -> None:
    """Write what changed since the last export, readable by its owner only; the next one begins here once the files are written."""
    described_columns = _columns(columns)

    async def write(core: Core, tx: Transaction) -> int:
        actor = await core.people.actor(tx, coordinator)
        found = await core.cases.transfer.export_changes(
            tx, actor, core.clock.now(), columns=described_columns, everything=everything
        )
        # Within the transaction: when the disk is full, the changes have not gone out.
        if form is TableFormat.XLSX:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_closed(target, writing.workbook(found))
        else:
            target.mkdir(parents=True, exist_ok=True)
            for name, content in writing.csv_files(found).items():
                write_closed(target / name, content)
        return found.rows

    try:
        rows = run(context, write)
    except OSError as error:
        raise typer.BadParameter(f"{target} cannot be written: {error.strerror}") from None
    console.print(f"{rows} rows in {target}.", soft_wrap=True)


@app.command("roadmap")
def roadmap(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(help="A CSV file; the goals quoted in public when left out.")
    ] = SAMPLE,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
) -> None:
    """Read the goals of the district's roadmap."""
    try:
        content = source.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{source} cannot be read: {error.strerror}") from None

    async def bring(core: Core, tx: Transaction) -> ImportReport:
        return await core.cases.indicators.import_goals(tx, None, content, core.clock.now(), dry_run=preview)

    _report(run(context, bring), preview=preview)


@app.command("figures")
def figures(
    context: typer.Context,
    by: Annotated[Grouping, typer.Option(help="all, quarter, month, place or field")] = Grouping.ALL,
) -> None:
    """Print the indicators; what speaks of fewer than five people is hidden."""

    async def find(core: Core, tx: Transaction) -> Table:
        table = Table("indicator", by.value, "number", "of", "share")
        for figure in await core.cases.indicators.figures(tx, None, by, core.clock.now()):
            hidden = figure.number is None
            number = "–" if hidden else str(figure.number)
            base = "" if figure.base is None else str(figure.base)
            share = "" if figure.share is None else f"{figure.share:.0%}"
            table.add_row(figure.indicator.value, figure.group, number, base, share)
        return table

    console.print(run(context, find))


@app.command("report")
def report(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="A file: .pdf for the council, .html for the homepage.")],
    quarter: Annotated[str, typer.Option(help="2027-Q1; the one that runs when left out.")] = "",
) -> None:
    """Write the report on the roadmap."""
    settings = settings_of(context)
    if quarter and not re.fullmatch(r"20[0-9]{2}-Q[1-4]", quarter):
        raise typer.BadParameter("a quarter is 2027-Q1", param_hint="--quarter")
    if target.suffix not in (".pdf", ".html"):
        raise typer.BadParameter("the file ends in .pdf or .html", param_hint="TARGET")

    async def find(core: Core, tx: Transaction) -> bytes:
        indicators, now = core.cases.indicators, core.clock.now()
        running = indicators.quarters(now)[0]
        if quarter > running:
            raise typer.BadParameter(f"{quarter} has not begun; {running} runs", param_hint="--quarter")
        found = await indicators.report(tx, None, quarter or running, now)
        text = report_text(found, words(SOURCE), settings.district_name)
        return page(text, SOURCE) if target.suffix == ".html" else pdf(sheet(text), now)

    content = run(context, find)
    try:
        write_whole(target, content)
    except OSError as error:
        raise typer.BadParameter(f"{target} cannot be written: {error.strerror}") from None
    console.print(f"{len(content) / 1000:.0f} KB in {target}.", soft_wrap=True)


def _files(source: Path) -> dict[str, bytes]:
    paths = sorted(source.glob("*.csv")) if source.is_dir() else [source]
    try:
        found = {path.name: path.read_bytes() for path in paths}
    except OSError as error:
        raise typer.BadParameter(f"{source} cannot be read: {error.strerror}") from None
    if not found:
        raise typer.BadParameter(f"{source} has no .csv files")
    return found


def _columns(path: Path | None) -> Columns:
    if path is None:
        return Columns()
    try:
        return reading.columns(path.read_bytes())
    except OSError:
        raise typer.BadParameter(f"{path} cannot be read", param_hint="--columns") from None
    except ColumnsInvalidError as error:
        raise typer.BadParameter(
            words(SOURCE).render(error.message).striptags(), param_hint="--columns"
        ) from None


def _report(report: ImportReport, *, preview: bool) -> None:
    print_report(console, report, preview=preview)
    raise typer.Exit(1 if report.errors else 0)
