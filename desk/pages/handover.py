"""The hand-over to the Jobcenter: what goes is shown first, the client's consent is written into the file, then it goes as PDF or JSON."""

import asyncio
import json

from agreements import rules
from agreements.sheets.layout import pdf
from desk import bundle
from desk.errors import ConsentMissingError, FieldMissingError
from desk.pages.printed import PDF
from desk.routes import DeskRoute
from desk.turn import Answer, File, Page, Turn
from i18n import dates
from i18n.languages import SOURCE
from i18n.messages import words
from people.errors import NotFoundError
from people.types import Permission as May

FORMATS = ("pdf", "json")


async def look(turn: Turn) -> Answer:
    """What would go, and the form for the consent."""
    found = await _bundle(turn)
    sheet = bundle.sheet(found, turn.house.district)
    values = {"client": found.client, "blocks": bundle.shown(sheet), "today": rules.today(turn.now)}
    return Page("handover.html", values)


async def prepare(turn: Turn) -> None:
    """Pack the file, before the transaction that writes."""
    what = turn.typed("format")
    if what not in FORMATS:
        raise NotFoundError
    found = await _bundle(turn)
    if what == "json":
        packed = json.dumps(bundle.data(found, turn.now), ensure_ascii=False, indent=1).encode()
    else:
        packed = await asyncio.to_thread(pdf, bundle.sheet(found, turn.house.district), turn.now)
    day = rules.today(turn.now).isoformat()
    name = f"lotse-handover-{found.client.case_number}-{day}.{what}"
    turn.context["packed"] = File(packed, PDF if what == "pdf" else "application/json", name)


async def hand_over(turn: Turn) -> Answer:
    """Write the consent into the file and give the packed file out."""
    day = turn.day("consented_on")
    if day is None:
        raise FieldMissingError
    if turn.typed("consent") != "yes" or day > rules.today(turn.now):
        raise ConsentMissingError
    said = words(SOURCE).plain(
        "desk.handover.noted", day=dates.day(day, SOURCE), format=turn.typed("format").upper()
    )
    await turn.services.cases.files.add_note(turn.tx, turn.actor, turn.part("client_id"), said, turn.now)
    packed: File = turn.context["packed"]
    return packed


async def _bundle(turn: Turn) -> bundle.Bundle:
    client_id, cases, case_work = turn.part("client_id"), turn.services.cases, turn.services.agreements
    file = await cases.files.file(turn.tx, turn.actor, client_id)
    found = await case_work.client_file(turn.tx, turn.actor, client_id)
    placements = await cases.placements.placements(turn.tx, turn.actor, client_id)
    _, offers = await turn.services.offers.everything(turn.tx)
    return bundle.Bundle(
        file.client,
        file.record,
        tuple(await cases.goals.goals(turn.tx, turn.actor, client_id)),
        found.milestones,
        tuple(a for a in found.appointments if a.starts_at > turn.now),
        tuple(placements),
        {offer.id: offer.name for offer in offers},
        turn.who.account.shown,
    )


ROUTES = (
    DeskRoute("GET", "/clients/{client_id}/hand-over", look, May.LIST_CLIENTS, "what a hand-over would hold"),
    DeskRoute(
        "POST",
        "/clients/{client_id}/hand-over",
        hand_over,
        May.LIST_CLIENTS,
        "hand over with the client's consent",
        prepare=prepare,
    ),
)
