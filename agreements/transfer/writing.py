"""An export as files for Excel as Germans use it."""

import io
import zipfile

from agreements.transfer.types import Export
from offers import tablefile, xlsxfile


def csv_files(export: Export) -> dict[str, bytes]:
    """File name → content, a table each."""
    return {f"{table}.csv": tablefile.csv_bytes(rows) for table, rows in export.tables.items()}


def archive(export: Export) -> bytes:
    """The CSV files packed into one, for a browser."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for name, content in csv_files(export).items():
            files.writestr(name, content)
    return packed.getvalue()


def workbook(export: Export) -> bytes:
    """The same as one .xlsx file with a sheet for each table."""
    return xlsxfile.workbook(export.tables)
