"""Right times: random schedules against an oracle that walks minute by minute, and clocks that jump while reminders go out."""

import asyncio
import random
import time as clocks
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from agreements import rules
from db.crypto import Cipher, Keyring
from delivery.types import OutboxItem, Result, Sent
from delivery.worker import DeliveryWorker
from lotse import runtime, ticking
from lotse.settings import Settings
from people.types import Address
from tests.crash.crowd import ask, fill
from tests.crash.promises import Place, Row

MINUTE = timedelta(minutes=1)
JUST_NOW = 0.25
JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=3), timedelta(days=-3))


# --- the oracle: knows nothing but what o'clock it is


def quiet_at(wall: datetime, quiet: rules.QuietTimes) -> bool:
    """Whether a wall time is quiet, said in the plainest words."""
    clock = wall.time()
    own = quiet.own
    in_own = own is not None and (
        own[0] <= clock < own[1] if own[0] < own[1] else clock >= own[0] or clock < own[1]
    )
    return clock.hour >= 21 or clock.hour < 8 or in_own or (quiet.sundays and wall.weekday() == 6)


@cache
def point(local: datetime) -> datetime:
    """Search all minutes around for the first that shows this wall time; in the gap, as far after it as into the gap."""
    start = local.replace(tzinfo=UTC) - timedelta(hours=3)
    for step in range(180):
        moment = start + step * MINUTE
        if moment.astimezone(rules.BERLIN).replace(tzinfo=None) == local:
            return moment
    return point(local - timedelta(hours=1)) + timedelta(hours=1)


def before(moment: datetime, quiet: rules.QuietTimes) -> datetime:
    """Walk back out of the quiet times and an hour on, until it is quiet no more."""
    wall = moment.astimezone(rules.BERLIN).replace(tzinfo=None)
    if not quiet_at(wall, quiet):
        return moment
    while quiet_at(wall, quiet):
        while quiet_at(wall, quiet):
            wall -= MINUTE
        wall += MINUTE - timedelta(hours=1)
    return point(wall)


def _expected(points: list[datetime], now: datetime, quiet: rules.QuietTimes) -> list[datetime]:
    """What moved merges with what goes out at most three hours before it."""
    kept = {moment for moment in points if before(moment, quiet) == moment and moment > now}
    moved = {before(moment, quiet) for moment in points if before(moment, quiet) != moment}
    moved = {moment for moment in moved if moment > now}
    found = set(kept)
    for moment in moved:
        neighbours = [o for o in kept | moved if timedelta() < moment - o <= timedelta(hours=3)]
        if not neighbours:
            found.add(moment)
    return sorted(found)


def expected_appointment(
    starts: datetime, now: datetime, quiet: rules.QuietTimes, days: list[int], hours: list[int]
) -> list[datetime]:
    """At 18:00 so many days before, and so many hours before."""
    day = starts.astimezone(rules.BERLIN).date()
    points = [point(datetime.combine(day - timedelta(days=n), time(18))) for n in days]
    points += [starts - timedelta(hours=n) for n in hours]
    return [moment for moment in _expected(points, now, quiet) if moment < starts]


def expected_milestone(due: date, now: datetime, quiet: rules.QuietTimes, days: list[int]) -> list[datetime]:
    """At 9:00 so many days before; one that would not be told at all is told as soon as it may be."""
    found = _expected([point(datetime.combine(due - timedelta(days=n), time(9))) for n in days], now, quiet)
    today = now.astimezone(rules.BERLIN).date()
    if found or today not in (due, due - timedelta(days=1)):
        return found
    while quiet_at(now.astimezone(rules.BERLIN).replace(tzinfo=None), quiet):
        now += MINUTE
    return [now] if now.astimezone(rules.BERLIN).date() <= due else []


def _quiet(chance: random.Random) -> rules.QuietTimes:
    own = None
    if chance.random() < 0.4:
        start = chance.randrange(24)
        own = time(start, chance.choice((0, 30))), time((start + chance.randrange(1, 8)) % 24)
    quiet = rules.QuietTimes(chance.random() < 0.4, own)
    try:
        return rules.quiet_times(_code(quiet))
    except ValueError:
        return rules.QuietTimes(quiet.sundays)


def _mismatch(chance: random.Random) -> str | None:
    """One random schedule of the years 2026 to 2036; what is wrong with it, or None."""
    quiet = _quiet(chance)
    local = datetime(2026, 1, 1) + chance.randrange(11 * 365 * 24 * 4) * timedelta(minutes=15)
    if chance.random() < 0.2:
        change = chance.choice(CHANGES)
        local = datetime.combine(change, time(chance.randrange(24), chance.choice((0, 30))))
    now = local.replace(tzinfo=UTC) - chance.randrange(1, 30 * 24 * 60) * MINUTE
    if chance.random() < 0.5:
        hours, days = (
            chance.sample(range(1, 12), chance.randrange(3)),
            chance.sample(range(1, 8), chance.randrange(3)),
        )
        starts = rules.at_berlin(local)
        if starts != point(local):
            return f"{local} is {starts}"
        wanted = expected_appointment(starts, now, quiet, days, hours)
        offsets = [*(timedelta(days=n) for n in days), *(timedelta(hours=n) for n in hours)]
        found = list(rules.appointment_times(starts, now, offsets=offsets, quiet=quiet))
    else:
        days = chance.sample(range(15), chance.randrange(1, 4))
        wanted = expected_milestone(local.date(), now, quiet, days)
        offsets = [timedelta(days=n) for n in days]
        found = list(rules.milestone_times(local.date(), now, offsets=offsets, quiet=quiet))
    asleep = [m for m in found if quiet_at(m.astimezone(rules.BERLIN).replace(tzinfo=None), quiet)]
    return (
        None
        if found == wanted and not asleep
        else f"{local} seen from {now} with {quiet}: {found}, not {wanted}"
    )


def _changes() -> list[date]:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(11 * 365)]
    return [
        day
        for day in days
        if rules.at_berlin(datetime.combine(day + timedelta(days=1), time()))
        - rules.at_berlin(datetime.combine(day, time()))
        != timedelta(days=1)
    ]


CHANGES = _changes()


def against_oracle(count: int, seed: int) -> Row:
    """Random schedules, a fifth of them on days when the clock changes."""
    chance, began = random.Random(seed), clocks.monotonic()
    wrong = [found for _ in range(count) if (found := _mismatch(chance)) is not None]
    first = f", first: {wrong[0]}" if wrong else ""
    reached = f"mismatches {len(wrong)}, {clocks.monotonic() - began:.0f} s{first}"
    return Row(f"{count:,} schedules 2026-2036 against the oracle", "mismatches 0", reached, not wrong)


# --- clocks that jump


class JumpingClock:
    """Stands at noon, and jumps."""

    def __init__(self, start: datetime) -> None:
        self._start, self._real = start, clocks.monotonic()
        self.offset = timedelta()
        self._jumped, self._before = 0.0, timedelta()

    def jump(self, by: timedelta) -> None:
        """Set the clock forward or back."""
        self._jumped, self._before = clocks.monotonic(), self.offset
        self.offset += by

    def of_departure(self) -> datetime:
        """The time by which a message that leaves now was looked at: before the jump, if there was one just now."""
        now = self.now()
        recent = clocks.monotonic() - self._jumped < JUST_NOW
        return min(now, now - self.offset + self._before) if recent else now

    def now(self) -> datetime:
        """The time since the start, and the jumps."""
        return self._start + timedelta(seconds=clocks.monotonic() - self._real) + self.offset


class Noting:
    """Carries nothing; notes what and when."""

    def __init__(self, clock: JumpingClock) -> None:
        self._clock = clock
        self.carried: list[tuple[str, datetime]] = []

    async def send(self, address: Address, item: OutboxItem) -> Result:
        """As Telegram does, after a moment."""
        if item.content["push"] == "reminder":
            self.carried.append((str(item.content["ref"]), self._clock.of_departure()))
        await asyncio.sleep(0.002)
        return Sent(len(self.carried))


async def clock_jumps(place: Place, seed: int, count: int, jumps: int) -> list[Row]:
    """Hours and days forth and back while reminders go out: none twice, none lost, none told too late."""
    chance, keys = random.Random(seed), Keyring.generate()
    start = datetime(2027, 3, 26, 11, tzinfo=UTC)
    clock = JumpingClock(start)
    plan = [start + timedelta(minutes=chance.randrange(-60, 4 * 24 * 60)) for _ in range(count)]
    reminders = await asyncio.to_thread(fill, place.url, Cipher(keys), count, start, plan.__getitem__)
    settings = Settings(
        var=place.var, database_url=place.url, keys=keys.to_json(), nlu_url="off", _env_file=None
    )
    core, courier = runtime.build_core(settings, clock=clock), Noting(clock)
    worker = DeliveryWorker(
        core.database, core.delivery, core.people, courier,
        recheck=core.reminders.recheck, outcome=core.reminders.outcome, now=clock.now, tick=0.02, calm=0,
    )  # fmt: skip
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(worker.run()),
            group.create_task(ticking.keep(core, worker, every=0.02)),
        ]
        for _ in range(jumps):
            await asyncio.sleep(chance.uniform(0.05, 0.2))
            clock.jump(chance.choice(JUMPS))
        clock.jump(timedelta(days=9) - clock.offset)
        await asyncio.sleep(0.5)
        async with asyncio.timeout(120):
            while ask(place.url, "SELECT count(*) FROM reminders WHERE state IN ('planned', 'queued')")[0][0]:
                # What had its two pushes of a day waits for the next morning.
                clock.offset += timedelta(hours=6)
                await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
    await core.database.close()
    copies = Counter(ref for ref, _ in courier.carried)
    listed = {
        row[0] for row in ask(place.url, "SELECT id FROM reminders WHERE state = 'stale' AND id LIKE 'e%'")
    }
    lost = [key for key in reminders if key not in copies and key not in listed]
    doubled = [key for key, times in copies.items() if times > 1]
    latest = dict(zip(reminders, plan, strict=True))
    late = [key for key, at in courier.carried if at > latest[key] + timedelta(hours=48, seconds=1)]
    reached = f"doubled {len(doubled)}, lost {len(lost)}, too late {len(late)}, sent {len(copies)}, listed as stale {len(listed)}"
    name = f"{place.engine}: {jumps} clock jumps, {count:,} reminders"
    return [
        Row(name, "doubled 0, lost 0, too late 0", reached, not (doubled or lost or late) and bool(copies))
    ]


def _code(quiet: rules.QuietTimes) -> str:
    """Quiet times as they are stored."""
    own = "-".join(f"{moment:%H%M}" for moment in quiet.own) if quiet.own else ""
    return " ".join(part for part in ("su" if quiet.sundays else "", own) if part)
