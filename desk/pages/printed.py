"""Printed matter of a case, in German and in the client's language: agreement, appointments, the Logbuch's list."""

import asyncio

from agreements import rules
from agreements.sheets import content
from agreements.sheets.layout import pdf
from agreements.sheets.types import Sheet
from agreements.types import Client
from desk.routes import DeskRoute
from desk.turn import PDF, Answer, File, Turn
from people.errors import NotFoundError
from people.types import Permission as May

PRINTED = ("agreement", "appointments", "logbook")
"""What can be printed of a case."""


async def case_sheet(turn: Turn) -> Answer:
    """One of `PRINTED`."""
    what = turn.part("what")
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, turn.part("client_id"))
    match what:
        case "agreement":
            made = await _agreement(turn, client)
        case "appointments":
            made = await _appointments(turn, client)
        case "logbook":
            made = content.logbook_sheet(client.language, district=turn.house.district)
        case _:
            raise NotFoundError
    return await _file(turn, made, f"{what}-{client.case_number}")


async def appointment_sheet(turn: Turn) -> Answer:
    """One appointment."""
    case_work = turn.services.agreements
    found = await case_work.appointment(turn.tx, turn.actor, turn.part("appointment_id"))
    client = await case_work.get_client(turn.tx, turn.actor, found.client_id)
    made = content.appointments_sheet([found], client.language, district=turn.house.district)
    return await _file(turn, made, f"appointment-{client.case_number}")


async def _agreement(turn: Turn, client: Client) -> Sheet:
    """As it was signed, or, where it changed since or was never signed, as it waits for signatures."""
    goals = turn.services.cases.goals
    view = await goals.agreement(turn.tx, turn.actor, client.id)
    steps = {step.id for step in view.content.steps}
    milestones = await turn.services.agreements.milestones(turn.tx, turn.actor, client.id)
    signed = await turn.services.agreements.agreement(turn.tx, turn.actor, client.id)
    return content.agreement_sheet(
        None if view.changed else signed,
        [milestone for milestone in milestones if milestone.id in steps],
        client.language,
        district=turn.house.district,
        goals=await goals.goals(turn.tx, turn.actor, client.id),
        tasks=await goals.tasks(turn.tx, turn.actor, client.id),
    )


async def _appointments(turn: Turn, client: Client) -> Sheet:
    found = await turn.services.agreements.appointments(turn.tx, turn.actor, client.id)
    coming = [appointment for appointment in found if rules.is_coming(appointment, turn.now)]
    if not coming:
        raise NotFoundError
    return content.appointments_sheet(coming, client.language, district=turn.house.district)


async def _file(turn: Turn, made: Sheet, name: str) -> File:
    # A fifth of a second of shaping and packing: other pages go on meanwhile.
    packed = await asyncio.to_thread(pdf, made, turn.now)
    return File(packed, PDF, f"lotse-{name}-{rules.today(turn.now).isoformat()}.pdf")


ROUTES = (
    DeskRoute("GET", "/clients/{client_id}/print/{what}", case_sheet, May.LIST_CLIENTS, "a sheet to print"),
    DeskRoute(
        "GET",
        "/appointments/{appointment_id}/print",
        appointment_sheet,
        May.LIST_CLIENTS,
        "one appointment to print",
    ),
)
