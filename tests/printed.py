"""What a reader of a PDF finds in it, by poppler's pdftotext."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import skip_or_fail


def printed(file: bytes, folder: Path) -> str:
    """The text of the pages, laid out as it stands on them."""
    if shutil.which("pdftotext") is None:
        skip_or_fail("pdftotext is not installed")
    (folder / "sheet.pdf").write_bytes(file)
    done = subprocess.run(
        ["pdftotext", "-layout", str(folder / "sheet.pdf"), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout
