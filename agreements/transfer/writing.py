"""An export as files for Excel as Germans use it."""

from agreements.transfer.types import Export
from offers import tablefile, xlsxfile


def csv_files(export: Export) -> dict[str, bytes]:
    """File name → content, a table each."""
    return {f"{table}.csv": tablefile.csv_bytes(rows) for table, rows in export.tables.items()}


def workbook(export: Export) -> bytes:
    """The same as one .xlsx file with a sheet for each table."""
    return xlsxfile.workbook(export.tables)
