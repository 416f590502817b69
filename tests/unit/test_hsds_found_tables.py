"""Packages of other makers: wherever their tables lie within the folder or the ZIP file, and never outside of it."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lotse.commands import hsds
from offers.hsds import package, reading, services, tabular
from offers.importer import Catalogue
from tests import catalogue


def _files() -> dict[str, bytes]:
    return tabular.export_datapackage(services.export(catalogue.sample()))


def _moved(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same tables in a folder below, named after one of their rows."""
    said = json.loads(files["datapackage.json"])
    moved = {}
    for resource in said["resources"]:
        path = f"data/{resource['name']}.csv"
        moved[path], resource["path"] = files[resource["path"]], path
    return moved | {"datapackage.json": json.dumps(said).encode()}


def _zip(files: dict[str, bytes], root: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            archive.writestr(root + name, one)
    return content.getvalue()


def _written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _is_whole(found: Catalogue) -> bool:
    return found.errors == () and found.offers == tuple(catalogue.sample())


def test_tables_lie_where_the_description_says(tmp_path: Path) -> None:
    assert _is_whole(hsds.read_hsds(_written(tmp_path, _moved(_files()))))


def test_names_of_files_are_known_in_any_letters(tmp_path: Path) -> None:
    files = {name.capitalize(): content for name, content in _files().items() if name.endswith(".csv")}
    assert _is_whole(hsds.read_hsds(_written(tmp_path, files)))


@pytest.mark.parametrize("root", ["", "export-2026/"])
def test_a_packed_package_is_read(tmp_path: Path, root: str) -> None:
    for number, files in enumerate((_files(), _moved(_files()))):
        file = tmp_path / f"{number}.zip"
        file.write_bytes(_zip(files, root))
        assert _is_whole(hsds.read_hsds(file))


def test_an_error_in_a_moved_table_names_its_path(tmp_path: Path) -> None:
    files = _moved(_files())
    files["data/service.csv"] = b"id,name\r\n\r\na,\r\n"
    (error,) = hsds.read_hsds(_written(tmp_path, files)).errors
    assert (error.file, error.row) == ("data/service.csv", 3)


@pytest.mark.parametrize(
    "path",
    [
        "../service.csv",
        "/etc/service.csv",
        "a/../../service.csv",
        "C:\\service.csv",
        "http://x.example/s.csv",
        "",
    ],
)
def test_no_table_lies_outside(path: str) -> None:
    described = json.dumps({"resources": [{"name": "service", "path": path}]}).encode()
    assert package.paths(described, ["phones.csv"]) == {"phones.csv": ["phones.csv"]}


def test_a_link_leads_nowhere_else(tmp_path: Path) -> None:
    files = _files()
    (tmp_path / "secret.csv").write_bytes(files.pop("services.csv"))
    folder = _written(tmp_path / "package", files)
    (folder / "services.csv").symlink_to(tmp_path / "secret.csv")
    (error,) = hsds.read_hsds(folder).errors
    assert error.message.key == "import.hsds_no_services"


@pytest.mark.parametrize(
    "description",
    [
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"resources": 3}',
        b'{"resources": [3, {"name": 4, "path": []}]}',
    ],
)
def test_a_description_that_is_none_is_as_none(description: bytes) -> None:
    assert _is_whole(reading.parse_zip(_zip(_files() | {"datapackage.json": description}), "p.zip"))


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"PK\x03\x04 and nothing more", "import.hsds_no_services"),
        (_zip({"readme.txt": b"x"}), "import.hsds_no_services"),
        (_zip({f"{number}.csv": b"" for number in range(501)}), "import.file_too_big"),
        (_zip({"services.csv": b"a" * 2_000_000}), "import.file_too_big"),
    ],
)
def test_what_is_no_package_is_told(content: bytes, key: str) -> None:
    (error,) = reading.parse_zip(content, "p.zip").errors
    assert error.message.key == key


def test_tables_may_be_too_big_together(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: Any = tabular.csvfile.Limits(megabytes=1, rows=10)
    monkeypatch.setattr(tabular, "LIMITS", limits)
    files = {f"{name}.csv": bytes(range(256)) * 2000 for name in ("services", "phones", "units")}
    (error,) = reading.parse_zip(_zip(files), "p.zip").errors
    assert error.message.key == "import.file_too_big"
