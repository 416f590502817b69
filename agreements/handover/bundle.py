"""What a hand-over holds, as data and on paper: the chosen parts of a case, never notes, the call name, and what only figures need."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agreements import rules
from agreements.files import fields
from agreements.files.types import Record
from agreements.handover.types import Bundle, Part
from agreements.sheets.types import Block, Fact, Heading, Line, Mark, Pair, Sheet
from agreements.types import MilestoneStatus
from i18n import dates, phrases
from i18n.languages import SOURCE, name_in
from i18n.messages import words

FORMAT = "lotse-handover-2"
KEPT_BACK = frozenset({"call_name", "gender"})
"""Shown at the desk only, and kept only for the share of women."""
_DONE = (MilestoneStatus.CONFIRMED, MilestoneStatus.REPORTED_DONE)
_CODED = ("working_age", "status_group", "degree", "literacy")


EDUCATION = ("school_years", "degree", "literacy", "german_level", "education_recorded_on")
WORK = tuple(name for name in fields.OF_RECORD if name not in {*EDUCATION, *KEPT_BACK})
"""What of the record goes with which part."""


def data(found: Bundle, now: datetime) -> dict[str, Any]:
    """The bundle for another program: codes as the tables of an import have them, each sentence in German beside it."""
    cells = fields.all_cells(found.client, found.record)
    shown = {"case_number", "language", "place", *_of_record(found)}
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "made_by": found.author,
        "consent": _consented(found),
        "client": {name: cell for name, cell in cells.items() if cell and name in shown},
        "goals": [
            {"phrase": goal.phrase, "title": _said(goal.phrase), "words": goal.words, "field": goal.field}
            for goal in found.goals
            if Part.AGREEMENT in found.parts
        ],
        "milestones": [
            {
                "phrase": step.phrase,
                "title": _said(step.phrase, step.slots),
                "due_on": step.due_on.isoformat(),
                "status": step.status.value,
            }
            for step in found.milestones
            if Part.AGREEMENT in found.parts
        ],
        "appointments": [
            {
                "phrase": one.phrase,
                "title": _said(one.phrase),
                "starts_at": one.starts_at.isoformat(),
                "place": one.place,
                "where": one.where,
                "status": one.status.value,
            }
            for one in found.appointments
            if Part.APPOINTMENTS in found.parts
        ],
        "placements": [
            {
                "offer": found.offers.get(one.offer_id, ""),
                "status": one.status.value,
                "result": one.result.value if one.result else "",
            }
            for one in found.placements
            if Part.PLACEMENTS in found.parts
        ],
    }


def sheet(found: Bundle, district: str) -> Sheet:
    """The bundle on paper, in German."""
    blocks: list[Block] = [*_person(found), *_steps(found), *_coming(found), *_placed(found)]
    blocks.append(Line(_own(_text("desk.handover.by", name=found.author))))
    if found.consent is not None and found.consent.answered_at is not None:
        how = _text("desk.handover.how." + found.consent.how.value)
        day = dates.day(rules.today(found.consent.answered_at), SOURCE)
        blocks.append(Line(_own(_text("desk.handover.consented_on", day=day, how=how))))
    return Sheet(_own(_text("desk.handover.title")), SOURCE, blocks, district)


def shown(made: Sheet) -> list[tuple[str, str, str]]:
    """The same for the page: what each block is, what it says, what stands below or beside it."""
    found = []
    for block in made.blocks:
        match block:
            case Heading():
                found.append(("heading", block.text.german, ""))
            case Fact():
                found.append(("fact", block.label.german, block.value.german))
            case Line():
                found.append(("line", block.text.german, block.below.german if block.below else ""))
    return found


def _person(found: Bundle) -> list[Block]:
    client, cells = found.client, fields.all_cells(found.client, found.record)
    blocks: list[Block] = [
        Fact(_own(_text("desk.client.case_number")), _own(client.case_number)),
        Fact(_own(_text("desk.client.language")), _own(name_in(client.language, SOURCE))),
    ]
    if client.place:
        blocks.append(Fact(_own(_text("desk.client.place")), _own(client.place)))
    said = [name for name in _of_record(found) if cells[name]]
    return [
        *blocks,
        *(Fact(_own(_text("desk.f." + name)), _own(_cell(name, cells[name], found.record))) for name in said),
    ]


def _of_record(found: Bundle) -> list[str]:
    parts = {Part.EDUCATION: EDUCATION, Part.WORK: WORK}
    wanted = {name for part, names in parts.items() if part in found.parts for name in names}
    return [name for name in fields.OF_RECORD if name in wanted]


def _consented(found: Bundle) -> dict[str, str] | None:
    """On what the hand-over rests, for whoever gets the file."""
    consent = found.consent
    if consent is None or consent.answered_at is None:
        return None
    return {
        "given_at": consent.answered_at.isoformat(timespec="seconds"),
        "how": consent.how.value,
        "language": consent.language,
        "text_version": consent.version,
    }


def _cell(name: str, cell: str, record: Record) -> str:
    if name in _CODED:
        return _text(f"desk.c.{name}.{cell}")
    if name == "german_level":
        return _text("level." + cell)
    return dates.day(getattr(record, name), SOURCE) if name.endswith("_on") else cell


def _steps(found: Bundle) -> list[Block]:
    blocks: list[Block] = []
    if Part.AGREEMENT not in found.parts:
        return blocks
    if found.goals or found.milestones:
        blocks.append(Heading(_own(_text("desk.file.agreement"))))
    blocks += [Line(_own(_said(g.phrase)), _own(g.words) if g.words else None) for g in found.goals]
    for step in found.milestones:
        below = f"{dates.day(step.due_on, SOURCE)} · {_text('desk.milestone.' + step.status.value)}"
        struck = Mark.STRUCK if step.status is MilestoneStatus.DROPPED else Mark.EMPTY
        mark = Mark.TICKED if step.status in _DONE else struck
        blocks.append(Line(_own(_said(step.phrase, step.slots)), _own(below), mark))
    return blocks


def _coming(found: Bundle) -> list[Block]:
    lines = [
        Line(
            _own(_said(one.phrase)),
            _own(", ".join(filter(None, (dates.moment(one.starts_at, SOURCE), one.where, one.place)))),
        )
        for one in found.appointments
        if Part.APPOINTMENTS in found.parts
    ]
    return [Heading(_own(_text("desk.file.appointments"))), *lines] if lines else []


def _placed(found: Bundle) -> list[Block]:
    lines = []
    for one in found.placements if Part.PLACEMENTS in found.parts else ():
        below = _text("desk.placement." + one.status.value)
        if one.result:
            below += f" · {_text('desk.result.' + one.result.value)}"
        lines.append(Line(_own(found.offers.get(one.offer_id, "–")), _own(below)))
    return [Heading(_own(_text("desk.file.placements"))), *lines] if lines else []


def _said(phrase: str, slots: Mapping[str, str] | None = None) -> str:
    return words(SOURCE).render(phrases.message(phrase, slots or {}, SOURCE)).striptags()


def _text(key: str, **slots: object) -> str:
    return words(SOURCE).plain(key, **slots)


def _own(text: str) -> Pair:
    return Pair(text, text)
