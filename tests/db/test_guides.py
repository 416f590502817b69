"""Guide pages by the command line, on both databases: all or nothing, a second time nothing new, found when they are in."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from db.crypto import Keyring
from db.engine import Database
from lotse import cli, log
from offers.guides.repository import GuidesRepository
from offers.guides.service import GuidesService
from tests.unit.test_integreat_offers import event, location

Run = Callable[..., Result]


def page(path: str, title: str, *paragraphs: str) -> dict[str, Any]:
    content = "".join(f"<p>{text}</p>" for text in paragraphs)
    return {"path": path, "title": title, "content": content, "last_updated": "2026-05-02T10:00:00+02:00"}


MINIJOB = page("/kreis/de/minijob/", "Minijob", "Im Minijob verdienen Sie bis zu 603 Euro im Monat.")
LICENCE = page("/kreis/de/fahren/", "Führerschein", "Ein ausländischer Führerschein gilt sechs Monate.")
ENGLISH = page("/kreis/en/driving/", "Driving licence", "A foreign driving licence is valid for six months.")


def files(**entries: list[dict[str, Any]]) -> dict[str, bytes]:
    return {f"{name}.json": json.dumps(some).encode() for name, some in entries.items()}


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", database_url)
    monkeypatch.setenv("LOTSE_KEYS", Keyring.generate().to_json())
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.setattr(log, "configure", lambda **_: None)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli.app, list(arguments))

    return call


def saved(folder: Path, content: Mapping[str, bytes]) -> str:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, some in content.items():
        (folder / name).write_bytes(some)
    return str(folder)


def counts(result: Result) -> list[int]:
    return [int(word) for word in result.output.replace(",", " ").replace(".", " ").split() if word.isdigit()]


def test_a_region_comes_in_changes_and_loses_a_page(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    first = saved(folder, files(de=[MINIJOB, LICENCE], en=[ENGLISH]))
    assert counts(run("guides", "import", first, "--preview")) == [3, 0, 0, 0]
    assert counts(run("guides", "import", first)) == [3, 0, 0, 0], "a preview changes nothing"
    assert counts(run("offers", "import", first, "--format", "integreat")) == [0, 0, 3, 0]

    second = saved(folder, files(de=[MINIJOB | {"content": "<p>Jetzt 650 Euro im Monat.</p>"}]))
    result = run("guides", "import", second)
    assert counts(result)[:4] == [0, 1, 0, 1], "English was not in the files: nothing is said about it"
    assert "Führerschein" in result.output
    assert "Führerschein" in run("guides", "ask", "ausländischer Führerschein").output, (
        "reported, not deleted"
    )
    assert "650 Euro" in run("guides", "ask", "Minijob wie viel Euro im Monat").output

    run("guides", "import", second, "--prune")
    assert "Führerschein" not in run("guides", "ask", "ausländischer Führerschein").output
    assert "six months" in run("guides", "ask", "foreign driving licence", "--language", "en").output


def test_a_region_comes_in_with_locations_and_events(run: Run, tmp_path: Path) -> None:
    given = files(de=[MINIJOB], locations=[location()], events=[event("RRULE:FREQ=WEEKLY")])
    folder = saved(tmp_path / "region", given)
    # A page, a location with its organization, an event with its place.
    assert counts(run("offers", "import", folder, "--format", "integreat", "--preview")) == [5, 0, 0, 0]
    assert counts(run("offers", "import", folder, "--format", "integreat")) == [5, 0, 0, 0]
    assert counts(run("offers", "import", folder, "--format", "integreat")) == [0, 0, 5, 0]
    assert counts(run("guides", "import", folder)) == [0, 0, 1, 0], "what is none is no page"

    edited = location(id=999, title="Schuldenberatung")
    folder = saved(tmp_path / "region", files(de=[MINIJOB], locations=[edited], events=[]))
    result = run("offers", "import", folder, "--format", "integreat")
    assert counts(result)[:4] == [0, 1, 2, 1], "an empty list says that there is none any more"
    assert "Sprachcafé" in result.output
    folder = saved(tmp_path / "region", files(events=[event(title="Treff", when={"id": 56})]))
    result = run("offers", "import", folder, "--format", "integreat")
    assert counts(result)[:4] == [1, 0, 1, 1]
    assert "Sprachcafé" in result.output

    folder = saved(tmp_path / "region", files(de=[LICENCE], locations=[location(title=None)]))
    result = run("offers", "import", folder, "--format", "integreat")
    assert result.exit_code == 1
    assert "title" in result.output
    assert "Führerschein" not in run("guides", "ask", "ausländischer Führerschein").output, "all or nothing"


def test_one_wrong_entry_and_nothing_comes_in(run: Run, tmp_path: Path) -> None:
    folder = saved(tmp_path / "pages", files(de=[MINIJOB, LICENCE | {"title": None}]))
    result = run("guides", "import", folder)
    assert result.exit_code == 1
    assert "title" in result.output
    assert "No page answers this." in run("guides", "ask", "Minijob").output


def test_what_is_not_there_gets_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", tmp_path / "nowhere.json"):
        result = run("guides", "import", str(source))
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert source.name in result.output


@pytest.fixture
def region() -> Iterator[str]:
    """An Integreat server with German and English."""
    there = {
        "/api/v3/kreis/de/pages/": [MINIJOB],
        "/api/v3/kreis/en/pages/": [ENGLISH],
        "/api/v3/kreis/de/locations/": [location()],
        "/api/v3/kreis/de/events/?combine_recurring=True": [event("RRULE:FREQ=WEEKLY")],
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = there.get(self.path)
            self.send_response(200 if found else 500 if "/broken/" in self.path else 404)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode() if found else b"{}")

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/v3"
    server.shutdown()
    server.server_close()


def test_a_region_is_read_from_its_address(run: Run, region: str) -> None:
    result = run("guides", "import", f"{region}/kreis")
    assert result.exit_code == 0, result.output
    assert "six months" in run("guides", "ask", "foreign driving licence", "--language", "en").output


def test_all_of_a_region_is_read_from_its_address(run: Run, region: str) -> None:
    result = run("offers", "import", f"{region}/kreis", "--format", "integreat")
    assert result.exit_code == 0, result.output
    assert counts(result)[-4:] == [6, 0, 0, 0]


def test_a_server_that_fails_gets_a_sentence(run: Run, region: str) -> None:
    for source, said in ((f"{region}/broken", "500"), (f"{region}/nobody", "no pages")):
        result = run("guides", "import", source)
        assert result.exit_code == 2
        assert said in " ".join(result.output.split())


async def test_the_search_follows_the_pages(database: Database) -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    writer, reader = GuidesService(GuidesRepository()), GuidesService(GuidesRepository())
    async with database.write() as tx:
        await writer.import_integreat(tx, files(de=[MINIJOB]), now, dry_run=False)
    async with database.read() as tx:
        changed = await reader.changed_pages(tx)
    assert changed is not None
    await reader.learn(*changed)
    (hit,) = reader.search("Wie viel verdient man im Minijob?", "de")
    assert "603 Euro" in hit.passage
    assert reader.search("Wie viel verdient man im Minijob?", "fr") == ()
    async with database.read() as tx:
        assert await reader.changed_pages(tx) is None, "nothing moved"
    async with database.write() as tx:
        await writer.import_integreat(
            tx, files(de=[MINIJOB | {"title": "Kleine Arbeit"}]), now, dry_run=False
        )
    async with database.read() as tx:
        assert await reader.changed_pages(tx) is not None, "also within one tick of the clock"
