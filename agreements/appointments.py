"""Use cases about appointments, from both sides."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from agreements import ics, rules
from agreements.casework import Casework, checked_phrase, known
from agreements.errors import (
    AppointmentInPastError,
    AppointmentMinutesError,
    AppointmentOverError,
    AppointmentTooFarError,
    BringUnknownError,
    PlaceTooLongError,
    WhereTooLongError,
)
from agreements.pushes import Push
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Bring,
    Client,
    HelpReason,
    Receipt,
    RequestKind,
)
from db.engine import Transaction
from i18n.phrases import Category
from people.audit.types import Part
from people.types import Actor

MOVED_OK, CANCELLED_OK, STAYS = "appointment_moved_ok", "appointment_cancelled_ok", "appointment_stays"
_ENDED = (AppointmentStatus.CANCELLED, AppointmentStatus.DONE)


class Appointments(Casework):
    """When somebody is expected where."""

    async def add_appointment(
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
        now: datetime,
    ) -> Appointment:
        """Make an appointment at a wall time (naive) in Berlin. Raises NotFoundError and an error for each field that does not fit."""
        client = await self.access.work_on(tx, actor, client_id, Part.APPOINTMENTS, change=True)
        checked_phrase(phrase_id, Category.APPOINTMENT, {})
        starts_at = _checked_start(local, now)
        appointment = Appointment(
            id=self._new_id(),
            client_id=client.id,
            phrase=phrase_id,
            place=_line(place, rules.PLACE_LENGTH, PlaceTooLongError),
            where=_line(where, rules.WHERE_LENGTH, WhereTooLongError),
            local=rules.local_time(starts_at),
            time_zone=rules.BERLIN.key,
            starts_at=starts_at,
            minutes=_checked_minutes(minutes),
            bring=_checked_bring(bring),
            status=AppointmentStatus.PLANNED,
            created_at=now,
            updated_at=now,
        )
        await self._repository.add_appointment(tx, appointment, actor.id)
        await self._reminders.plan(tx, appointment, now)
        await self._tell(tx, client, appointment, now)
        return appointment

    async def move_appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, local: datetime, now: datetime
    ) -> Appointment:
        """Another time for the same appointment; a wish to cancel it is answered by it. Raises AppointmentOver-, -InPast-, -TooFar-, NotFoundError."""
        appointment, client = await self._appointment(tx, actor, appointment_id)
        if appointment.status in _ENDED:
            raise AppointmentOverError
        starts_at = _checked_start(local, now)
        moved = replace(
            appointment,
            status=AppointmentStatus.PLANNED,
            local=rules.local_time(starts_at),
            starts_at=starts_at,
            updated_at=now,
        )
        await self._change(tx, actor, client, moved, now, answer=MOVED_OK)
        return moved

    async def cancel_appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, now: datetime
    ) -> Appointment:
        """The appointment does not take place. Raises AppointmentOver-, NotFoundError."""
        appointment, client = await self._appointment(tx, actor, appointment_id)
        if appointment.status in _ENDED or appointment.starts_at <= now:
            raise AppointmentOverError
        cancelled = replace(appointment, status=AppointmentStatus.CANCELLED, updated_at=now)
        await self._change(tx, actor, client, cancelled, now, answer=CANCELLED_OK)
        return cancelled

    async def appointments(self, tx: Transaction, actor: Actor, client_id: str) -> list[Appointment]:
        """A client's appointments by time, past ones too. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.APPOINTMENTS)
        return await self._repository.appointments(tx, [client.id])

    async def appointment(self, tx: Transaction, actor: Actor, appointment_id: str) -> Appointment:
        """One appointment, for the coordinator. Raises NotFoundError."""
        return (await self._appointment(tx, actor, appointment_id, change=False))[0]

    async def own_appointments(self, tx: Transaction, actor: Actor, now: datetime) -> list[Appointment]:
        """The person's own appointments still to come or under way, the next one first. Raises NotLinkedError."""
        client = await self.access.own(tx, actor, Part.APPOINTMENTS)
        found = await self._repository.appointments(tx, [client.id])
        return [
            appointment
            for appointment in found
            if appointment.status not in _ENDED
            and appointment.starts_at + timedelta(minutes=appointment.minutes) > now
        ]

    async def own_appointment(self, tx: Transaction, actor: Actor, appointment_id: str) -> Appointment:
        """One of the person's own appointments, cancelled ones too. Raises NotFoundError."""
        return (await self._own_appointment(tx, actor, appointment_id))[0]

    async def request_cancel(
        self,
        tx: Transaction,
        actor: Actor,
        appointment_id: str,
        reason: HelpReason | None,
        now: datetime,
    ) -> Receipt:
        """The client cannot come; the coordinator cancels or moves. Raises AppointmentOver-, NotFoundError."""
        appointment, client = await self._own_appointment(tx, actor, appointment_id, change=True)
        if appointment.status in _ENDED or appointment.starts_at <= now:
            raise AppointmentOverError
        kind = RequestKind.CANCEL_APPOINTMENT
        for request in await self._repository.requests(tx, [client.id]):
            if request.subject_id == appointment.id and request.reason != reason:
                await self._repository.close_request(tx, request.id, now, by=None)
        wanted = replace(appointment, status=AppointmentStatus.CANCEL_REQUESTED, updated_at=now)
        receipt = await self._ask(tx, client, kind, now, reason=reason, subject=wanted)
        if receipt.new:
            await self._reminders.answered(tx, appointment.id, kind.value, now)
            await self._repository.change_appointment(tx, wanted)
            await self._reminders.plan(tx, wanted, now)
        return receipt

    def appointment_calendar(self, appointment: Appointment, now: datetime) -> bytes:
        """The appointment as an .ics file with a title that says nothing."""
        return ics.appointment_calendar(appointment, now)

    async def _change(
        self,
        tx: Transaction,
        actor: Actor,
        client: Client,
        changed: Appointment,
        now: datetime,
        *,
        answer: str,
    ) -> None:
        await self._repository.change_appointment(tx, changed)
        await self._reminders.plan(tx, changed, now, moved=True)
        answers = {RequestKind.CANCEL_APPOINTMENT: answer}
        await self._close_about(tx, client.id, changed.id, now, by=actor.id, answers=answers)
        await self._tell(tx, client, changed, now)

    async def _tell(self, tx: Transaction, client: Client, appointment: Appointment, now: datetime) -> None:
        await self._pushes.tell_client(
            tx, client, Push.APPOINTMENT, appointment.id, now, not_after=appointment.starts_at
        )

    async def _appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, *, change: bool = True
    ) -> tuple[Appointment, Client]:
        found = await self._repository.appointment(tx, appointment_id)
        client_id = found.client_id if found else None
        client = await self.access.work_on(tx, actor, client_id, Part.APPOINTMENTS, change=change)
        return known(found), client

    async def _own_appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, *, change: bool = False
    ) -> tuple[Appointment, Client]:
        found = await self._repository.appointment(tx, appointment_id)
        client_id = found.client_id if found else None
        client = await self.access.theirs(tx, actor, client_id, Part.APPOINTMENTS, change=change)
        return known(found), client


def _checked_start(local: datetime, now: datetime) -> datetime:
    starts_at = rules.at_berlin(local)
    if starts_at <= now:
        raise AppointmentInPastError
    if starts_at - now > rules.APPOINTMENT_AHEAD:
        raise AppointmentTooFarError
    return starts_at


def _checked_minutes(minutes: int) -> int:
    if minutes not in rules.MINUTES:
        raise AppointmentMinutesError
    return minutes


def _line(text: str, limit: int, error: type[PlaceTooLongError | WhereTooLongError]) -> str:
    line = rules.clean_line(text)
    if len(line) > limit:
        raise error
    return line


def _checked_bring(items: Iterable[str]) -> tuple[Bring, ...]:
    try:
        return tuple(dict.fromkeys(Bring(item) for item in items))
    except ValueError as error:
        raise BringUnknownError from error
