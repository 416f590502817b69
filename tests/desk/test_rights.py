"""Who may see and do what at the desk: every route, every role, and ids that are another's, that do not exist, and that are no ids.

The matrix is made from the table of routes; a route that is not listed in FORMS fails the suite.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from agreements.campaigns.types import Selection
from desk.pages.table import ROUTES
from desk.routes import DeskRoute
from offers.meetings.types import MeetingKind, NewMeeting, Rhythm
from offers.translations.service import key_of, source_mark, text_mark
from offers.translations.types import TextField
from people import rules
from people.audit.types import Part, Row
from people.types import Actor, Permission, Role
from tests.desk.world import DeskWorld, Visitor

_SENTENCE = {"phrase": "bring_letter"}
FORMS: Mapping[str, Mapping[str, str]] = {
    **{f"GET {path}": {} for path in (
        "/", "/today", "/live", "/clients", "/clients/new", "/clients/import", "/clients/{client_id}",
        "/clients/{client_id}/interview", "/clients/{client_id}/note", "/milestones/{milestone_id}/events", "/milestones/{milestone_id}/fits", "/clients/{client_id}/fits",
        "/requests/{request_id}", "/meetings", "/messages", "/messages/new", "/messages/{campaign_id}", "/catalogue", "/catalogue/gaps", "/catalogue/offices", "/catalogue/new", "/catalogue/twins", "/catalogue/twins/{first_id}/{second_id}", "/translations", "/translations/{language}", "/translations/{language}/{key}",
        "/catalogue/import", "/offers/{offer_id}", "/offers/{offer_id}/dates", "/me", "/team", "/people", "/settings",
        "/phrase/slots", "/phrase/preview", "/clients/{client_id}/print/{what}", "/clients/{client_id}/hand-over", "/clients/hand-over", "/figures", "/figures/export", "/roadmap", "/roadmap/export", "/roadmap/report", "/roadmap/import", "/roadmap/new", "/roadmap/goals/{number}", "/appointments/{appointment_id}/print", "/sign-in", "/sign-in/sso", "/sign-in/back", "/locked", "/welcome/{code}",
    )},
    **{f"POST {path}": {} for path in ("/sign-in", "/locked", "/sign-out", "/welcome/{code}", "/clients/import", "/catalogue/import", "/roadmap/import")},
    "POST /clients/export": {"format": "csv"},
    "POST /roadmap/new": {"number": "9.{n}", "field": "work", "text": "Ein Ziel"},
    "POST /roadmap/goals/{number}": {"field": "work", "text": "Ein Ziel"},
    "POST /roadmap/goals/{number}/remove": {},
    "POST /clients/new": {"case_number": "LM-{n}", "language": "ar"},
    "POST /clients/{client_id}/interview": {"profession": "Bäcker"},
    "POST /clients/{client_id}/interview/draft": {"profession": "Bäcker"},
    "POST /changes/{change_id}/undo": {},
    "POST /clients/{client_id}/contacts": {"text": "Gespräch", "channel": ""},
    "POST /notes/{note_id}": {"text": "Gespräch am Telefon"},
    "POST /notes/{note_id}/remove": {},
    "POST /clients/{client_id}/invite": {},
    "POST /clients/{client_id}/unlink": {},
    "POST /clients/{client_id}/reminders": {"milestone": "7d 1d", "appointment": "2h"},
    "POST /milestones/{milestone_id}/reminders": {"before": "7d"},
    "POST /appointments/{appointment_id}/reminders": {"before": "-"},
    "POST /clients/{client_id}/hold": {"reason": "court", "until": "2027-03-01"},
    "POST /clients/{client_id}/restriction": {"do": "end"},
    "POST /clients/{client_id}/erase": {},
    "POST /clients/{client_id}/end": {"do": "reopen"},
    "POST /clients/{client_id}/milestones": {"phrase": "write_cv", "due_on": "2027-03-01"},
    "POST /milestones/{milestone_id}/confirm": {},
    "POST /milestones/{milestone_id}/move": {"due_on": "2027-03-01"},
    "POST /milestones/{milestone_id}/drop": {},
    "POST /milestones/{milestone_id}/reopen": {},
    "POST /milestones/{milestone_id}/push": {},
    "POST /clients/{client_id}/hand-over": {"format": "pdf"},
    "POST /clients/{client_id}/hand-over/ask": {"part": "work"},
    "POST /clients/{client_id}/hand-over/signed": {"part": "work", "signed_on": "2026-12-01"},
    "POST /clients/{client_id}/hand-over/paper": {"part": "work"},
    "POST /consents/{consent_id}/take-back": {},
    "POST /clients/{client_id}/goals": {"phrase": "find_work"},
    "POST /goals/{goal_id}": {"do": "reached"},
    "POST /clients/{client_id}/tasks": {"phrase": "i_register_you", "due_on": "2027-03-01"},
    "POST /clients/{client_id}/sign": {"signed_on": "2026-12-01", "seen": "{agreed}"},
    "POST /tasks/{task_id}/done": {},
    "POST /clients/{client_id}/appointments": {
        "phrase": "jobcenter", "place": "Haar", "day": "2027-03-01", "clock": "10:00", "minutes": "30",
    },
    "POST /appointments/{appointment_id}/move": {"day": "2027-03-02", "clock": "11:00", "all": "no"},
    "POST /appointments/{appointment_id}/brought": {"thing": "id"},
    "POST /appointments/{appointment_id}/cancel": {},
    "POST /appointments/{appointment_id}/restore": {},
    "POST /meetings": {"kind": "circle", "place": "Haar", "first": "2027-03-01", "clock": "18:00", "rhythm": "weekly"},
    "POST /meetings/{meeting_id}/{day}/move": {"day": "2027-03-03", "clock": "18:00"},
    "POST /meetings/{meeting_id}/{day}/cancel": {},
    "POST /meetings/{meeting_id}/{day}/report": {"held": "yes", "people": "7"},
    "POST /meetings/{meeting_id}/end": {},
    "POST /clients/{client_id}/placements": {"offer": "{offer_id}"},
    "POST /placements/{placement_id}/step": {"status": "requested"},
    "POST /placements/{placement_id}/undo": {},
    "POST /requests/{request_id}": _SENTENCE,
    "POST /messages/preview": _SENTENCE,
    "POST /messages": _SENTENCE,
    "POST /messages/{campaign_id}/cancel": {},
    "POST /messages/{campaign_id}/correct": {**_SENTENCE, "go": "yes"},
    "POST /offers/{offer_id}": {"summary": "Kurz gesagt"},
    "POST /catalogue/twins/{first_id}/{second_id}": {"do": "apart"},
    "POST /translations/{language}/{key}": {"do": "good", "state": "machine", "source": "{source}", "said": "{said}"},
    "POST /catalogue/new": {"name": "Neues Amt {n}", "kind": "landratsamt", "place": "Haar", "provider_name": "Gemeinde"},
    "POST /offers/{offer_id}/responsible": {"do": "add", "matter": "school", "places": "Haar"},
    "POST /offers/{offer_id}/undo": {"version": "none"},
    "POST /offers/{offer_id}/is": {"is": "still"},
    "POST /offers/{offer_id}/mine": {"on": "yes"},
    "POST /offers/{offer_id}/dates": {"do": "cancel", "day": "2026-12-02", "opens_at": "10:00"},
    "POST /me": {"language": "de"},
    "POST /me/sessions": {},
    "POST /me/phone": {},
    "POST /me/phone/confirm": {},
    "POST /me/deputy": {"colleague": "{other_id}"},
    "POST /clients/hand-over": {"colleague": "{other_id}", "all": "yes", "go": "yes"},
    "POST /team/hand-over": {"from": "{other_id}", "colleague": "{own_id}", "go": "yes"},
    "POST /given/{batch_id}/take-back": {},
    "POST /settings": {"grace_days": "30"},
    "POST /people": {"name": "neu-{n}", "shown": "Neu", "role": "coordinator"},
    "POST /people/{account_id}/recover": {},
    "POST /people/{account_id}/roles": {"role": "coordinator"},
    "POST /people/{account_id}/close": {},
    "POST /people/{account_id}/open": {"role": "coordinator"},
}  # fmt: skip
OF_A_CASE = (
    "client_id",
    "milestone_id",
    "appointment_id",
    "request_id",
    "change_id",
    "note_id",
    "task_id",
    "goal_id",
    "placement_id",
    "campaign_id",
    "consent_id",
)
_IDS = re.compile(r"{(\w+)}")
_NOTHING = re.compile(r"\s+")


def ids_of(route: DeskRoute) -> list[str]:
    """The names of the ids in a route's path."""
    return _IDS.findall(route.path)


@dataclass
class Cast:
    """Who is there, and whose what is."""

    desk: DeskWorld
    actors: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def path(self, route: DeskRoute, **others: str) -> str:
        # What was brought along is said of an appointment that has begun.
        begun = {"appointment_id": self.ids["begun_id"]} if route.path.endswith("/brought") else {}
        return _IDS.sub(lambda found: {**self.ids, **begun, **others}[found.group(1)], route.path)

    def form(self, route: DeskRoute) -> dict[str, str]:
        self.number += 1
        return {name: value.format(n=self.number, **self.ids) for name, value in FORMS[route.name].items()}


@pytest.fixture
async def cast(desk: DeskWorld) -> Cast:
    found = Cast(desk)
    found.actors["owner"] = await desk.account("owner", Role.COORDINATOR)
    found.actors["other"] = await desk.account("other", Role.COORDINATOR)
    found.actors["lead"] = await desk.account("lead", Role.LEAD)
    found.actors["admin"] = await desk.account("admin", Role.ADMINISTRATOR)
    found.actors["reviewer"] = await desk.account("reviewer", Role.REVIEWER)
    await _case(found)
    return found


async def _case(cast: Cast) -> None:
    """One case of the owner with one of everything."""
    world, owner = cast.desk.lotse, cast.actors["owner"]
    core, now = world.core, world.clock.now()
    ids = cast.ids
    ids |= {
        "own_id": owner.id,
        "other_id": cast.actors["other"].id,
        "code": "a" * 22,
        "what": "agreement",
        "number": "1.2",
    }
    pocket = await world.arrives(7301, "en")
    person = await pocket.actor()
    async with core.database.write() as tx:
        case = core.agreements
        client = await case.create_client(tx, owner, "LM-77", "en", "Haar", now)
        new = await case.invite_client(tx, owner, client.id, now)
        await case.link(tx, person, await core.people.look_up(tx, person, new.code, now), now)
        await case.set_reminders(tx, person, True, now)
        ids["client_id"] = client.id
        first, second = (await core.offers.published(tx))[2:4]
        ids |= {"first_id": first.id, "second_id": second.id}
        text = (await core.translations.pending(tx, ["tr"], (TextField.NAME,)))[0]
        await core.translations.keep(tx, text, "Kurs", now)
        ids |= {"language": "tr", "key": key_of(text), "source": source_mark(text)}
        ids["said"] = text_mark("Kurs")
        ids["offer_id"] = (await core.offers.published(tx))[0].id
        day = now.date().replace(year=2027)
        milestone = await case.add_milestone(tx, owner, client.id, "write_cv", {}, day, None, now)
        ids["milestone_id"] = milestone.id
        local = now.replace(tzinfo=None, year=2027)
        made = await case.add_appointment(tx, owner, client.id, "jobcenter", "Haar", "", local, 30, [], now)
        ids["appointment_id"] = made.id
        before = now - timedelta(days=2)
        begun = (before + timedelta(hours=2)).replace(tzinfo=None)
        ids["begun_id"] = (
            await case.add_appointment(
                tx, owner, client.id, "jobcenter", "Haar", "", begun, 30, ["id"], before
            )
        ).id
        new = NewMeeting(MeetingKind.CIRCLE, "Haar", "", date(2027, 3, 1), "18:00", Rhythm.WEEKLY)
        meeting = await core.circle.meetings.create(tx, owner, new, now)
        ids |= {"meeting_id": meeting.meeting.id, "day": "2027-03-01"}
        ids["request_id"] = (await case.ask_human(tx, person, None, now)).request.id
        files, goals = core.cases.files, core.cases.goals
        change = await files.change(tx, owner, client.id, {"call_name": "Geheimname"}, now)
        assert change is not None
        ids["change_id"] = change.id
        ids["note_id"] = (await files.add_note(tx, owner, client.id, "Geheimnotiz", now)).id
        ids["goal_id"] = (await goals.add_goal(tx, owner, client.id, "find_work", now)).id
        ids["task_id"] = (await goals.add_task(tx, owner, client.id, "i_register_you", day, now)).id
        ids["agreed"] = (await goals.agreement(tx, owner, client.id)).content.mark
        day_signed = now.date()
        signed = await core.cases.handover.signed(tx, owner, client.id, ["work"], day_signed, now)
        ids["consent_id"] = signed.id
        suggested = await core.cases.placements.suggest(
            tx, owner, client.id, (await core.offers.published(tx))[1].id, now
        )
        ids["placement_id"] = suggested.placement.id
        ids["campaign_id"] = (
            await core.cases.campaigns.send(tx, owner, Selection(), "bring_letter", {}, now)
        ).id
        given = await case.create_client(tx, owner, "LM-78", "en", "Haar", now)
        done = await core.cases.team.hand_over(tx, owner, ids["other_id"], now, client_ids=[given.id])
        ids["batch_id"] = done.batch_id
        ids["account_id"] = next(
            a.id for a in await core.accounts.everybody(tx) if a.person_id == cast.actors["reviewer"].id
        )


async def ask(visitor: Visitor, route: DeskRoute, path: str, form: Mapping[str, str]) -> tuple[int, str]:
    """The status and what the page says, without tokens and white space."""
    if route.method == "GET":
        found = await visitor.get(path)
    else:
        found = await visitor.post(path, dict(form))
    text = re.sub(r'value="[0-9a-f]{64}"', "", found.text)
    return found.status_code, _NOTHING.sub(" ", text)


def test_every_route_is_listed() -> None:
    assert {route.name for route in ROUTES} == set(FORMS)


async def test_nobody_is_let_in_without_a_session(cast: Cast) -> None:
    visitor = cast.desk.visitor()
    for route in ROUTES:
        if route.permission is None:
            continue
        path = cast.path(route)
        found = await (visitor.get(path) if route.method == "GET" else visitor.post(path, cast.form(route)))
        assert (found.status_code, found.headers["location"].split("?")[0]) == (303, "/sign-in"), route.name
        assert "Geheim" not in found.text


@pytest.mark.parametrize("name", ["lead", "admin", "reviewer", "owner"])
async def test_a_role_reaches_what_it_may_and_nothing_else(cast: Cast, name: str) -> None:
    actor = cast.actors[name]
    for route in ROUTES:
        if route.permission is None or route.name == "GET /live" or rules.has_role(actor, route.permission):
            continue
        visitor = await cast.desk.signed_in(actor.id)
        status, text = await ask(visitor, route, cast.path(route), cast.form(route))
        assert status == 403, (route.name, status)
        assert "Geheim" not in text
        assert "LM-77" not in text


async def test_anothers_case_is_no_case(cast: Cast) -> None:
    """The same answer, word for word, for what is another's, what does not exist, and what is no id."""
    visitor = await cast.desk.signed_in(cast.actors["other"].id)
    tried = 0
    for route in ROUTES:
        wanted = [name for name in ids_of(route) if name in OF_A_CASE]
        if not wanted:
            continue
        form = cast.form(route)
        answers = {
            await ask(visitor, route, cast.path(route, **dict.fromkeys(wanted, other)), form)
            for other in ("A" * 22, "x")
        } | {await ask(visitor, route, cast.path(route), form)}
        assert {status for status, _ in answers} == {404}, route.name
        assert len(answers) == 1, route.name
        tried += 1
    assert tried > 25


async def test_the_owner_can_do_all_of_it(cast: Cast) -> None:
    """No route answers 404 or 500 to whom it belongs: the refusals above are about rights."""
    owner = cast.actors["owner"]
    last = (
        "POST /sign-out",
        "POST /me/sessions",
        "POST /clients/hand-over",
        "GET /live",
        "POST /clients/{client_id}/unlink",
        "POST /clients/{client_id}/invite",  # a new link ends the old one at once
    )
    refused = {}
    for route in ROUTES:
        if route.permission is None or route.name in last or not rules.has_role(owner, route.permission):
            continue
        visitor = await cast.desk.signed_in(owner.id)
        status, text = await ask(visitor, route, cast.path(route), cast.form(route))
        if status not in (200, 303):
            refused[route.name] = (status, text[-300:])
    expected = {
        "POST /clients/import", "POST /catalogue/import",  # no file
        "POST /offers/{offer_id}/undo", "POST /offers/{offer_id}/dates",  # no such version or date
        "POST /meetings/{meeting_id}/{day}/report",  # not over yet
        "POST /changes/{change_id}/undo",  # changed again by the interview before it
    }  # fmt: skip
    late = {  # over because of a route before
        "POST /milestones/{milestone_id}/move", "POST /milestones/{milestone_id}/drop", "POST /milestones/{milestone_id}/push",
        "POST /milestones/{milestone_id}/reopen", "POST /clients/{client_id}/sign",
        "POST /appointments/{appointment_id}/cancel", "POST /messages/{campaign_id}/correct", "POST /clients/{client_id}/erase",
    }  # fmt: skip
    assert set(refused) - expected - late == set(), refused
    assert all(status in (404, 422) for status, _ in refused.values())


async def test_every_page_of_a_case_is_in_the_access_log(cast: Cast) -> None:
    """A page that shows a case, and a form that changes one, leave a row that says so: refused ones and new ones excepted."""
    owner, core = cast.actors["owner"], cast.desk.lotse.core
    visitor, others = await cast.desk.signed_in(owner.id), set()
    for route in sorted(ROUTES, key=lambda route: (route.method, "unlink" in route.path)):
        if not {
            "client_id",
            "milestone_id",
            "appointment_id",
            "request_id",
            "note_id",
            "task_id",
            "goal_id",
            "placement_id",
        } & {*ids_of(route)}:
            continue
        before = await _logged(cast)
        status, text = await ask(visitor, route, cast.path(route), cast.form(route))
        if status not in (200, 303):
            assert status == 422, (route.name, text)
            continue
        added = (await _logged(cast))[: -len(before) or None]
        assert added, route.name
        assert {row.acted_as.value for row in added} == {"coordinator"}
        if any(row.change for row in added) != (route.method == "POST"):
            others.add(route.name)
    assert others == {
        "POST /clients/{client_id}/interview/draft",  # kept for the coordinator, not in the file
        "POST /clients/{client_id}/hand-over/paper",  # a sheet with what was ticked, nothing is kept
    }
    async with core.database.read() as tx:
        assert (await core.people.trail.check(tx)).whole


async def _logged(cast: Cast) -> list[Row]:
    """What is in the access log about the case, the newest first, without lines of lists."""
    core = cast.desk.lotse.core
    async with core.database.read() as tx:
        found = await core.people.trail.of_cases(tx, [cast.ids["client_id"]])
    return [row for row in found if row.part is not Part.LIST]


async def test_every_permission_of_the_desk_is_somebodys(cast: Cast) -> None:
    wanted = {route.permission for route in ROUTES} - {None}
    assert wanted <= set(Permission)
    assert all(any(rules.has_role(actor, p) for actor in cast.actors.values()) for p in wanted if p)
