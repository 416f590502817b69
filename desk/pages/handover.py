"""The hand-over to the Jobcenter: choose what would go, ask the client for a consent, and give the file out once there is one."""

import asyncio
import json

from agreements import rules
from agreements.handover import bundle
from agreements.handover import rules as consent_rules
from agreements.handover.errors import ConsentMissingError
from agreements.handover.types import Bundle, Part, State
from agreements.sheets import content
from agreements.sheets.layout import pdf
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import JSON, PDF, Answer, File, Go, Page, Turn
from people.errors import NotFoundError
from people.types import Permission as May

FORMATS = ("pdf", "json")


async def look(turn: Turn) -> Answer:
    """What would go of the chosen parts, what was asked and answered, and what went."""
    service, client_id = turn.services.cases.handover, turn.part("client_id")
    found = await service.look(turn.tx, turn.actor, client_id, turn.now)
    parts = found.valid.parts if found.valid else tuple(Part)
    shown = await service.bundle(turn.tx, turn.actor, client_id, parts, turn.who.account.shown, turn.now)
    values = {
        "client": found.client,
        "found": found,
        "blocks": bundle.shown(bundle.sheet(shown, turn.house.district)),
        "parts_of": tuple(Part),
        "said": consent_rules.SAID,
        "chosen": parts,
        "today": rules.today(turn.now),
        "waiting": any(state is State.ASKED for _, state in found.consents),
        "names": await turn.services.accounts.shown_names(turn.tx),
    }
    return Page("handover.html", values)


async def ask(turn: Turn) -> Answer:
    """Ask the client on the phone."""
    client_id = turn.part("client_id")
    await turn.services.cases.handover.ask(turn.tx, turn.actor, client_id, turn.chosen("part"), turn.now)
    return Go(f"/clients/{client_id}/hand-over", "consent_asked")


async def signed(turn: Turn) -> Answer:
    """The client signed the paper."""
    client_id, day = turn.part("client_id"), turn.day("signed_on")
    if day is None:
        raise FieldMissingError
    await turn.services.cases.handover.signed(
        turn.tx, turn.actor, client_id, turn.chosen("part"), day, turn.now
    )
    return Go(f"/clients/{client_id}/hand-over", "consent_kept")


async def prepare_paper(turn: Turn) -> None:
    """Pack the sheet, before the transaction that writes."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, turn.part("client_id"))
    parts = consent_rules.chosen(turn.chosen("part"))
    made = content.consent_sheet(parts, client.language, district=turn.house.district)
    packed = await asyncio.to_thread(pdf, made, turn.now)
    turn.context["packed"] = File(packed, PDF, f"lotse-consent-{client.case_number}.pdf")


async def paper(turn: Turn) -> Answer:
    """The text to sign, in German and in the client's language."""
    packed: File = turn.context["packed"]
    return packed


async def take_back(turn: Turn) -> Answer:
    """The client took the yes back in the office."""
    consent = await turn.services.cases.handover.take_back(
        turn.tx, turn.actor, turn.part("consent_id"), turn.now
    )
    return Go(f"/clients/{consent.client_id}/hand-over", "consent_revoked")


async def prepare(turn: Turn) -> None:
    """Pack the file, before the transaction that writes."""
    what = turn.typed("format")
    if what not in FORMATS:
        raise NotFoundError
    service, client_id = turn.services.cases.handover, turn.part("client_id")
    found = await service.look(turn.tx, turn.actor, client_id, turn.now)
    if found.valid is None:
        raise ConsentMissingError
    made = await service.bundle(
        turn.tx, turn.actor, client_id, found.valid.parts, turn.who.account.shown, turn.now
    )
    if what == "json":
        packed = json.dumps(bundle.data(made, turn.now), ensure_ascii=False, indent=1).encode()
    else:
        packed = await asyncio.to_thread(pdf, bundle.sheet(made, turn.house.district), turn.now)
    day = rules.today(turn.now).isoformat()
    name = f"lotse-handover-{made.client.case_number}-{day}.{what}"
    turn.context["made"] = made
    turn.context["packed"] = File(packed, PDF if what == "pdf" else JSON, name)


async def hand_over(turn: Turn) -> Answer:
    """Keep that it goes, and give the packed file out."""
    made: Bundle = turn.context["made"]
    await turn.services.cases.handover.hand_over(turn.tx, turn.actor, made, turn.typed("format"), turn.now)
    packed: File = turn.context["packed"]
    return packed


_HERE, _MAY = "/clients/{client_id}/hand-over", May.LIST_CLIENTS
ROUTES = (
    DeskRoute("GET", _HERE, look, _MAY, "what a hand-over would hold, and its consent"),
    DeskRoute("POST", _HERE, hand_over, _MAY, "hand over what the client agreed to", prepare=prepare),
    DeskRoute("POST", _HERE + "/ask", ask, _MAY, "ask the client for a consent"),
    DeskRoute("POST", _HERE + "/signed", signed, _MAY, "the client signed on paper"),
    DeskRoute("POST", _HERE + "/paper", paper, _MAY, "the text to sign", prepare=prepare_paper),
    DeskRoute("POST", "/consents/{consent_id}/take-back", take_back, _MAY, "a consent no longer holds"),
)
