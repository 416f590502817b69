"""The Logbuch: registers, what to take along to whom, and own agreement and appointments as sheets to print."""

import asyncio

from agreements import rules
from agreements.logbook.rules import OFFICES, register
from agreements.sheets import content
from agreements.sheets.layout import pdf
from agreements.sheets.types import Sheet
from agreements.types import Appointment, Client
from bot.handlers.client.family import about, for_whom
from bot.routes import Route, RouteKind
from bot.screens import Screen, closing
from bot.turn import Screens, Turn
from bot.views import logbook as views
from bot.views import own as own_views
from people.errors import NotFoundError
from people.types import Permission


async def show(turn: Turn) -> Screens:
    """The registers, and what to bring to the next appointment."""
    return await for_whom(turn, "papers", papers_of, nobody=views.logbook_screen(turn.words, None, None))


async def papers_of(turn: Turn, client: Client) -> Screen:
    """The same with what one case brings along next."""
    found = await _coming(turn, client)
    return views.logbook_screen(turn.words, found[0] if found else None, client)


async def one_register(turn: Turn, register_id: str) -> Screen:
    """What belongs in one register."""
    found = register(register_id)
    if found is None:
        raise NotFoundError
    return views.register_screen(turn.words, found)


async def offices(turn: Turn) -> Screen:
    """Where are you going?"""
    return views.offices_screen(turn.words)


async def take_along(turn: Turn, phrase: str) -> Screen:
    """What to take along there."""
    if phrase not in OFFICES:
        raise NotFoundError
    return views.office_screen(turn.words, phrase)


async def sheet(turn: Turn, what: str) -> Screens:
    """The Logbuch's list, the own agreement or all own appointments, to print."""
    if what == "logbook":
        made = content.logbook_sheet(turn.language, district=turn.services.house.district)
        return await _printed(turn, made)
    acts = {"agreement": agreement_of, "appointments": appointments_of}
    if what not in acts:
        raise NotFoundError
    nobody = own_views.not_linked(turn.words, turn.services.house)
    return await for_whom(turn, what, acts[what], nobody=nobody)


async def agreement_of(turn: Turn, client: Client) -> Screen:
    """The agreement of one case, to print."""
    agreements, house = turn.services.agreements, turn.services.house
    agreement = await agreements.own_agreement(turn.tx, turn.actor, client_id=client.id)
    milestones = await agreements.own_milestones(turn.tx, turn.actor, client_id=client.id)
    if agreement is None:
        return own_views.goals_screen(turn.words, milestones, client)
    found = await turn.services.cases.replies.own(turn.tx, turn.actor, client.id, turn.now)
    made = content.agreement_sheet(
        agreement,
        milestones,
        turn.language,
        district=house.district,
        goals=found.goals,
        tasks=found.tasks,
    )
    return await _printed(turn, made, "agree", client.id)


async def appointments_of(turn: Turn, client: Client) -> Screen:
    """All appointments of one case, to print."""
    coming = await _coming(turn, client)
    if not coming:
        return own_views.appointments_screen(turn.words, coming)
    made = content.appointments_sheet(coming, turn.language, district=turn.services.house.district)
    return await _printed(turn, made, "my.appts")


async def _coming(turn: Turn, client: Client) -> list[Appointment]:
    return await turn.services.agreements.own_appointments(turn.tx, turn.actor, turn.now, client_id=client.id)


async def appointment_sheet(turn: Turn, appointment_id: str) -> Screen:
    """One own appointment to print."""
    found = await turn.services.agreements.own_appointment(turn.tx, turn.actor, appointment_id)
    await about(turn, found.client_id)
    district = turn.services.house.district
    made = content.appointments_sheet([found], turn.language, district=district)
    return await _printed(turn, made, "appt", found.id)


async def _printed(turn: Turn, made: Sheet, *opens: str) -> Screen:
    # A fifth of a second of shaping and packing: other chats go on meanwhile.
    file = await asyncio.to_thread(pdf, made, turn.now)
    name = f"lotse-{rules.today(turn.now).isoformat()}.pdf"
    shown = views.sheet_screen(turn.words, name, file)
    return closing(shown, *opens) if opens else shown


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "my.papers", show, _ASK, "the Logbuch and what to bring"),
    Route(_TAP, "lb.reg", one_register, _ASK, "what belongs in a register of the Logbuch", args=1),
    Route(_TAP, "lb.offices", offices, _ASK, "choose where one is going"),
    Route(_TAP, "lb.to", take_along, _ASK, "what to take along there", args=1),
    Route(_TAP, "lb.pdf", sheet, _ASK, "Logbuch, own agreement or appointments as a PDF", args=1),
    Route(_TAP, "lb.appt", appointment_sheet, _ASK, "one own appointment as a PDF", args=1),
)
