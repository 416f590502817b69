"""What an operator is told when a database, its keys or a file is not as it should be: a sentence, and nothing is made worse."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from db import backup as backups
from db import migrate, rotation
from db.crypto import Keyring, create_keyring, load_keyring
from db.engine import StorageDamagedError
from lotse.__main__ import main
from lotse.commands import backup

Run = Callable[..., str]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for Lotse that is not there yet."""
    for name in [name for name in os.environ if name.startswith("LOTSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("LOTSE_NLU_URL", "off")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "var"


@pytest.fixture
def house(var: Path, sqlite_template: Path) -> Path:
    """The same with keys and an empty database of the newest schema."""
    create_keyring(var / "keys.json")
    shutil.copy(sqlite_template, var / "lotse.db")
    return var


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command says, whatever comes of it."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["lotse", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return " ".join(f"{printed.out} {printed.err} {ended.value.code}".split())

    return run


def test_keys_of_another_database_open_nothing_and_change_nothing(house: Path, said: Run) -> None:
    assert said("admin", "account", "anna").endswith(" 0")
    own = (house / "keys.json").read_text()
    (house / "keys.json").unlink()
    create_keyring(house / "keys.json")
    theirs = (house / "keys.json").read_text()
    for words in (["admin", "account", "anna"], ["keys", "rotate"], ["keys", "forget"], ["bot"], ["backup"]):
        assert "These are not the keys of this database" in said(*words), words
    assert (house / "keys.json").read_text() == theirs
    assert "These are not the keys of this database" in said("doctor")
    (house / "keys.json").write_text(own)
    assert "not the keys" not in said("doctor")
    assert said("keys", "rotate").endswith(" 0")
    assert set(load_keyring(house / "keys.json").keys) == {1, 2}


def test_any_keys_fit_a_database_in_which_nothing_is_sealed(sqlite_url: str) -> None:
    assert rotation.fits(sqlite_url, Keyring.generate())


def test_one_field_that_does_not_open_does_not_make_the_keys_the_wrong_ones(house: Path, said: Run) -> None:
    said("admin", "account", "anna")
    engine = create_engine(f"sqlite:///{house / 'lotse.db'}", poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE desk_accounts SET name_sealed = x'0100'"))
    assert "not the keys" not in said("doctor")
    assert "Something sealed in the database does not open" in said("keys", "rotate")


def test_keys_are_not_changed_for_a_schema_that_only_a_newer_program_knows(house: Path, said: Run) -> None:
    engine = create_engine(f"sqlite:///{house / 'lotse.db'}", poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = (house / "keys.json").read_text()
    for words in (["keys", "rotate"], ["keys", "forget"], ["backup"], ["doctor"]):
        assert "Start the newer version again" in said(*words), words
    assert (house / "keys.json").read_text() == before


@pytest.mark.parametrize("words", [["keys", "rotate"], ["keys", "forget"], ["backup"], ["offers", "gaps"]])
def test_looking_for_a_database_makes_none(var: Path, said: Run, words: list[str]) -> None:
    create_keyring(var / "keys.json")
    assert f"There is no database at {var / 'lotse.db'}. Run: lotse setup" in said(*words)
    assert not (var / "lotse.db").exists()
    (var / "lotse.db").touch()
    assert "is empty. Run: lotse setup" in said(*words)
    assert "is empty. Run: lotse setup" in said("doctor")


@pytest.mark.parametrize("words", [["doctor"], ["offers", "gaps"], ["setup"], ["db", "upgrade"], ["backup"]])
def test_a_file_that_is_no_database_is_called_damaged(var: Path, said: Run, words: list[str]) -> None:
    create_keyring(var / "keys.json")
    (var / "lotse.db").write_bytes(b"no database at all " * 500)
    assert "damaged, or " in said(*words)


def test_damage_inside_of_a_database_is_told_apart_from_one_that_is_busy(house: Path) -> None:
    with (house / "lotse.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\0" * 4000)
    with pytest.raises(StorageDamagedError):
        migrate.current(f"sqlite:///{house / 'lotse.db'}")


def test_a_path_that_cannot_be_a_database_is_named(
    house: Path, said: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, why in ((house, "is a folder"), (house / "keys.json" / "lotse.db", "keys.json")):
        monkeypatch.setenv("LOTSE_DATABASE_URL", f"sqlite:///{path}")
        for words in (["db", "upgrade"], ["doctor"]):
            told = said(*words)
            assert why in told
            assert "server running" not in told


def test_lotse_s_own_folder_and_database_are_closed_to_others(var: Path, said: Run) -> None:
    said("db", "upgrade")
    assert var.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in var.glob("lotse.db*")} == {0o600}


def test_a_restore_that_is_stopped_in_the_middle_says_what_is_left(
    house: Path, said: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said("backup").endswith(" 0")
    [file] = (house / "backups").iterdir()
    (house / "lotse.db").unlink()

    def stopped(*_: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backups, "_check_references", stopped)
        told = said("restore", str(file))
    assert "was stopped in the middle: what is in it now is not to be used" in told
    assert f"move the file {house / 'lotse.db'}" in told
    (house / "lotse.db").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(backup, "run", stopped)
        assert "do not start bot or desk with it" in said("restore", str(file))


def test_a_folder_that_cannot_be_entered_does_not_hide_the_other_findings(
    house: Path, said: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = Path.exists

    def closed(path: Path) -> bool:
        if house in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    (house / "keys.json").unlink()
    monkeypatch.setattr(Path, "exists", closed)
    told = said("doctor")
    assert "keys.json cannot be looked at (Permission denied)" in told
    assert "lotse.db cannot be looked at" in told
    assert "are free on the disk" in told
    assert "Telegram: no token" in told


def test_a_file_in_place_of_the_folder_is_called_one(var: Path, said: Run) -> None:
    var.write_text("")
    assert f"{var} is a file, not a folder" in said("doctor")
    assert f"lotse: {var} cannot be read or written (File exists)." in said("setup")


def test_a_target_that_cannot_be_written_gets_a_sentence(house: Path, said: Run, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    file.write_text("{}")
    (tmp_path / "tables" / "services.csv").mkdir(parents=True)
    for words in (
        ["backup", str(file)],
        ["offers", "publish", str(file / "x")],
        ["i18n", "give-texts", str(file)],
        ["offers", "import", str(tmp_path / "tables")],
    ):
        assert "cannot be read or written" in said(*words), words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["offers", "import", "nix"], "nix does not exist"),
        (["restore", "nix.backup"], "nix.backup cannot be read: No such file"),
        (["offers", "import", "http://[::1", "--format", "integreat"], "does not answer as it should"),
        (["guides", "ask", "Wo?", "--language", "xx"], "one of de, en"),
        (["agreements", "report", "r.pdf", "--quarter", "2099-Q4"], "2099-Q4 has not begun"),
        (["admin", "account", "anna", "--role", "client"], "'client' is not one of 'coordinator', 'lead'"),
        (["i18n", "take-texts", "e.json"], "the name of a file is its language"),
        (["i18n", "take-texts", "ar.csv"], "ar.csv: "),
        (["i18n", "take", "ps", "e.json"], "there is no text in it"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_is_refused_by_its_name(house: Path, said: Run, words: list[str], told: str) -> None:
    Path("e.json").write_text("")
    Path("ar.csv").write_bytes(bytes(range(256)))
    answer = said(*words).replace("│ ", "").replace(" │", "")
    assert told in answer
    assert "import.not_text" not in answer


def test_each_fault_of_a_text_is_told_apart(house: Path, said: Run) -> None:
    for row, fault in (
        ("x,title,نص,machine", "the catalogue has no public text title of x"),
        ("x,title,,machine", "the catalogue has no public text title of x"),
    ):
        Path("ar.csv").write_text(f"id,field,text,state\n{row}\n", "utf-8")
        assert fault in said("i18n", "take-texts", "ar.csv").replace("│ ", "").replace(" │", "")
