"""How an import's report is printed."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from i18n.languages import SOURCE
from i18n.messages import words
from offers.types import ImportReport, RowError


def print_report(console: Console, report: ImportReport) -> None:
    """What an import did, or each wrong cell when it did nothing; what was left out of it in both cases."""
    german = words(SOURCE)
    if report.left_out:
        console.print(_table("Ausgelassen", report.left_out))
    if report.errors:
        console.print(_table("Fehler", report.errors))
    console.print(
        german.plain(
            "import.refused" if report.errors else "import.done",
            new=report.new,
            changed=report.changed,
            unchanged=report.unchanged,
            vanished=len(report.vanished),
            errors=len(report.errors),
        )
    )
    for name in report.vanished:
        console.print(german.plain("import.vanished", name=name))


def _table(title: str, rows: Sequence[RowError]) -> Table:
    german = words(SOURCE)
    table = Table()
    for column in ("Datei", "Zeile", "Spalte", title):
        # An id that is cut off cannot be looked for in the file.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.file, str(row.row), row.column, german.plain(row.message.key, **row.message.params))
    return table
