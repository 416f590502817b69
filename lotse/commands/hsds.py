"""The catalogue as HSDS files on disk, written and read; what stands in them is the business of `offers.hsds`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from lotse.files import write_whole
from offers.hsds import package, reading, services, tabular
from offers.importer import Catalogue
from offers.responsible.types import Responsibility
from offers.types import Offer

_ZIP = b"PK\x03\x04"

Format = Literal["json", "datapackage"]


def export_hsds(
    offers: Sequence[Offer], path: Path, form: Format, duties: Sequence[Responsibility] = ()
) -> None:
    """Write offers to a JSON file or into a folder as a data package, each file whole or not at all."""
    if form == "json":
        content = json.dumps(services.export(offers, duties), ensure_ascii=False, indent=1)
        write_whole(path, content.encode())
        return
    path.mkdir(parents=True, exist_ok=True)
    files = tabular.export_datapackage(services.export(offers, duties))
    # A table of an older export that has no rows any more would be read with the new ones.
    for name in tabular.COLUMNS:
        if f"{name}.csv" not in files:
            (path / f"{name}.csv").unlink(missing_ok=True)
    for name, file in files.items():
        write_whole(path / name, file)


def read_hsds(path: Path) -> Catalogue:
    """Read a JSON file, or a data package: its folder or a ZIP file. Raises OSError where there is nothing to read."""
    if path.is_dir():
        return _read_folder(path)
    content = path.read_bytes()
    if content.startswith(_ZIP):
        return reading.parse_zip(content, path.name)
    return reading.parse_json(content, path.name)


def _read_folder(folder: Path) -> Catalogue:
    description = folder / package.DESCRIPTION
    top = (file.name for file in folder.iterdir() if file.is_file())
    said = description.read_bytes() if description.is_file() else None
    files, called = {}, {}
    for table, some in package.paths(said, top).items():
        name = next((one for one in some if _is_in(folder, folder / one)), None)
        if name is not None:
            files[table], called[table] = (folder / name).read_bytes(), name
    return reading.parse_datapackage(files, called)


def _is_in(folder: Path, file: Path) -> bool:
    """Whether it lies there, also when a link leads elsewhere."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())
