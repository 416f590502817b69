"""Use cases about sharing one appointment with one helper."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agreements.pushes import Pushes
from agreements.repository import AgreementsRepository
from agreements.service import AgreementsService
from agreements.sharing.repository import SharingRepository
from agreements.sharing.types import NewShare, Share
from agreements.types import Appointment, AppointmentStatus
from db.engine import Transaction
from people.errors import NotFoundError
from people.types import Actor


class SharingService:
    """Never commits: `tx` is the caller's unit of work. Whatever may not be seen is answered as if it did not exist."""

    def __init__(
        self,
        repository: SharingRepository,
        cases: AgreementsRepository,
        agreements: AgreementsService,
        pushes: Pushes,
        *,
        new_id: Callable[[], str],
        new_code: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._agreements = agreements
        self._pushes = pushes
        self._new_id = new_id
        self._new_code = new_code

    async def share(self, tx: Transaction, actor: Actor, appointment_id: str, now: datetime) -> NewShare:
        """A link that shows one own appointment to whoever opens it first; the one made before ends. Raises NotFoundError."""
        appointment = await self._agreements.own_appointment(tx, actor, appointment_id)
        if not _shown(appointment, now):
            raise NotFoundError
        await self._repository.end(tx, appointment.id, now)
        share = Share(self._new_id(), appointment.id, None, now, None, None)
        code = self._new_code()
        await self._repository.add(tx, share, code)
        return NewShare(share.id, code)

    async def shared(self, tx: Transaction, actor: Actor, appointment_id: str) -> Share | None:
        """With whom an own appointment is shared just now. Raises NotFoundError."""
        appointment = await self._agreements.own_appointment(tx, actor, appointment_id)
        return await self._repository.of_appointment(tx, appointment.id)

    async def end(self, tx: Transaction, actor: Actor, appointment_id: str, now: datetime) -> Appointment:
        """Show it to the helper no longer. Raises NotFoundError."""
        appointment = await self._agreements.own_appointment(tx, actor, appointment_id)
        await self._repository.end(tx, appointment.id, now)
        return appointment

    async def open(
        self, tx: Transaction, actor: Actor, code: str, now: datetime
    ) -> tuple[Share, Appointment]:
        """What the link shows: to the first who opens it, and to nobody else. Raises NotFoundError."""
        share = await self._repository.by_code(tx, code)
        appointment = await self._live(tx, share, now)
        if share is not None and share.opened_at is None:
            owner = await self._cases.client(tx, appointment.client_id)
            if owner is None or owner.person_id == actor.id:
                raise NotFoundError
            await self._repository.open(tx, share.id, actor.id, now)
            share = await self._repository.share(tx, share.id)
        if share is None or share.helper_id != actor.id:
            raise NotFoundError
        self._agreements.access.shown(tx, actor, appointment.client_id)
        return share, appointment

    async def look(self, tx: Transaction, actor: Actor, share_id: str, now: datetime) -> Appointment:
        """The same for the helper who has opened it before. Raises NotFoundError."""
        share = await self._repository.share(tx, share_id)
        appointment = await self._live(tx, share, now)
        if share is None or share.helper_id != actor.id:
            raise NotFoundError
        self._agreements.access.shown(tx, actor, appointment.client_id)
        return appointment

    async def _live(self, tx: Transaction, share: Share | None, now: datetime) -> Appointment:
        found = await self._cases.appointment(tx, share.appointment_id) if share else None
        if share is None or share.ended_at is not None or found is None or not _over_at(found) > now:
            raise NotFoundError
        return found


def _over_at(appointment: Appointment) -> datetime:
    return appointment.starts_at + timedelta(minutes=appointment.minutes)


def _shown(appointment: Appointment, now: datetime) -> bool:
    return appointment.status is AppointmentStatus.PLANNED and _over_at(appointment) > now
