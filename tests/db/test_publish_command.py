"""`lotse offers publish`: a folder of pages, replaced as a whole, never over somebody's other files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.crypto import Keyring
from lotse import cli, log
from offers.publish.written import Written


@pytest.fixture
def filled(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LOTSE_KEYS", Keyring.generate().to_json())
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(log, "configure", lambda **_: None)
    assert CliRunner().invoke(cli.app, ["offers", "import", str(cli.SAMPLE)]).exit_code == 0
    return tmp_path


def test_pages_are_written_and_replaced_as_a_whole(filled: Path) -> None:
    folder = filled / "site"
    for _ in range(2):
        result = CliRunner().invoke(cli.app, ["offers", "publish", str(folder)])
        assert result.exit_code == 0, result.output
        assert (folder / "ar" / "index.html").read_text("utf-8").startswith("<!doctype html>")
        assert (folder / "so" / "responsible-asylum.html").exists()
        assert not (folder / "left-over.html").exists()
        (folder / "left-over.html").write_text("from before")
    assert [path.name for path in filled.glob(".site*")] == []


def test_cards_lead_to_the_pages_of_the_last_publish_and_to_no_others(filled: Path) -> None:
    written = Written(filled / "var")
    assert not written.has("abc"), "nothing was published yet"
    Written(filled / "var").keep(["abc"])
    assert written.has("abc")
    assert CliRunner().invoke(cli.app, ["offers", "publish", str(filled / "site")]).exit_code == 0
    pages = {path.stem.removeprefix("offer-") for path in (filled / "site" / "ar").glob("offer-*.html")}
    assert len(pages) > 50
    assert all(written.has(offer_id) for offer_id in pages)
    assert not written.has("abc"), "its page went with the last publish"
    (filled / "var" / "published.txt").unlink()
    assert not any(written.has(offer_id) for offer_id in pages)


def test_translations_that_are_stored_stand_on_the_pages(filled: Path) -> None:
    texts = filled / "ar.csv"
    name = "دورة ألماني A1 صباحًا مع رعاية أطفال"
    texts.write_text(f"id;field;text;state\ndeutsch-a1-kinderbetreuung-haar;name;{name};reviewed\n", "utf-8")
    runner = CliRunner()
    assert runner.invoke(cli.app, ["i18n", "take-texts", str(texts)]).exit_code == 0
    assert runner.invoke(cli.app, ["offers", "publish", str(filled / "site")]).exit_code == 0
    assert name in (filled / "site" / "ar" / "german_course.html").read_text("utf-8")
    assert name not in (filled / "site" / "fa" / "german_course.html").read_text("utf-8")


def test_other_files_are_never_touched(filled: Path) -> None:
    folder = filled / "homepage"
    folder.mkdir()
    (folder / "index.html").write_text("mine")
    result = CliRunner().invoke(cli.app, ["offers", "publish", str(folder)])
    assert result.exit_code == 2
    assert "other files" in " ".join(result.output.split())
    assert (folder / "index.html").read_text() == "mine"
