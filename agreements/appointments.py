"""Use cases about appointments, from both sides."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from agreements import ics, rules
from agreements.answers import CANCELLED_OK, MOVED_OK
from agreements.casework import Casework, checked_phrase, known
from agreements.errors import (
    AlreadyAnsweredError,
    AppointmentInPastError,
    AppointmentMinutesError,
    AppointmentOverError,
    AppointmentTooFarError,
    BringUnknownError,
    PlaceTooLongError,
    WhereTooLongError,
)
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Bring,
    Client,
    HelpReason,
    Instead,
    Receipt,
    RequestKind,
)
from db.engine import Transaction
from delivery.types import Push
from i18n.phrases import Category
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor

_RECENT = timedelta(days=3)


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
        *,
        quietly: bool = False,
    ) -> Appointment:
        """Make an appointment at a wall time (naive) in Berlin; `quietly` does not tell the client. Raises NotFoundError and an error for each field that does not fit."""
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
        if not quietly:
            await self._tell(tx, client, appointment, now)
        return appointment

    async def move_appointment(
        self,
        tx: Transaction,
        actor: Actor,
        appointment_id: str,
        local: datetime,
        now: datetime,
        *,
        quietly: bool = False,
    ) -> Appointment:
        """Another time for the same appointment; a wish to cancel it is answered by it. Raises AppointmentOver-, -InPast-, -TooFar-, NotFoundError."""
        appointment, client = await self._appointment(tx, actor, appointment_id)
        if appointment.status in rules.ENDED:
            raise AppointmentOverError
        starts_at = _checked_start(local, now)
        moved = replace(
            appointment,
            status=AppointmentStatus.PLANNED,
            local=rules.local_time(starts_at),
            starts_at=starts_at,
            updated_at=now,
        )
        before = appointment.starts_at
        await self._change(tx, actor, client, moved, now, answer=MOVED_OK, quietly=quietly, before=before)
        return moved

    async def cancel_appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, now: datetime, *, quietly: bool = False
    ) -> Appointment:
        """The appointment does not take place. Raises AppointmentOver-, NotFoundError."""
        appointment, client = await self._appointment(tx, actor, appointment_id)
        if appointment.status in rules.ENDED or appointment.starts_at <= now:
            raise AppointmentOverError
        cancelled = replace(appointment, status=AppointmentStatus.CANCELLED, updated_at=now)
        await self._change(tx, actor, client, cancelled, now, answer=CANCELLED_OK, quietly=quietly)
        return cancelled

    async def restore_appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, now: datetime
    ) -> Appointment:
        """It was cancelled by mistake: it takes place, and the client and whoever comes along hear of it.

        A wish not to come that was answered by it waits again. Raises AppointmentOver-, NotFoundError.
        """
        appointment, client = await self._appointment(tx, actor, appointment_id)
        if appointment.status is not AppointmentStatus.CANCELLED or appointment.starts_at <= now:
            raise AppointmentOverError
        wished, _ = await self._reopen_about(tx, client.id, appointment.id, appointment.updated_at, now)
        status = AppointmentStatus.CANCEL_REQUESTED if wished else AppointmentStatus.PLANNED
        restored = replace(appointment, status=status, updated_at=now)
        await self._repository.change_appointment(tx, restored)
        await self._reminders.plan(tx, restored, now)
        await self._told(tx, client, restored, now)
        return restored

    async def appointments(self, tx: Transaction, actor: Actor, client_id: str) -> list[Appointment]:
        """A client's appointments by time, past ones too. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.APPOINTMENTS)
        return await self._repository.appointments(tx, [client.id])

    async def appointment(self, tx: Transaction, actor: Actor, appointment_id: str) -> Appointment:
        """One appointment, for the coordinator. Raises NotFoundError."""
        return (await self._appointment(tx, actor, appointment_id, change=False))[0]

    async def own_appointments(
        self, tx: Transaction, actor: Actor, now: datetime, *, client_id: str | None = None
    ) -> list[Appointment]:
        """The person's own appointments still to come or under way, the next one first. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.APPOINTMENTS, client_id=client_id)
        found = await self._repository.appointments(tx, [client.id])
        return [
            appointment
            for appointment in found
            if appointment.status not in rules.ENDED
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
        if appointment.status in rules.ENDED or appointment.starts_at <= now:
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

    async def wish_instead(
        self, tx: Transaction, actor: Actor, request_id: str, instead: Instead, now: datetime
    ) -> Receipt:
        """What the client would like instead of an appointment that they cannot come to. Raises AlreadyAnswered-, NotFoundError."""
        request = await self._repository.request(tx, request_id)
        client = await self.access.theirs(
            tx, actor, request.client_id if request else None, Part.REQUESTS, change=True
        )
        request = known(request)
        if request.kind is not RequestKind.CANCEL_APPOINTMENT:
            raise NotFoundError
        if not await self._repository.wish_instead(tx, request.id, instead):
            raise AlreadyAnsweredError
        away_until = await self._away_until(tx, client)
        return self._receipt(client, replace(request, instead=instead), away_until, now)

    async def own_recent(
        self, tx: Transaction, actor: Actor, now: datetime, *, client_id: str | None = None
    ) -> list[Appointment]:
        """Own appointments of the last days that something was to be brought to, for the ticks. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.APPOINTMENTS, client_id=client_id)
        found = await self._repository.appointments(tx, [client.id])
        return [a for a in found if a.bring and rules.may_tick(a, now) and now - a.starts_at < _RECENT]

    async def tick_brought(
        self, tx: Transaction, actor: Actor, appointment_id: str, thing: Bring, now: datetime
    ) -> Appointment:
        """Something was brought along, or after a second tap not; by the client or the coordinator. Raises NotFoundError."""
        found = await self._repository.appointment(tx, appointment_id)
        client = await self._repository.client(tx, found.client_id) if found else None
        own = client is not None and client.person_id == actor.id
        ask = self._own_appointment if own else self._appointment
        appointment, _ = await ask(tx, actor, appointment_id, change=True)
        if thing not in appointment.bring or not rules.may_tick(appointment, now):
            raise NotFoundError
        ticked = {*(appointment.brought or ())} ^ {thing}
        brought = tuple(item for item in appointment.bring if item in ticked)
        changed = replace(appointment, brought=brought, updated_at=now)
        await self._repository.change_appointment(tx, changed)
        return changed

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
        quietly: bool,
        before: datetime | None = None,
    ) -> None:
        await self._repository.change_appointment(tx, changed)
        await self._reminders.plan(tx, changed, now, moved=True)
        answers = {RequestKind.CANCEL_APPOINTMENT: answer}
        await self._close_about(tx, client.id, changed.id, now, by=actor.id, answers=answers)
        await self._told(tx, client, changed, now, quietly=quietly, before=before)

    async def _told(
        self,
        tx: Transaction,
        client: Client,
        changed: Appointment,
        now: datetime,
        *,
        quietly: bool = False,
        before: datetime | None = None,
    ) -> None:
        """Tell the client, unless `quietly`, and whoever comes along: in time for when it was to be `before`, if that is still to come."""
        until = before if before is not None and before > now else None
        if not quietly:
            await self._tell(tx, client, changed, now, until)
        share = await self._sharing.of_appointment(tx, changed.id)
        if share is not None and share.helper_id is not None:
            await self._pushes.tell_helper(
                tx, share.helper_id, share.id, now, changed.starts_at, in_time_for=until
            )

    async def _tell(
        self,
        tx: Transaction,
        client: Client,
        appointment: Appointment,
        now: datetime,
        in_time_for: datetime | None = None,
    ) -> None:
        await self._pushes.tell_client(
            tx,
            client,
            Push.APPOINTMENT,
            appointment.id,
            now,
            not_after=appointment.starts_at,
            in_time_for=in_time_for,
        )

    async def _appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, *, change: bool = True
    ) -> tuple[Appointment, Client]:
        found = await self._repository.appointment(tx, appointment_id, change=change)
        client_id = found.client_id if found else None
        client = await self.access.work_on(tx, actor, client_id, Part.APPOINTMENTS, change=change)
        return known(found), client

    async def _own_appointment(
        self, tx: Transaction, actor: Actor, appointment_id: str, *, change: bool = False
    ) -> tuple[Appointment, Client]:
        found = await self._repository.appointment(tx, appointment_id, change=change)
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
