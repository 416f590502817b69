"""How an import's report is printed."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from i18n.languages import SOURCE
from i18n.messages import words
from offers.types import ImportReport, RowError

_MOST_NAMES = 12
"""So many names of what is new or changed are read; the rest is counted."""


def print_report(console: Console, report: ImportReport, *, preview: bool = False) -> None:
    """What an import did or would do (`preview`), or each wrong cell when it did nothing; what was left out of it in both cases."""
    german = words(SOURCE)
    if report.left_out:
        console.print(_table("Ausgelassen", report.left_out))
    if report.errors:
        console.print(_table("Fehler", report.errors))
    went_well = "import.would" if preview else "import.done"
    console.print(
        german.plain(
            "import.refused" if report.errors else went_well,
            new=report.new,
            changed=report.changed,
            unchanged=report.unchanged,
            vanished=len(report.vanished),
            errors=len(report.errors),
        )
    )
    if preview:
        _print_names(console, "import.new_names", report.begun)
        _print_names(console, "import.changed_names", report.altered)
    for name, columns in report.overwritten:
        console.print(german.plain("import.overwritten", name=name, columns=", ".join(columns)))
    for name in report.dateless:
        console.print(german.plain("import.dateless", name=name))
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


def _print_names(console: Console, key: str, names: Sequence[str]) -> None:
    if not names:
        return
    german = words(SOURCE)
    named = "; ".join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        named = german.plain("import.and_more", names=named, count=len(names) - _MOST_NAMES)
    console.print(german.plain(key, names=named))
