"""When a client is reminded, set at the desk: so long before everything, or before one milestone or appointment."""

from collections.abc import Awaitable, Callable

from agreements.types import Subject
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Turn
from people.types import Permission as May

_DONE = "reminders_saved"


async def of_client(turn: Turn) -> Answer:
    """So long before everything of a client."""
    client_id = turn.part("client_id")
    texts = {subject: turn.typed(subject.value) for subject in Subject}
    await turn.services.cases.times.remind_client(turn.tx, turn.actor, client_id, texts, turn.now)
    return Go(f"/clients/{client_id}#reminders", _DONE)


def _of_one(subject: Subject, mark: str) -> Callable[[Turn], Awaitable[Answer]]:
    """A handler for one milestone or appointment, which goes back to where it stands."""

    async def handler(turn: Turn) -> Answer:
        subject_id = turn.part(f"{subject.value}_id")
        client_id = await turn.services.cases.times.remind_of(
            turn.tx, turn.actor, subject, subject_id, turn.typed("before"), turn.now
        )
        return Go(f"/clients/{client_id}#{mark}", _DONE)

    return handler


_MAY = May.LIST_CLIENTS
_MILESTONE, _APPOINTMENT = (
    _of_one(Subject.MILESTONE, "agreement"),
    _of_one(Subject.APPOINTMENT, "appointments"),
)
ROUTES = (
    DeskRoute("POST", "/clients/{client_id}/reminders", of_client, _MAY, "when to remind a client"),
    DeskRoute(
        "POST", "/milestones/{milestone_id}/reminders", _MILESTONE, _MAY, "when to remind of a milestone"
    ),
    DeskRoute(
        "POST",
        "/appointments/{appointment_id}/reminders",
        _APPOINTMENT,
        _MAY,
        "when to remind of an appointment",
    ),
)
