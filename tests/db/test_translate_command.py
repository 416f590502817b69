"""`lotse i18n translate` and the texts as files, as an operator uses them."""

import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from i18n.translation import TranslationError
from lotse.cli import app
from lotse.commands import translate

RUNNER = CliRunner()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set-up project with the sample catalogue."""
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert RUNNER.invoke(app, ["setup"]).exit_code == 0
    return tmp_path


class Machine:
    """Says everything in capitals; is down after so many answers."""

    def __init__(self, answers: int = 10**6) -> None:
        self.left = answers

    async def translate(self, text: str, source: str, target: str) -> str:
        if self.left <= 0:
            raise TranslationError("down")
        self.left -= 1
        return text.upper()

    async def close(self) -> None:
        pass


def test_nothing_is_sent_until_it_is_switched_on(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "translator", lambda _settings: pytest.fail("asked"))
    preview = RUNNER.invoke(app, ["i18n", "translate", "--preview"])
    assert preview.exit_code == 0
    refused = RUNNER.invoke(app, ["i18n", "translate", "--language", "fr"])
    assert refused.exit_code == 1
    assert "LOTSE_TRANSLATION__ENABLED" in refused.output


def test_a_batch_that_stopped_goes_on_and_counts_characters(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_TRANSLATION__ENABLED", "true")
    shipped = _by_machine("fr")
    monkeypatch.setattr(translate, "translator", lambda _settings: Machine(7))
    stopped = RUNNER.invoke(app, ["i18n", "translate", "--language", "fr", "--most", "20"])
    assert stopped.exit_code == 1
    assert "7 translated" in stopped.output
    assert "Stopped: down" in stopped.output
    monkeypatch.setattr(translate, "translator", lambda _settings: Machine())
    done = RUNNER.invoke(app, ["i18n", "translate", "--language", "fr", "--most", "5"])
    assert done.exit_code == 0, done.output
    assert _by_machine("fr") - shipped == 12


def _by_machine(language: str) -> int:
    """How many texts of the catalogue `lotse i18n coverage` counts as a machine's."""
    shown = RUNNER.invoke(app, ["i18n", "coverage"], env={"COLUMNS": "120"})
    row = next(line for line in shown.output.splitlines() if f"│ {language} " in line)
    return int(row.split("│")[3])


def test_texts_go_out_and_come_back(house: Path, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    assert RUNNER.invoke(app, ["i18n", "give-texts", str(folder), "--language", "uk"]).exit_code == 0
    file = folder / "uk.csv"
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == list(translate.COLUMNS)
    rows[1][2:] = ["Назва", "reviewed"]
    file.write_text("\n".join(";".join(row[:4]) for row in rows[:2]), "utf-8")
    taken = RUNNER.invoke(app, ["i18n", "take-texts", str(folder)])
    assert taken.exit_code == 0, taken.output
    assert "1 texts" in taken.output
    assert "0 texts" in RUNNER.invoke(app, ["i18n", "take-texts", str(folder)]).output


@pytest.mark.parametrize(
    "content",
    ["a;b\n1;2\n", "id;field;text;state\nnobody;name;x;machine\n", "id;field;text;state\n\x00", ""],
)
def test_a_wrong_file_is_refused_whole_and_says_where(house: Path, tmp_path: Path, content: str) -> None:
    file = tmp_path / "fr.csv"
    file.write_text(content, "utf-8")
    refused = RUNNER.invoke(app, ["i18n", "take-texts", str(file)])
    assert refused.exit_code == 2
    assert "fr.csv" in re.sub(r"[\s│]", "", refused.output)
