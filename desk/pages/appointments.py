"""A client's appointments at the desk: made once or as a series, moved, cancelled, and what was brought along."""

from agreements import rules
from agreements.types import Appointment, AppointmentStatus, Bring
from desk import sayings
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Turn
from people.errors import NotFoundError
from people.types import Permission as May

_TICKED_DAYS = 14
"""So many days back it can be said at the desk what was brought along."""


def listed(turn: Turn, found: tuple[Appointment, ...]) -> dict[str, object]:
    """What the file shows of appointments: those to come, whether there are any to print, how many of a series follow each, and those that were lately."""
    live = [one for one in found if rules.is_coming(one, turn.now)]
    return {
        "coming": [
            one
            for one in found
            if one.starts_at >= turn.now or one.status is AppointmentStatus.CANCEL_REQUESTED
        ],
        "to_print": bool(live),
        "following": {one.id: _following(one, live) for one in live},
        "lately": [
            one
            for one in found
            if one.bring and rules.may_tick(one, turn.now) and (turn.now - one.starts_at).days < _TICKED_DAYS
        ],
    }


def _following(one: Appointment, live: list[Appointment]) -> int:
    if one.series_id is None:
        return 0
    return sum(other.series_id == one.series_id and other.starts_at > one.starts_at for other in live)


async def add(turn: Turn) -> Answer:
    """When the client is expected where, once or every so many weeks."""
    client_id, local = turn.part("client_id"), sayings.wall_time(turn.typed("day"), turn.typed("clock"))
    minutes, weeks, times = turn.number("minutes"), turn.number("weeks"), turn.number("times")
    if local is None or minutes is None:
        raise FieldMissingError
    what = (client_id, turn.typed("phrase"), turn.typed("place"), turn.typed("where"), local, minutes)
    bring = turn.chosen("bring")
    if weeks:
        await turn.services.cases.series.add(turn.tx, turn.actor, *what, bring, weeks, times or 0, turn.now)
        return Go(f"/clients/{client_id}#appointments", "series_added")
    await turn.services.agreements.add_appointment(turn.tx, turn.actor, *what, bring, turn.now)
    return Go(f"/clients/{client_id}#appointments", "appointment_added")


async def move(turn: Turn) -> Answer:
    """Another time, for this one or for all that follow it too."""
    local = sayings.wall_time(turn.typed("day"), turn.typed("clock"))
    if local is None:
        raise FieldMissingError
    appointment_id = turn.part("appointment_id")
    if turn.typed("all") == "yes":
        series = turn.services.cases.series
        moved = (await series.move_following(turn.tx, turn.actor, appointment_id, local, turn.now))[0]
    else:
        service = turn.services.agreements
        moved = await service.move_appointment(turn.tx, turn.actor, appointment_id, local, turn.now)
    return _done(turn, moved, "appointment_moved")


async def cancel(turn: Turn) -> Answer:
    """It does not take place, or it and all that follow."""
    appointment_id = turn.part("appointment_id")
    if turn.typed("all") == "yes":
        series = turn.services.cases.series
        gone = (await series.cancel_following(turn.tx, turn.actor, appointment_id, turn.now))[0]
    else:
        gone = await turn.services.agreements.cancel_appointment(
            turn.tx, turn.actor, appointment_id, turn.now
        )
    return _done(turn, gone, "appointment_cancelled")


async def restore(turn: Turn) -> Answer:
    """It takes place after all."""
    service, appointment_id = turn.services.agreements, turn.part("appointment_id")
    restored = await service.restore_appointment(turn.tx, turn.actor, appointment_id, turn.now)
    return _done(turn, restored, "undone")


async def brought(turn: Turn) -> Answer:
    """Something was brought along, or after another click not."""
    service, appointment_id = turn.services.agreements, turn.part("appointment_id")
    await service.appointment(turn.tx, turn.actor, appointment_id)
    if turn.typed("thing") not in set(Bring):
        raise NotFoundError
    thing = Bring(turn.typed("thing"))
    ticked = await service.tick_brought(turn.tx, turn.actor, appointment_id, thing, turn.now)
    return _done(turn, ticked, "note_added")


def _done(turn: Turn, appointment: Appointment, said: str) -> Go:
    """Back to where it was done: my day after a request, else the file."""
    return Go("/" if turn.typed("to") == "/" else f"/clients/{appointment.client_id}#appointments", said)


_APPOINTMENT, _MAY = "/appointments/{appointment_id}", May.LIST_CLIENTS
ROUTES = (
    DeskRoute("POST", "/clients/{client_id}/appointments", add, _MAY, "make an appointment, or a series"),
    DeskRoute("POST", _APPOINTMENT + "/move", move, _MAY, "another time"),
    DeskRoute("POST", _APPOINTMENT + "/cancel", cancel, _MAY, "does not take place"),
    DeskRoute("POST", _APPOINTMENT + "/restore", restore, _MAY, "takes place after all"),
    DeskRoute("POST", _APPOINTMENT + "/brought", brought, _MAY, "what was brought along"),
)
