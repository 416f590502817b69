"""What the commands write: a file that stands there already stays as it is until the new one is whole."""

import os
from pathlib import Path

import pytest

from lotse.files import write_whole


def test_a_file_is_written_with_its_folders_and_anew(tmp_path: Path) -> None:
    path = tmp_path / "new" / "services.csv"
    for content in (b"id\r\n", b"name\r\n"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_where_the_disk_is_full_the_older_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "services.csv"
    write_whole(path, b"whole")

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"another")
    assert path.read_bytes() == b"whole"


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    real, link = tmp_path / "web" / "offers.csv", tmp_path / "offers.csv"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_what_is_no_file_is_written_to() -> None:
    write_whole(Path(os.devnull), b"gone")
    assert not Path(os.devnull).is_file()
