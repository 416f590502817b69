"""The client's file on one page, the first interview, notes and contacts, the file note to paste, the invitation."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from agreements import rules
from agreements.files.fields import LENGTHS, OF_RECORD
from agreements.files.rules import draft_kind, overtaken
from agreements.files.rules import typed as typed_of
from agreements.files.types import Channel, Degree, Gender, Literacy, StatusGroup
from agreements.goals.rules import TASKS
from agreements.holds.types import HoldReason
from agreements.reminding import wishing
from agreements.series import rules as series_rules
from agreements.types import Subject
from desk import sayings
from desk.errors import FieldMissingError
from desk.pages import agreement, appointments
from desk.pages.signing import qr
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n.languages import SOURCE
from i18n.messages import words
from i18n.phrases import Category
from offers.types import LEVELS
from people.types import Permission as May

DRAFT_LIFE = timedelta(days=14)
_SHOWN = "shown"
"""What the form of an interview, and a draft of it, say of the file as it was."""
CODES = {
    "status_group": tuple(StatusGroup),
    "gender": tuple(Gender),
    "degree": tuple(Degree),
    "literacy": tuple(Literacy),
    "german_level": LEVELS,
    "working_age": ("yes", "no"),
}
"""Fields of the interview that hold one code of a list."""
SECTIONS = (
    ("person", ("call_name", "allocated_on", "working_age", "gender", "status_group", "labour_access_on")),
    ("education", ("school_years", "degree", "literacy", "german_level", "education_recorded_on")),
    ("work", ("profession", "competence_offered_on", "competence_done_on")),
)
"""The interview as it is talked through."""


async def client_file(turn: Turn) -> Answer:
    """Everything about one case."""
    client_id, cases, case_work = turn.part("client_id"), turn.services.cases, turn.services.agreements
    file = await cases.files.file(turn.tx, turn.actor, client_id)
    found = await case_work.client_file(turn.tx, turn.actor, client_id)
    placements = await cases.placements.placements(turn.tx, turn.actor, client_id)
    standing = await cases.replies.of_client(turn.tx, turn.actor, client_id)
    values = {
        "client": file.client,
        "record": file.record,
        "notes": file.notes,
        "changes": [change for change in file.changes if change.undoes is None][:5],
        "milestones": found.milestones,
        "appointments": found.appointments,
        **appointments.listed(turn, found.appointments),
        "requests": found.requests,
        "goals": await cases.goals.goals(turn.tx, turn.actor, client_id),
        "tasks": await cases.goals.tasks(turn.tx, turn.actor, client_id),
        "agreement": standing.view,
        "reply": standing.reply,
        "reworded": standing.reworded,
        "placements": placements,
        "linked": await agreement.linked(turn, found.milestones),
        "promises": TASKS,
        "offers": await turn.services.offers.names(turn.tx, [placement.offer_id for placement in placements]),
        "today": rules.today(turn.now),
        "active": rules.ACTIVE,
        "has_draft": (await _draft(turn, client_id)) is not None,
        "milestone_options": sayings.options(turn.words, Category.MILESTONE),
        "appointment_options": sayings.options(turn.words, Category.APPOINTMENT),
        "goal_options": sayings.options(turn.words, Category.GOAL),
        "channels": tuple(Channel),
        "minutes": rules.MINUTES,
        "every": (0, *series_rules.WEEKS),
        "times": series_rules.TIMES,
        "places": sayings.place_names(),
        "warned": (await cases.handover.look(turn.tx, turn.actor, client_id, turn.now)).warned,
        "wishes": await cases.times.of_client(turn.tx, turn.actor, client_id),
        "usual": wishing.usual(turn.services.house.current),
        "subjects": tuple(Subject),
        "hold": await cases.holds.hold_of(turn.tx, turn.actor, client_id, turn.now),
        "hold_reasons": tuple(HoldReason),
        "duty": await cases.goals.duty(turn.tx, turn.actor, client_id),
        "names": await turn.services.accounts.shown_names(turn.tx),
        "dropped": agreement.dropped(turn),
    }
    return Page("file.html", values)


async def _draft(turn: Turn, client_id: str) -> Mapping[str, Any] | None:
    draft = await turn.services.people.draft(turn.tx, turn.actor, draft_kind(client_id), turn.now)
    return draft.data if draft else None


async def interview(turn: Turn) -> Answer:
    """The first interview: what was begun and left is there again, but for what somebody else has changed since."""
    client_id = turn.part("client_id")
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    cells = await turn.services.cases.files.cells(turn.tx, turn.actor, client_id)
    draft = await _draft(turn, client_id)
    typed = {name: cell for name, cell in (draft or {}).items() if name in OF_RECORD}
    for name in overtaken(typed, (draft or {}).get(_SHOWN, {}), cells):
        del typed[name]
    values = {
        "client": client,
        "cells": {**cells, **typed},
        "shown": json.dumps({name: cells[name] for name in OF_RECORD}),
        "resumed": bool(typed),
        "sections": SECTIONS,
        "codes": CODES,
        "lengths": LENGTHS,
    }
    return Page("interview.html", values)


async def keep_draft(turn: Turn) -> Answer:
    """Keep what is typed so far, without checking it."""
    client_id, kind = turn.part("client_id"), draft_kind(turn.part("client_id"))
    cells, shown, people = _cells(turn), _shown(turn), turn.services.people
    # What the browser still sent while the form was being written into the file is nothing to go on with.
    if await turn.services.cases.files.says_more(
        turn.tx, turn.actor, client_id, cells, turn.now, shown=shown
    ):
        typed = typed_of(cells, shown)
        kept = {**typed, _SHOWN: {name: shown[name] for name in typed if name in shown}}
        await people.put_draft(turn.tx, turn.actor, kind, "typing", kept, turn.now, life=DRAFT_LIFE)
    else:
        await people.drop_draft(turn.tx, turn.actor, kind)
    return Page("kept.html")


async def save_interview(turn: Turn) -> Answer:
    """Write what was typed into the file."""
    client_id, files = turn.part("client_id"), turn.services.cases.files
    await files.interview(turn.tx, turn.actor, client_id, _cells(turn), turn.now, shown=_shown(turn))
    await turn.services.people.drop_draft(turn.tx, turn.actor, draft_kind(client_id))
    return Go(f"/clients/{client_id}", "interview_saved")


def _cells(turn: Turn) -> dict[str, str]:
    return {name: turn.typed(name)[:200] for name in OF_RECORD if name in turn.form}


def _shown(turn: Turn) -> dict[str, str]:
    """The fields as they stood in the file when the form was made."""
    try:
        found = json.loads(turn.typed(_SHOWN))
    except ValueError:
        return {}
    return {str(name): str(cell) for name, cell in found.items()} if isinstance(found, dict) else {}


async def undo(turn: Turn) -> Answer:
    """Take a change of the file back."""
    change = await turn.services.cases.files.undo(turn.tx, turn.actor, turn.part("change_id"), turn.now)
    return Go(f"/clients/{change.client_id}", "undone")


async def add_contact(turn: Turn) -> Answer:
    """Keep a note, or that somebody was spoken to."""
    client_id, files, text = turn.part("client_id"), turn.services.cases.files, turn.typed("text")
    channel = turn.typed("channel")
    if channel not in set(Channel):
        await files.add_note(turn.tx, turn.actor, client_id, text, turn.now)
        return Go(f"/clients/{client_id}#contacts", "note_added")
    day = turn.day("happened_on")
    if day is None:
        raise FieldMissingError
    await files.add_contact(turn.tx, turn.actor, client_id, Channel(channel), day, text, turn.now)
    if turn.typed("to") == "/":
        return Go("/", "note_added")
    return Go(f"/clients/{client_id}/note", "contact_added")


async def correct_note(turn: Turn) -> Answer:
    """Another text for a note; the one before stays among the changes."""
    change = await turn.services.cases.files.correct_note(
        turn.tx, turn.actor, turn.part("note_id"), turn.typed("text"), turn.now
    )
    return Go(f"/clients/{change.client_id}#contacts", "note_added")


async def remove_note(turn: Turn) -> Answer:
    """Take a note out of the list."""
    change = await turn.services.cases.files.remove_note(turn.tx, turn.actor, turn.part("note_id"), turn.now)
    return Go(f"/clients/{change.client_id}#contacts", "note_removed")


async def file_note(turn: Turn) -> Answer:
    """The case as a German file note for the case program: copied, pasted, done."""
    client_id = turn.part("client_id")
    file = await turn.services.cases.files.file(turn.tx, turn.actor, client_id)
    found = await turn.services.agreements.client_file(turn.tx, turn.actor, client_id)
    contacts = [note for note in file.notes if note.channel is not None]
    values = {
        "client": file.client,
        "contact": contacts[0] if contacts else None,
        "milestones": [m for m in found.milestones if m.status in rules.ACTIVE],
        "appointments": [a for a in found.appointments if rules.is_coming(a, turn.now)],
        "today": rules.today(turn.now),
        "author": turn.who.account.shown,
        "german": words(SOURCE),
    }
    return Page("file_note.html", values)


async def hold(turn: Turn) -> Answer:
    """Keep the case against its deletion, or end that."""
    client_id, until = turn.part("client_id"), turn.day("until")
    if turn.typed("do") == "lift":
        await turn.services.cases.holds.lift(turn.tx, turn.actor, client_id, turn.now)
        return Go(f"/clients/{client_id}#hold", "hold_lifted")
    if until is None or turn.typed("reason") not in set(HoldReason):
        raise FieldMissingError
    reason = HoldReason(turn.typed("reason"))
    await turn.services.cases.holds.hold(turn.tx, turn.actor, client_id, reason, until, turn.now)
    # A case that is only stored has no page of its own.
    to = "/clients#restriction" if turn.typed("to") == "/clients" else f"/clients/{client_id}#hold"
    return Go(to, "hold_set")


async def restrict(turn: Turn) -> Answer:
    """Only store the case from now on, or end that."""
    client_id, service = turn.part("client_id"), turn.services.cases.restriction
    if turn.typed("do") == "end":
        await service.end(turn.tx, turn.actor, client_id, turn.now)
        return Go("/clients", "restriction_ended")
    await service.restrict(turn.tx, turn.actor, client_id, turn.now)
    return Go("/clients#restriction", "restricted")


async def end(turn: Turn) -> Answer:
    """Nobody works on the case any more, or somebody does again."""
    service, client_id = turn.services.agreements, turn.part("client_id")
    if turn.typed("do") == "reopen":
        await service.reopen_case(turn.tx, turn.actor, client_id)
        return Go(f"/clients/{client_id}", "case_reopened")
    await service.end_case(turn.tx, turn.actor, client_id, turn.now)
    return Go(f"/clients/{client_id}", "case_ended")


async def erase(turn: Turn) -> Answer:
    """Remove the case for good."""
    await turn.services.cases.holds.erase(turn.tx, turn.actor, turn.part("client_id"), turn.now)
    return Go("/clients", "case_erased")


async def invite(turn: Turn) -> Answer:
    """A one-time link for the client's phone, as QR code; those made before end, and so does the link to an old chat.

    Nothing of that where no link can be made.
    """
    client_id = turn.part("client_id")
    new = await turn.services.agreements.relink(turn.tx, turn.actor, client_id, turn.now)
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    link = turn.house.bot.link(f"join_{new.code}")
    values = {"client": client, "link": link, "code": new.code, "until": new.expires_at}
    values["qr"] = await asyncio.to_thread(qr, link)
    return Page("invite.html", values, address=f"/clients/{client_id}")


async def unlink(turn: Turn) -> Answer:
    """The phone is lost or another's: the case and the chat have nothing to do with each other any more."""
    client = await turn.services.agreements.unlink(turn.tx, turn.actor, turn.part("client_id"), turn.now)
    return Go(f"/clients/{client.id}", "unlinked")


_FILE = "/clients/{client_id}"
ROUTES = (
    DeskRoute("GET", _FILE, client_file, May.LIST_CLIENTS, "the client's file"),
    DeskRoute("GET", _FILE + "/interview", interview, May.LIST_CLIENTS, "the first interview"),
    DeskRoute("POST", _FILE + "/interview", save_interview, May.LIST_CLIENTS, "write it into the file"),
    DeskRoute("POST", _FILE + "/interview/draft", keep_draft, May.LIST_CLIENTS, "keep what is typed so far"),
    DeskRoute("POST", "/changes/{change_id}/undo", undo, May.LIST_CLIENTS, "take a change back"),
    DeskRoute("POST", _FILE + "/contacts", add_contact, May.LIST_CLIENTS, "keep a note or a contact"),
    DeskRoute("POST", "/notes/{note_id}", correct_note, May.LIST_CLIENTS, "another text for a note"),
    DeskRoute("POST", "/notes/{note_id}/remove", remove_note, May.LIST_CLIENTS, "take a note out"),
    DeskRoute("GET", _FILE + "/note", file_note, May.LIST_CLIENTS, "a file note to copy"),
    DeskRoute("POST", _FILE + "/invite", invite, May.LIST_CLIENTS, "a one-time link for the client"),
    DeskRoute("POST", _FILE + "/hold", hold, May.LIST_CLIENTS, "keep a case against its deletion"),
    DeskRoute("POST", _FILE + "/restriction", restrict, May.LIST_CLIENTS, "only store a case, or end that"),
    DeskRoute("POST", _FILE + "/end", end, May.LIST_CLIENTS, "close a case, or go on with it"),
    DeskRoute("POST", _FILE + "/erase", erase, May.LIST_CLIENTS, "erase a case for good"),
    DeskRoute("POST", _FILE + "/unlink", unlink, May.LIST_CLIENTS, "end the link to the chat"),
)
