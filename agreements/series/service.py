"""Use cases about appointments that come again; each of them is an appointment with reminders of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime

from agreements.series import rules
from agreements.series.repository import SeriesRepository
from agreements.service import AgreementsService
from agreements.types import Appointment
from db.engine import Transaction
from people.errors import NotFoundError
from people.types import Actor


class SeriesService:
    """Never commits: `tx` is the caller's unit of work. The client is told once for a series, of its first appointment."""

    def __init__(
        self, repository: SeriesRepository, agreements: AgreementsService, *, new_id: Callable[[], str]
    ) -> None:
        self._repository = repository
        self._agreements = agreements
        self._new_id = new_id

    async def add(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        phrase_id: str,
        place: str,
        where: str,
        local: datetime,
        minutes: int,
        bring: Iterable[str],
        weeks: int,
        times: int,
        now: datetime,
    ) -> list[Appointment]:
        """Make appointments every so many weeks, so many times. Raises NotFoundError and what `add_appointment` raises."""
        try:
            rule = rules.rule(weeks, times)
        except ValueError as error:
            raise NotFoundError from error
        things, series_id = tuple(bring), self._new_id()
        client = await self._agreements.get_client(tx, actor, client_id)
        await self._repository.add(tx, series_id, client.id, rule, now)
        made: list[Appointment] = []
        for at in rules.occurrences(rule, local):
            one = await self._agreements.add_appointment(
                tx, actor, client.id, phrase_id, place, where, at, minutes, things, now, quietly=bool(made)
            )
            await self._repository.join(tx, one.id, series_id)
            made.append(one)
        return made

    async def move_following(
        self, tx: Transaction, actor: Actor, appointment_id: str, local: datetime, now: datetime
    ) -> list[Appointment]:
        """Move one to another time and all that follow it by as much. Raises what `move_appointment` raises."""
        first = await self._agreements.appointment(tx, actor, appointment_id)
        others = await self.following(tx, actor, first.id)
        moved = [await self._agreements.move_appointment(tx, actor, first.id, local, now)]
        for other in others:
            at = other.local + (local - first.local)
            moved.append(await self._agreements.move_appointment(tx, actor, other.id, at, now, quietly=True))
        return moved

    async def cancel_following(
        self, tx: Transaction, actor: Actor, appointment_id: str, now: datetime
    ) -> list[Appointment]:
        """Cancel one and all that follow it. Raises what `cancel_appointment` raises."""
        first = await self._agreements.appointment(tx, actor, appointment_id)
        others = await self.following(tx, actor, first.id)
        gone = [await self._agreements.cancel_appointment(tx, actor, first.id, now)]
        gone += [
            await self._agreements.cancel_appointment(tx, actor, other.id, now, quietly=True)
            for other in others
        ]
        return gone

    async def following(self, tx: Transaction, actor: Actor, appointment_id: str) -> list[Appointment]:
        """Those of the series that come after it and still take place. Raises NotFoundError, also for one that belongs to none."""
        first = await self._agreements.appointment(tx, actor, appointment_id)
        if first.series_id is None:
            raise NotFoundError
        ids = await self._repository.following(tx, first.series_id, first.starts_at)
        return [await self._agreements.appointment(tx, actor, one) for one in ids]
