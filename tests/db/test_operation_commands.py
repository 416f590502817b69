"""`lotse backup`, `restore` and `doctor` as an operator uses them."""

import asyncio
import os
import sys
from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

import playground
from db import migrate
from db.backup import schema_of
from db.crypto import Cipher, Keyring, create_keyring, load_keyring
from db.engine import Transaction
from db.migrate import newest
from lotse import bootstrap, launch
from lotse.__main__ import main
from lotse.cli import app
from lotse.clock import SystemClock
from lotse.commands import doctor
from lotse.commands.backup import superseded
from lotse.desk import run_desk
from lotse.erasures import Erasures
from lotse.process import run_bot
from lotse.runtime import Core, StartError, build_core, need_schema
from lotse.settings import Settings
from people.types import Role

RUNNER = CliRunner()
NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)
_Found = TypeVar("_Found")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which `lotse setup` has been run."""
    for name in [name for name in os.environ if name.startswith("LOTSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    said = RUNNER.invoke(app, ["setup"])
    assert said.exit_code == 0, said.output
    return tmp_path / "var"


def run(*words: str) -> tuple[int, str]:
    said = RUNNER.invoke(app, list(words))
    return said.exit_code, said.output if said.exception is None else said.output + str(said.exception)


def unit(work: Callable[[Core, Transaction], Awaitable[_Found]]) -> _Found:
    """One transaction on the house."""

    async def done() -> _Found:
        core = build_core(Settings(), clock=SystemClock())
        try:
            async with core.database.write() as tx:
                return await work(core, tx)
        finally:
            await core.database.close()

    return asyncio.run(done())


def test_a_backup_and_the_way_back(house: Path) -> None:
    code, said = run("backup")
    assert code == 0, said
    [file] = (house / "backups").glob("*.backup")
    assert run("restore", str(file), "--check")[0] == 0
    code, said = run("restore", str(file))
    assert code == 1
    assert "not empty" in said
    assert str(house / "lotse.db") in said.replace("\n", "")
    for old in house.glob("lotse.db*"):
        old.unlink()
    code, said = run("restore", str(file))
    assert code == 0, said
    assert "rows restored" in said
    code, said = run("offers", "export", str(house / "again"))
    assert code == 0, said
    assert len((house / "again" / "services.csv").read_text("utf-8-sig").splitlines()) > 187


def test_old_backups_go_but_seven_days_and_four_weeks(tmp_path: Path) -> None:
    start = datetime(2026, 12, 1, 4, 0, 0)
    files = []
    for day in range(60):
        for hour in (0, 12):
            moment = start - timedelta(days=day, hours=hour)
            files.append(tmp_path / f"lotse-{moment:%Y%m%dT%H%M%SZ}.backup")
    gone = set(superseded(files, lambda _: "0001"))
    kept = sorted(set(files) - gone, reverse=True)
    assert [file.name[6:14] for file in kept[:7]] == [
        f"{start - timedelta(days=day):%Y%m%d}" for day in range(7)
    ], "the last of each day"
    # 1 December 2026 is a Tuesday: the Sundays before it end the other three weeks.
    assert [file.name[6:14] for file in kept[7:]] == ["20261122", "20261115"]


def test_the_backup_that_going_back_needs_stays_for_the_four_weeks(tmp_path: Path) -> None:
    start = datetime(2026, 12, 1, 9, 0, 0)
    before, *later = [
        tmp_path / f"lotse-{start + timedelta(days=day, minutes=day or 30 * late):%Y%m%dT%H%M%SZ}.backup"
        for day, late in ((0, 0), (0, 1), *((day, 0) for day in range(1, 40)))
    ]

    def schema(file: Path) -> str:
        return "0001" if file == before else "0002"

    for days in range(1, 27):
        assert before not in superseded([before, *later[:days]], schema)
    assert before in superseded([before, *later], schema), "what was erased goes after four weeks"


def test_a_backup_says_its_schema_and_a_foreign_name_does_not_stop_the_pruning(house: Path) -> None:
    folder = house / "backups"
    folder.mkdir()
    foreign = folder / "lotse-before-upgrade.backup"
    foreign.write_bytes(b"not ours")
    stale = [folder / f"lotse-20200101T0{hour}0000Z.backup" for hour in (1, 2)]
    for file in stale:
        file.write_bytes(b"sealed with a key that was forgotten")
    code, said = run("backup")
    assert code == 0, said
    assert not stale[0].exists()
    assert foreign.exists()
    assert f"Left {foreign.name}" in said
    [made] = set(folder.iterdir()) - {foreign, *stale}
    assert schema_of(made, load_keyring(house / "keys.json")) == newest()
    assert schema_of(foreign, load_keyring(house / "keys.json")) is None


def test_the_doctor_finds_a_fresh_house_in_order_but_for_its_backup(house: Path) -> None:
    code, said = run("doctor")
    assert "Keys: readable" in said
    assert "schema" in said
    assert "no backup" in said
    assert "make setup (it needs Python 3.10)" in said
    assert code == 1, "there is no model in this house"


def test_the_doctor_says_what_is_wrong(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_NLU_URL", "off")
    assert run("backup")[0] == 0
    assert run("doctor")[0] == 0
    (house / "keys.json").chmod(0o644)
    code, said = run("doctor")
    assert code == 1
    assert "chmod 600" in said
    (house / "keys.json").chmod(0o600)
    monkeypatch.setenv("LOTSE_DATABASE_URL", "postgresql://lotse:geheim@127.0.0.1:1/lotse")
    code, said = run("doctor")
    assert code == 1
    assert "cannot be reached" in said
    assert "geheim" not in said


def test_an_outage_does_not_keep_a_restored_house_from_starting(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_NLU_URL", "off")
    assert run("backup")[0] == 0
    [file] = (house / "backups").iterdir()
    os.utime(file, (0, 0))
    waiting = doctor._webhook(Settings(), {"pending_update_count": 101})

    async def telegram(_settings: Settings) -> AsyncIterator[doctor.Finding]:
        for finding in waiting:
            yield finding

    monkeypatch.setattr(doctor, "_telegram", telegram)
    assert run("doctor")[0] == 1
    code, said = run("doctor", "--stopped")
    assert code == 0, said
    assert "101 messages wait" in said
    (house / "keys.json").chmod(0o644)
    assert run("doctor", "--stopped")[0] == 1, "what running does not mend stays bad"


@pytest.mark.parametrize("words", [["bot"], ["backup"], ["db", "upgrade"]], ids=" ".join)
def test_a_database_that_is_down_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path))
    monkeypatch.setenv("LOTSE_DATABASE_URL", "postgresql://lotse:geheim@127.0.0.1:1/lotse")
    create_keyring(tmp_path / "keys.json")
    monkeypatch.setattr(sys, "argv", ["lotse", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert "cannot be reached" in str(ended.value)
    assert "geheim" not in str(ended.value)


def test_older_code_says_that_the_database_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "current", lambda _url: "9999")
    with pytest.raises(migrate.NewerSchemaError, match="Start the newer version again, or restore a backup"):
        need_schema(Settings(var=tmp_path))


def test_the_doctor_looks_at_who_may_look_in(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_NLU_URL", "off")
    (house / "lotse.db").chmod(0o644)
    house.chmod(0o750)
    assert "may read" not in run("doctor")[1], "nobody comes to the file through a closed folder"
    house.chmod(0o755)
    assert f"chmod o= {house} {house / 'lotse.db'}" in run("doctor")[1].replace("\n", "")


def test_the_doctor_knows_why_a_caged_service_may_not_start(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_NLU_URL", str(house / "nlu.sock"))
    python = house / "python"
    monkeypatch.setattr(launch, "NLU_PYTHON", python)
    for real, in_a_home in (
        ("/opt/python/bin/python3.10", False),
        ("/home/somebody/.pyenv/bin/python3.10", True),
    ):
        python.unlink(missing_ok=True)
        python.symlink_to(real)
        said = run("doctor")[1]
        assert "systemctl status lotse-nlu" in said
        assert (f"Its Python is {real}" in said) is in_a_home


def test_a_folder_that_is_closed_to_the_account_gets_a_sentence(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where root stands in its own home and the command runs as another account."""
    stat = Path.stat

    def closed(path: Path, **how: bool) -> os.stat_result:
        if not path.is_absolute() or path == tmp_path / "theirs":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", closed)
    assert run("privacy", "audit", "verify")[0] == 0
    monkeypatch.setattr(sys, "argv", ["lotse", "offers", "import", str(tmp_path / "theirs")])
    with pytest.raises(SystemExit, match="theirs is closed to this account"):
        main()


async def test_the_doctor_asks_telegram(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_NLU_URL", "off")
    async with playground.serving(port=0) as server:
        monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", server.token)
        monkeypatch.setenv("LOTSE_TELEGRAM_BASE_URL", server.url)
        _, said = await to_thread(run, "doctor")
        assert f"@{playground.BOT_USERNAME}" in said
        assert server.token not in said
        monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", "123:wrong")
        code, said = await to_thread(run, "doctor")
        assert code == 1
        assert "token is not known" in said
        assert "123:wrong" not in said
    code, said = await to_thread(run, "doctor")
    assert code == 1
    assert "does not answer" in said
    assert "123:wrong" not in said


def test_new_keys_are_not_made_for_a_database_that_has_its_own(house: Path) -> None:
    (house / "keys.json").rename(house / "elsewhere.json")
    code, said = run("setup")
    assert code == 1
    assert "Put the copy back" in said
    assert not (house / "keys.json").exists()
    code, said = run("doctor")
    assert code == 1
    assert "put the copy back" in said
    (house / "elsewhere.json").rename(house / "keys.json")
    assert run("setup")[0] == 0


def test_the_bot_refuses_keys_that_others_may_read_before_it_waits_for_anybody(house: Path) -> None:
    (house / "keys.json").chmod(0o644)
    code, said = run("bot")
    assert code == 1
    assert "chmod 600" in said


def test_whoever_was_erased_since_a_backup_does_not_come_back_with_it(house: Path) -> None:
    async def begin(core: Core, tx: Transaction) -> tuple[str, str, list[str]]:
        account = (await core.accounts.create(tx, None, "katrin", "Katrin", [Role.COORDINATOR], NOON)).account
        katrin = await core.people.actor(tx, account.person_id)
        made = [
            await core.agreements.create_client(tx, katrin, f"LM-{n}", "ar", "Haar", NOON) for n in range(2)
        ]
        chats = [await core.people.meet(tx, 4711 + n, "ar", NOON) for n in range(2)]
        return katrin.id, made[0].id, [chat.id for chat in chats]

    async def erase(core: Core, tx: Transaction) -> None:
        katrin = await core.people.actor(tx, coordinator)
        await core.cases.holds.erase(tx, katrin, case, core.clock.now())
        await core.privacy.forget(tx, await core.people.actor(tx, people[0]), core.clock.now())

    async def left(core: Core, tx: Transaction) -> tuple[list[str], set[str]]:
        katrin = await core.people.actor(tx, coordinator)
        lines = await core.agreements.list_clients(tx, katrin, NOON)
        return [line.client.case_number for line in lines], set(await core.people.ids(tx))

    coordinator, case, people = unit(begin)
    assert run("backup")[0] == 0
    [file] = (house / "backups").glob("*.backup")
    unit(erase)
    [kept] = house.glob("erased-*.log")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not {case, *people} & set(kept.read_text().split()), "hashes lead to nobody"
    for old in house.glob("lotse.db*"):
        old.unlink()
    code, said = run("restore", str(file))
    assert code == 0, said
    assert "1 people, 1 cases" in said
    assert unit(left) == (["LM-1"], {coordinator, people[1]})
    assert run("backup")[0] == 0, "and a later backup goes without them"


def test_lines_about_erased_people_go_when_no_backup_is_as_old(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path, Cipher(Keyring.generate()))
    for days in (0, 40, 100):
        erasures.note(f"person-{days}", NOON - timedelta(days=days))
    erasures.let_go(NOON)
    was_erased = erasures.since(NOON - timedelta(days=200))
    assert [was_erased(f"person-{days}") for days in (0, 40, 100)] == [True, True, False]
    assert not erasures.since(NOON - timedelta(days=30))("person-40"), "the backup did not hold them any more"


def test_an_erasure_that_cannot_be_noted_is_done_all_the_same(tmp_path: Path) -> None:
    with capture_logs() as logs:
        Erasures(tmp_path / "not there", Cipher(Keyring.generate())).note("person", NOON)
    assert [line["event"] for line in logs] == ["erasures.not_kept"]


def test_settings_that_everybody_may_read_stop_the_start_and_set_up_closes_them(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_NLU_URL", "off")
    file = tmp_path / ".env"
    file.write_text("LOTSE_TELEGRAM_TOKEN=\n")
    file.chmod(0o644)
    assert "chmod o= .env" in run("doctor")[1]
    with pytest.raises(StartError, match="everybody on this machine may read"):
        run_bot(Settings())
    with pytest.raises(StartError, match="everybody on this machine may read"):
        run_desk(Settings(), "bot")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    bootstrap.close_settings()
    assert file.stat().st_mode & 0o777 == 0o640
    assert "chmod o= .env" not in run("doctor")[1]
