"""What an import says on the command line."""

from rich.console import Console

from i18n.messages import Message
from lotse.commands.reports import print_report
from offers.types import ImportReport, RowError


def test_what_was_left_out_is_printed_and_refuses_nothing() -> None:
    console = Console(record=True, width=200)
    left_out = RowError("theirs.json", 7, "schedules", Message("import.hsds_schedule", {"name": "Kurs"}))
    print_report(console, ImportReport(3, 0, 0, (), (), left_out=(left_out,)))
    shown = console.export_text()
    assert "Ausgelassen" in shown
    assert "theirs.json" in shown
    assert "Importiert: 3 neu" in shown
    assert "Fehler" not in shown
