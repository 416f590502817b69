"""Which file of a Tabular Data Package is which table, in a folder or packed as ZIP; what stands in them is not read here."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath

from offers.errors import TableError
from offers.hsds import tabular

DESCRIPTION = "datapackage.json"
_MOST_PARTS = 500
_MOST_RATIO, _SMALL = 200, 1_000_000
"""Text is never packed that tightly; what is small may be."""
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)


def paths(description: bytes | None, top: Iterable[str]) -> dict[str, list[str]]:
    """Table (`services.csv`) → where it may be within the package: as that says, then a file of its name in any letters."""
    found: dict[str, list[str]] = {}
    for name, path in _resources(description):
        table = _table(name) or _table(PurePosixPath(path).stem)
        if table and _is_within(path):
            found.setdefault(table, []).append(str(PurePosixPath(path)))
    for file in sorted(top):
        table = _table(PurePosixPath(file).stem) if file.casefold().endswith(".csv") else ""
        if table:
            found.setdefault(table, []).append(file)
    return found


def _resources(description: bytes | None) -> list[tuple[str, str]]:
    try:
        said = json.loads((description or b"{}").decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return []
    resources = said.get("resources") if isinstance(said, dict) else None
    found = []
    for one in resources if isinstance(resources, list) else ():
        name, path = (one.get("name"), one.get("path")) if isinstance(one, dict) else (None, None)
        path = path[0] if isinstance(path, list) and len(path) == 1 else path
        if isinstance(name, str) and isinstance(path, str):
            found.append((name, path))
    return found


def _table(name: str) -> str:
    """The table by its name or by that of one of its rows, empty for another."""
    said = name.strip().casefold()
    known = next((table for table in tabular.COLUMNS if said in (table, tabular.singular(table))), "")
    return f"{known}.csv" if known else ""


def _is_within(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and not {"..", "\\", ":", "\x00"} & {*parts, *path}


def unpacked(content: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """The tables of a package in a ZIP file by name, and the paths at which they stand. Raises TableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _tables(archive)
    except _BROKEN:
        raise TableError("import.hsds_no_services") from None


def _tables(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], dict[str, str]]:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or any(_is_bomb(part) for part in parts):
        raise too_big()
    names = {part.filename for part in parts if not part.is_dir()}
    root = _root(names)
    within = {name.removeprefix(root) for name in names if name.startswith(root)}
    left = tabular.LIMITS.megabytes * 1_000_000
    files: dict[str, bytes] = {}
    called: dict[str, str] = {}
    description = _read(archive, root + DESCRIPTION, left) if DESCRIPTION in within else None
    for table, some in paths(description, (name for name in within if "/" not in name)).items():
        path = next((root + one for one in some if one in within), None)
        if path is not None:
            files[table], called[table] = _read(archive, path, left), path
            left -= len(files[table])
    return files, called


def _root(names: Iterable[str]) -> str:
    """The folder in which the package lies: ZIP files often hold one that holds everything."""
    marks = [n for n in names if PurePosixPath(n).name.casefold() in (DESCRIPTION, "services.csv")]
    marks.sort(key=lambda name: (name.count("/"), not name.endswith(DESCRIPTION), name))
    return marks[0].rpartition("/")[0] + "/" if marks and "/" in marks[0] else ""


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _SMALL and part.file_size > _MOST_RATIO * part.compress_size


def _read(archive: zipfile.ZipFile, name: str, left: int) -> bytes:
    """What it really unpacks to, whatever it says of its size."""
    with archive.open(name) as part:
        content = part.read(left + 1)
    if len(content) > left:
        raise too_big()
    return content


def too_big() -> TableError:
    """That all of it together is larger than a package may be."""
    return TableError("import.file_too_big", limit=tabular.LIMITS.megabytes)
