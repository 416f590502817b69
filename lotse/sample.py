"""A desk to look at: one coordinator and forty clients, plainly invented; made only where there is no bot token."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pyotp

from agreements import rules
from agreements.files.types import Channel
from agreements.indicators import roadmap
from agreements.placements.types import PlacementStatus
from agreements.types import HelpReason, MilestoneStatus
from db.engine import Transaction
from lotse.runtime import Core
from offers.types import Offer
from people.accounts.passwords import Passwords
from people.types import Actor, Role

NAME, SHOWN = "muster", "Kim Muster"
FIRST_CHAT, LINKED = 7101, 24
"""Chats of the sample clients at the playground."""
_LANGUAGES = ("ar", "fa", "uk", "tr", "en", "fr", "ur", "ru")
_PLACES = ("Haar", "Ottobrunn", "Garching", "Unterschleißheim", "Kirchheim", "Taufkirchen")
_NAMES = ("Muster", "Beispiel", "Probe", "Entwurf", "Vorlage", "Skizze", "Modell", "Übung")
_STEPS = (
    "register_german_course",
    "take_placement_test",
    "write_cv",
    "do_competence_analysis",
    "apply_recognition",
    "register_jobcenter",
    "do_tenant_licence",
    "sort_logbook",
    "visit_career_advice",
    "register_kindergarten",
)
_CHANNELS = (Channel.OFFICE, Channel.PHONE, Channel.VISIT)
_DEGREES = ("none", "primary", "secondary", "upper_secondary", "vocational", "university")


@dataclass(frozen=True)
class Sample:
    """With what the sample coordinator signs in; it is printed once and kept nowhere."""

    name: str
    password: str
    totp_secret: str


async def make(core: Core, now: datetime, *, wall: datetime, passwords: Passwords) -> Sample | None:
    """Everything of the sample, or None where it is there already."""
    password = f"beispiel-{secrets.token_hex(6)}"
    hashed = passwords.hash(password)
    async with core.database.write() as tx:
        if NAME in {member.name for member in await core.accounts.everybody(tx)}:
            return None
        new = await core.accounts.create(
            tx, None, NAME, SHOWN, [Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR], wall
        )
        code = await core.accounts.code(tx, new.code, wall)
        # One step back: the first code that is typed at the desk is still good.
        digits = pyotp.TOTP(code.totp_secret).at(wall - timedelta(seconds=30))
        session = await core.accounts.choose_password(tx, new.code, password, hashed, digits, wall)
        await core.accounts.sign_out(tx, session.session)
        coordinator = await core.people.actor(tx, new.account.person_id)
        dice = random.Random(20270101)  # noqa: S311 -- invented people, the same every time
        offers = await core.offers.published(tx)
        for number in range(40):
            linked = number < LINKED
            client_id = await add_client(core, tx, coordinator, number, dice, now, linked=linked)
            if not linked and number % 4:
                began = now - timedelta(days=7 + 5 * (number - LINKED))
                await add_placement(core, tx, coordinator, client_id, offers, number, began)
        await core.cases.indicators.import_goals(tx, None, roadmap.SAMPLE.read_bytes(), now, dry_run=False)
    return Sample(NAME, password, code.totp_secret)


def _cells(number: int, dice: random.Random, allocated: date, today: date) -> dict[str, str]:
    """The invented file: a fifth without an education record, a third without a competence analysis."""
    cells = {
        "call_name": f"{dice.choice(_NAMES)} {number + 1}",
        "allocated_on": allocated.isoformat(),
        "working_age": "yes",
    }
    if number % 5:
        cells |= {
            "school_years": str(dice.randrange(4, 13)),
            "degree": dice.choice(_DEGREES),
            "german_level": dice.choice(("literacy", "A1", "A2", "B1")),
            "gender": ("woman", "man")[number % 2],
            "education_recorded_on": min(allocated + timedelta(days=30), today).isoformat(),
            "labour_access_on": (allocated - timedelta(days=number)).isoformat(),
        }
    if number % 3:
        cells["competence_offered_on"] = min(allocated + timedelta(days=14), today).isoformat()
    if number % 3 == 1:
        cells["competence_done_on"] = min(allocated + timedelta(days=18), today).isoformat()
    return cells


async def add_client(
    core: Core,
    tx: Transaction,
    coordinator: Actor,
    number: int,
    dice: random.Random,
    now: datetime,
    *,
    linked: bool,
) -> str:
    """One invented case with file, contacts, three milestones and perhaps an appointment; `linked` has a chat too. Returns its id."""
    began = now - timedelta(days=dice.randrange(20, 120))
    language = _LANGUAGES[number % len(_LANGUAGES)]
    client = await core.agreements.create_client(
        tx, coordinator, f"MUSTER-{number + 1:03}", language, dice.choice(_PLACES), began
    )
    allocated = rules.today(began)
    cells = _cells(number, dice, allocated, rules.today(now))
    await core.cases.files.change(tx, coordinator, client.id, cells, now)
    if number % 7:
        day = rules.today(now) - timedelta(days=dice.randrange(1, 40))
        await core.cases.files.add_contact(tx, coordinator, client.id, dice.choice(_CHANNELS), day, "", now)
    person = await _linked(core, tx, coordinator, client.id, number, began) if linked else None
    for phrase in dice.sample(_STEPS, 3):
        due = allocated + timedelta(days=dice.randrange(10, 180))
        milestone = await core.agreements.add_milestone(
            tx, coordinator, client.id, phrase, {}, due, None, began
        )
        if person is not None and dice.random() < 0.12:
            status = dice.choice(
                (MilestoneStatus.NEEDS_HELP, MilestoneStatus.REPORTED_DONE, MilestoneStatus.NEEDS_TIME)
            )
            reason = dice.choice(tuple(HelpReason)) if status is MilestoneStatus.NEEDS_HELP else None
            await core.agreements.report(
                tx, person, milestone.id, status, reason, now - timedelta(hours=dice.randrange(1, 40))
            )
        elif due < rules.today(now) and dice.random() < 0.75:
            await core.agreements.confirm_milestone(tx, coordinator, milestone.id, now)
    if number % 3 == 0:
        start = rules.local_time(now).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(
            days=2 + number % 9
        )
        await core.agreements.add_appointment(
            tx, coordinator, client.id, "coordinator", client.place, "", start, 30, ["logbook"], now
        )
    return client.id


async def add_placement(
    core: Core,
    tx: Transaction,
    coordinator: Actor,
    client_id: str,
    offers: Sequence[Offer],
    number: int,
    began: datetime,
) -> None:
    """A course or job that somebody without a chat began, weeks ago; where the catalogue has none, nothing."""
    wanted = [offer for offer in offers if offer.field_of_action == ("education", "work")[number % 2]]
    if not wanted:
        return
    service = core.cases.placements
    suggested = await service.suggest(tx, coordinator, client_id, wanted[number % len(wanted)].id, began)
    for status in (PlacementStatus.REQUESTED, PlacementStatus.STARTED):
        await service.step(tx, coordinator, suggested.placement.id, status, began)


async def _linked(
    core: Core, tx: Transaction, coordinator: Actor, client_id: str, number: int, began: datetime
) -> Actor:
    """The client's chat at the playground, with the notice read and reminders wanted."""
    language = _LANGUAGES[number % len(_LANGUAGES)]
    person = await core.people.meet(tx, FIRST_CHAT + number, language, began)
    await core.people.choose_language(tx, person, language)
    person = replace(person, person=replace(person.person, language=language))
    await core.people.accept_notice(tx, person, "sample", began)
    new = await core.agreements.invite_client(tx, coordinator, client_id, began)
    await core.agreements.link(tx, person, await core.people.look_up(tx, person, new.code, began), began)
    await core.agreements.set_reminders(tx, person, True, began)
    return person
