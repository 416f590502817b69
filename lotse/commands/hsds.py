"""The catalogue as HSDS files on disk, written and read; what stands in them is the business of `offers.hsds`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from lotse.files import write_whole
from offers.hsds import reading, services, tabular
from offers.importer import Catalogue
from offers.responsible.types import Responsibility
from offers.types import Offer

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
    """Read a JSON file or the folder of a data package. Raises OSError where there is nothing to read."""
    if path.is_dir():
        return reading.parse_datapackage({file.name: file.read_bytes() for file in path.glob("*.csv")})
    return reading.parse_json(path.read_bytes())
