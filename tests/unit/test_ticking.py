"""What falls due: each duty by itself, and one client's broken row is nobody else's."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.crypto import Cipher
from db.engine import Database, StorageBusyError, Transaction
from lotse.measures import DUTIES_FAILED
from lotse.ticking import RESTS, Ticking
from people.errors import NotFoundError
from tests.db.delivery_world import Office


class Due:
    """Clients who are due, and duties that only note that they were done; what stands in `wrong` is raised instead."""

    def __init__(self, office: Office) -> None:
        self.waiting: list[str] = []
        self.done: list[str] = []
        self.finished = 0
        self.wrong: dict[str, Exception] = {}
        self.core: Any = SimpleNamespace(
            clock=SimpleNamespace(now=lambda: office.now),
            database=office.database,
            settings=SimpleNamespace(close_after=timedelta()),
            reminders=SimpleNamespace(
                anything_to_do=self._anything,
                due_clients=self._whose,
                tick=self._tick,
                repeat=self._repeat,
                finish_appointments=self._finish,
            ),
            delivery=SimpleNamespace(tidying=SimpleNamespace(close=self._close)),
        )

    async def _anything(self, _tx: Transaction, _now: datetime) -> bool:
        return bool(self.waiting)

    async def _whose(self, _tx: Transaction, _now: datetime) -> list[str]:
        return list(self.waiting)

    async def _tick(self, _tx: Transaction, _now: datetime, *, client_id: str | None = None) -> int:
        wanted = [client for client in self.waiting if client_id in (None, client)]
        for client in wanted:
            if client in self.wrong:
                raise self.wrong[client]
        self.done += wanted
        self.waiting = [client for client in self.waiting if client not in wanted]
        return len(wanted)

    async def _finish(self, _tx: Transaction, _now: datetime) -> int:
        self.finished += 1
        return 0

    async def _repeat(self, _tx: Transaction, _now: datetime) -> int:
        return self._note("repeats")

    async def _close(self, _tx: Transaction, _now: datetime, *, after: timedelta) -> int:
        return self._note("closing")

    def _note(self, name: str) -> int:
        if name in self.wrong:
            raise self.wrong[name]
        self.done.append(name)
        return 0


@pytest.fixture
async def office(sqlite_url: str, cipher: Cipher, new_id: Callable[[], str]) -> AsyncIterator[Office]:
    database = Database(sqlite_url)
    yield Office(database, cipher, new_id)
    await database.close()


@pytest.fixture
def due(office: Office) -> Due:
    return Due(office)


async def test_what_breaks_off_takes_no_other_duty_with_it_and_is_seen(office: Office, due: Due) -> None:
    ticking = Ticking(due.core, office.worker())
    due.wrong["repeats"], due.waiting = NotFoundError(), ["anna"]
    before = DUTIES_FAILED.labels("repeats")._value.get()
    with capture_logs() as logs:
        await ticking.look()
        await ticking.look()
    assert due.done == ["anna", "closing"]
    assert DUTIES_FAILED.labels("repeats")._value.get() == before + 1, "it rests before it is tried again"
    [failed] = [line for line in logs if line["event"] == "runtime.duty_failed"]
    assert (failed["duty"], failed["log_level"]) == ("repeats", "error")
    due.wrong.clear()
    office.now += RESTS
    await ticking.look()
    assert due.done[2:] == ["repeats", "closing"]


async def test_one_clients_broken_row_keeps_nobody_elses_back(office: Office, due: Due) -> None:
    ticking = Ticking(due.core, office.worker())
    due.wrong["berta"], due.waiting = NotFoundError(), ["anna", "berta", "clara"]
    await ticking.look()
    assert due.done == ["anna", "clara", "repeats", "closing"]
    assert due.finished, "and everybody's appointments end"
    due.wrong.clear()
    office.now += RESTS
    await ticking.look()
    assert due.done[4:] == ["berta", "repeats", "closing"]


async def test_a_busy_storage_is_asked_again_at_the_next_look(office: Office, due: Due) -> None:
    ticking = Ticking(due.core, office.worker())
    due.wrong["repeats"] = StorageBusyError("locked")
    await ticking.look()
    due.wrong.clear()
    await ticking.look()
    assert due.done == ["repeats", "closing"]


async def test_only_the_sender_ticks(office: Office, due: Due) -> None:
    one, other = (Ticking(due.core, office.worker(office.process(name))) for name in ("one", "other"))
    due.waiting = ["anna"]
    await one.look()
    due.waiting = ["berta"]
    await other.look()
    assert due.done == ["anna", "repeats", "closing"]
