"""How an import's report is printed."""

from rich.console import Console
from rich.table import Table

from i18n.languages import SOURCE
from i18n.messages import words
from offers.types import ImportReport


def print_report(console: Console, report: ImportReport) -> None:
    """What an import did, or each wrong cell when it did nothing."""
    german = words(SOURCE)
    table = Table()
    for title in ("Datei", "Zeile", "Spalte", "Fehler"):
        # An id that is cut off cannot be looked for in the file.
        table.add_column(title, overflow="fold")
    for error in report.errors:
        table.add_row(
            error.file, str(error.row), error.column, german.plain(error.message.key, **error.message.params)
        )
    if report.errors:
        console.print(table)
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
