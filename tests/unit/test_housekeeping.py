"""The duties of the house: each by itself, and of several processes only the sender does them."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.crypto import Cipher
from db.engine import Database, StorageBusyError, Transaction
from delivery import rules
from delivery.worker import DeliveryWorker
from lotse import housekeeping
from lotse.housekeeping import Housekeeping
from lotse.measures import DUTIES_FAILED
from people.errors import NotFoundError
from tests.db.delivery_world import Office

EVERY = ["retention", "reviews", "digests", "meetings", "saved", "feedback"]


class Duties:
    """Duties that only note that they were done; what stands in `wrong` is raised instead."""

    def __init__(self, office: Office, path: Path) -> None:
        self.done: list[str] = []
        self.wrong: dict[str, Exception] = {}
        one = {name: self._duty(name) for name in EVERY}
        self.core: Any = SimpleNamespace(
            clock=SimpleNamespace(now=lambda: office.now),
            database=office.database,
            settings=SimpleNamespace(anchor_path=path / "anchor"),
            privacy=SimpleNamespace(purge=one["retention"]),
            reviews=SimpleNamespace(ask=one["reviews"]),
            circle=SimpleNamespace(
                meetings=SimpleNamespace(tick=one["meetings"]), saved=SimpleNamespace(tick=one["saved"])
            ),
            cases=SimpleNamespace(
                day=SimpleNamespace(tick=one["digests"]), feedback=SimpleNamespace(tick=one["feedback"])
            ),
            people=SimpleNamespace(trail=SimpleNamespace(anchor=self._nothing)),
        )

    def house(self, worker: DeliveryWorker) -> Housekeeping:
        return Housekeeping(self.core, worker)

    def _duty(self, name: str) -> Callable[[Transaction, datetime], Any]:
        async def do(_tx: Transaction, _now: datetime) -> Any:
            if name in self.wrong:
                raise self.wrong[name]
            self.done.append(name)
            return {"rows": 1} if name == "retention" else 1

        return do

    async def _nothing(self, _tx: Transaction) -> None:
        return None


@pytest.fixture
async def office(sqlite_url: str, cipher: Cipher, new_id: Callable[[], str]) -> AsyncIterator[Office]:
    database = Database(sqlite_url)
    yield Office(database, cipher, new_id)
    await database.close()


@pytest.fixture
def duties(office: Office, tmp_path: Path) -> Duties:
    return Duties(office, tmp_path)


async def test_a_duty_that_breaks_off_ends_nothing_and_is_seen(office: Office, duties: Duties) -> None:
    house = duties.house(office.worker())
    duties.wrong["reviews"] = NotFoundError()
    before = DUTIES_FAILED.labels("offers_asked_about")._value.get()
    with capture_logs() as logs:
        await house.look()
    assert duties.done == [name for name in EVERY if name != "reviews"]
    assert DUTIES_FAILED.labels("offers_asked_about")._value.get() == before + 1
    [failed] = [line for line in logs if line["event"] == "runtime.duty_failed"]
    assert (failed["duty"], failed["log_level"]) == ("offers_asked_about", "error")
    duties.done.clear()
    await house.look()
    assert duties.done == [], "the next round is not yet"
    duties.wrong.clear()
    office.now += housekeeping.EVERY
    await house.look()
    assert duties.done == EVERY


async def test_what_is_busy_is_asked_again_soon_and_holds_up_nothing(office: Office, duties: Duties) -> None:
    house = duties.house(office.worker())
    duties.wrong["retention"] = StorageBusyError("locked")
    await house.look()
    assert duties.done == EVERY[1:]
    duties.wrong.clear()
    await house.look()
    assert duties.done[len(EVERY) - 1 :] == EVERY


async def test_of_two_processes_one_keeps_house_and_the_other_takes_over(
    office: Office, duties: Duties
) -> None:
    one, other = (duties.house(office.worker(office.process(name))) for name in ("one", "other"))
    await one.look()
    await other.look()
    assert duties.done == EVERY
    office.now += housekeeping.EVERY
    await one.look()
    await other.look()
    assert duties.done == EVERY * 2
    office.now += rules.SENDER_LEASE + timedelta(seconds=1)
    await other.look()
    assert duties.done == EVERY * 3, "the first one is gone"
