"""Who may do what to whom: every route, every role, and ids that are another's, that do not exist, and that are no ids.

The matrix is made from the table of routes; a route that is not listed in ARGUMENTS fails the suite.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from agreements.campaigns.types import Selection
from bot.routes import Route, RouteKind
from bot.table import ROUTES
from offers.types import Topic
from people import rules
from people.types import Permission, Role
from playground import people
from tests.bot.world import LotseWorld, Pocket, sentence

CLIENT_A, CLIENT_B, STAFF_A, STAFF_B, HELPER, ADMIN, STRANGER, PROVIDER, RIVAL = range(7201, 7210)

# What the parts of a tap mean: the name of something in a case, something that everybody may see, or `=` and a value.
OF_CLIENT = ("own", "goal", "appt", "reminder", "answer", "placement", "message", "consent")
OF_STAFF = ("case", "milestone", "appointment", "request", "news", "client_goal", "task", "campaign")
OF_HELPER = ("share",)
PUBLIC = ("offer", "code", "colleague")
_GOAL, _APPT, _OFFER = ("goal",), ("appt",), ("offer",)
_DATE = ("=AAAAAAAAAAAAAAAAAAAAAA.20270203",)
_CASE, _MILESTONE, _APPOINTMENT, _REQUEST = ("case",), ("milestone",), ("appointment",), ("request",)

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "link join": ("code",),
    "link offer": _OFFER,
    "link desk": ("code",),
    **{f"tap {name}": () for name in ("filter", "filter.none", "other", "other.off")},
    "tap filter.by": ("=level",),
    "tap rv.langs": (),
    **{f"tap rv.{name}": ("=fr", "=0123456789abcdef.0") for name in ("next", "good", "fix")},
    "tap rv": ("=fr",),
    "tap filter.set": ("=level", "=A1"),
    "tap filter.list": ("=0",),
    "tap who": (),
    "tap who.for": ("=housing_benefit",),
    "tap who.where": ("=housing_benefit",),
    "tap who.in": ("=housing_benefit", "=3"),
    **{
        f"command {name}": ()
        for name in (
            *("start", "menu", "language", "help", "person", "stop", "privacy", "delete", "mydata"),
            *("appointments", "goals", "papers", "day", "clients", "requests"),
        )
    },
    **{f"tap {name}": () for name in ("langs", "join", "menu", "settings", "privacy", "mydata", "mydata.seen", "unlink", "hide", "forget", "forget.yes", "sos")},
    "tap mydata.file": ("=json",),
    "tap lang": ("=en",),
    "tap notice": ("=1",),
    "tap pause": ("=off",),
    "tap remind": ("=on",),
    "link see": ("code",),
    "tap agree": ("own",),
    **{f"tap agree.{name}": ("own", "=1") for name in ("at", "yes", "no")},
    "tap agree.why": ("own", "=1", "=paper"),
    **{f"tap appt.{name}": _APPT for name in ("share", "unshare")},
    "tap appt.brought": ("appt", "=logbook"),
    "tap appt.instead": ("answer", "=by_phone"),
    "tap seen": ("share",),
    "tap ap.every": ("=1",),
    "tap ap.times": ("=4",),
    "tap ap.brought": ("appointment", "=logbook"),
    **{f"tap ap.{name}.all": _APPOINTMENT for name in ("move", "cancel")},
    "tap ap.cancel.all.yes": _APPOINTMENT,
    **{f"tap {name}": _CASE for name in ("ag", "ag.goals", "ag.tasks", "ag.sign", "ag.sign.yes", "fa")},
    "tap ag.add": ("case", "=find_work"),
    **{f"tap ag.{name}": ("client_goal",) for name in ("goal", "reach", "drop")},
    "tap ag.task": ("case", "=0"),
    "tap ag.until": ("case", "=0", "=2027-03-01"),
    "tap ag.done": ("task",),
    "tap fa.ask": ("case", "=0"),
    "tap fa.set": ("case", "=3", "=A1"),
    "tap me": (),
    "tap me.away": ("=back",),
    "tap me.deputy": ("colleague", "=off"),
    **{f"tap cm{name}": () for name in ("", ".new", ".later", ".stop")},
    "tap cm.to": ("=all",),
    "tap cm.by": ("=place",),
    "tap cm.pick": ("=volunteers", "=Haar"),
    "tap cm.say": ("=0",),
    "tap cm.phrase": ("=please_call",),
    "tap cm.slot": ("=2027-03-01",),
    "tap cm.day": ("=2027-03-01",),
    "tap cm.time": ("=1000",),
    "tap cm.send": ("=0123456789ab",),
    **{f"tap cm.{name}": ("campaign",) for name in ("one", "cancel", "correct")},
    "tap vol.places": (),
    "tap vol.place": ("=Haar",),
    "tap remind.for": ("=on", "own"),
    "tap talk.for": ("=paper", "own"),
    "tap want.for": ("offer", "own"),
    "tap whose": ("=goals", "own"),
    **{f"tap fam.{name}": ("=fish",) for name in ("new", "first")},
    "tap fam.as": ("own", "=fish"),
    **{f"tap {name}": ("own",) for name in ("fam", "fam.picture", "fam.leave", "fam.leave.yes")},
    "tap topic": (f"={Topic.OFFICE.value}",),
    "tap guess": ("=help",),
    "tap meant": (f"={Topic.OFFICE.value}", "=1"),
    "tap near": (),
    "tap offer": _OFFER,
    "tap card": _OFFER,
    "tap ics": _OFFER,
    "tap want": _OFFER,
    "tap wrong": _OFFER,
    "tap wrong.as": ("offer", "=closed"),
    "tap card.langs": _OFFER,
    "tap card.in": ("offer", "=ar"),
    "tap human": (),
    "tap talk": ("=paper",),
    **{f"tap my.{name}": () for name in ("goals", "appts", "papers")},
    "tap lb.reg": ("=identity",),
    "tap lb.offices": (),
    "tap lb.to": ("=jobcenter",),
    "tap lb.pdf": ("=agreement",),
    "tap lb.appt": _APPT,
    "tap goal": _GOAL,
    "tap goal.is": ("goal", "=time"),
    "tap goal.why": ("goal", "=paper"),
    "tap appt": _APPT,
    "tap appt.ics": _APPT,
    "tap appt.no": _APPT,
    "tap appt.why": ("appt", "=paper"),
    "tap remember": ("reminder",),
    "tap answer": ("answer",),
    "tap reply": ("answer", "=yes"),
    "tap placed": ("placement",),
    "tap msg": ("message",),
    "tap msg.is": ("message", "=yes"),
    "tap consent": ("consent",),
    "tap consent.is": ("consent", "=yes"),
    "tap consent.off": ("consent",),
    "tap day": ("=today",),
    "tap day.digest": ("=on",),
    "tap fit": _CASE,
    "tap fit.say": ("case", "offer"),
    **{f"tap cl.{name}": () for name in ("list", "find", "new", "cancel")},
    "tap cl": _CASE,
    "tap cl.page": ("=0",),
    "tap cl.lang": ("=ar",),
    "tap cl.place": ("=1",),
    "tap cl.invite": _CASE,
    "tap cl.invite.yes": _CASE,
    "tap ms.new": _CASE,
    "tap ms.list": ("=0",),
    "tap ms.phrase": ("=write_cv",),
    "tap ms.paper": ("=passport",),
    "tap ms.office": ("=jobcenter",),
    "tap ms.place": ("=1",),
    "tap ms.due": ("=2027-03-01",),
    "tap ms.offer": _OFFER,
    "tap ms.back": ("=due",),
    "tap ms.save": ("=0123456789ab",),
    "tap ms.cancel": (),
    "tap ms": _MILESTONE,
    "tap ms.ok": _MILESTONE,
    "tap ms.move": _MILESTONE,
    "tap ms.to": ("milestone", "=2027-03-01"),
    "tap ms.move.yes": ("milestone", "=2027-03-01"),
    "tap ms.drop": _MILESTONE,
    "tap ms.drop.yes": _MILESTONE,
    "tap ms.push": _MILESTONE,
    "tap ms.push.yes": _MILESTONE,
    "tap ap.new": _CASE,
    "tap ap.list": ("=0",),
    "tap ap.phrase": ("=jobcenter",),
    "tap ap.date": ("=2027-03-01",),
    "tap ap.time": ("=1000",),
    "tap ap.where": ("=none",),
    "tap ap.bring": ("=logbook",),
    "tap ap.long": ("=30",),
    "tap ap.ready": (),
    "tap ap.back": ("=date",),
    "tap ap.save": ("=0123456789ab",),
    "tap ap.stop": (),
    "tap ap": _APPOINTMENT,
    "tap ap.move": _APPOINTMENT,
    "tap ap.cancel": _APPOINTMENT,
    "tap ap.cancel.yes": _APPOINTMENT,
    "tap rq.list": (),
    "tap rq.page": ("=0",),
    "tap rq": _REQUEST,
    "tap rq.more": _REQUEST,
    "tap rq.offer": _REQUEST,
    "tap rq.say": ("request", "=call_me"),
    "tap rq.date": ("=2027-03-01",),
    "tap rq.time": ("=1000",),
    "tap rq.paper": ("=passport",),
    "tap rq.place": ("=1",),
    "tap rq.office": ("=jobcenter",),
    "tap rq.group": ("request", "=question"),
    "tap rq.back": (),
    "tap rq.stop": (),
    "tap rq.send": ("=0123456789ab",),
    "tap news": ("news",),
    "tap fr": _OFFER,
    "tap fr.list": (),
    "tap fr.gaps": (),
    "tap fr.mine": ("offer", "=on"),
    "tap fr.page": ("=0",),
    "tap fr.is": ("offer", "=still"),
    "tap fr.undo": ("offer", "=published", "=20261001", "=64d5f3b8a0000"),
    **{f"tap ed.{name}": () for name in ("drafts", "mine", "new", "by.new", "when.none", "phone.none", "stop")},
    **{f"tap {name}": _OFFER for name in ("ed", "ed.publish", "ed.discard", "ed.dates", "ed.invite")},
    "tap ed.drafts.page": ("=0",),
    "tap date": ("=" + "0" * 16 + ".202702031800",),
    "tap ed.field": ("offer", "=name"),
    "tap ed.set": ("offer", "=cost", "=free"),
    "tap ed.flip": ("offer", "=audience", "=women"),
    "tap ed.place": ("offer", "=1"),
    "tap ed.clear": ("offer", "=summary"),
    "tap ed.undo": ("offer", "=AAAAAAAAAAAAAAAAAAAAAA"),
    **{f"tap ed.date{name}": ("offer", "=202702031800") for name in ("", ".off", ".move", ".on")},
    "tap ed.topic": ("=work",),
    "tap ed.kind": ("=job_fair",),
    "tap ed.by": ("=AAAAAAAAAAAAAAAAAAAAAA",),
    "tap ed.at": ("=1",),
    "tap iv.role": ("=volunteer",),
    **{f"tap {name}": () for name in ("vo", "mt.new", "mt.back", "mt.save", "mt.stop")},
    **{f"tap mt.{name}": ("=0",) for name in ("list", "past")},
    **{f"tap {name}": () for name in ("pr.list", "pr.keep", "pr.stop", "ss.list", "ss.keep", "iv.mine", "kept.list")},
    **{f"tap {name}": () for name in ("sg.new", "sg.back", "sg.send", "sg.stop")},
    **{f"tap {name}": ("=AAAAAAAAAAAAAAAAAAAAAA",) for name in ("pr.use", "pr.drop", "ss", "ss.drop", "iv.off")},
    **{f"tap pin{name}": () for name in ("", ".change", ".off")},
    **{f"tap pin.{name}": ("=0",) for name in ("new", "again", "is")},
    **{f"tap restrict{name}": ("own",) for name in ("", ".ask", ".off")},
    "tap kept.page": ("=0",),
    "tap fb.wish": ("=on",),
    "tap times": (),
    "tap times.at": ("=1",),
    "tap times.sun": ("=off",),
    "tap times.often": ("=once",),
    "tap fb": ("=AAAAAAAAAAAAAAAAAAAAAA",),
    "tap fb.is": ("=AAAAAAAAAAAAAAAAAAAAAA", "=helped"),
    "tap ss.news": ("=20270203",),
    "tap ss.more": ("=AAAAAAAAAAAAAAAAAAAAAA", "=1801641600"),
    "tap ss.since": ("=AAAAAAAAAAAAAAAAAAAAAA", "=1801641600", "=1"),
    "tap sg.set": ("=topic", "=work"),
    "tap kept": ("offer", "=on"),
    **{f"tap {name}": _DATE for name in ("mt", "mt.ics", "mt.end", "mt.end.yes", "mt.move")},
    "tap mt.come": (*_DATE, "=yes"),
    "tap mt.off": (*_DATE, "=off"),
    "tap mt.was": (*_DATE, "=yes"),
    "tap mt.were": (*_DATE, "=5"),
    "tap mt.set": ("=what", "=circle"),
    "membership membership": (),
    "location location": (),
    "text text": (),
    "media media": (),
}  # fmt: skip

REFUSED = ("not_found", "not_allowed", "not_linked")
CASE_TABLES = (
    "clients",
    "client_deputies",
    "standing_deputies",
    "agreements",
    "milestones",
    "milestone_events",
    "appointments",
    "reminders",
    "requests",
    "agreement_replies",
    "appointment_shares",
    "roles",
    "drafts",
    "invitations",
    "offer_reports",
    "consents",
)
NOWHERE, MALFORMED = "AAAAAAAAAAAAAAAAAAAAAA", "../%00'\""


def key(route: Route) -> str:
    return f"{route.kind.value} {route.name}"


def private(route: Route) -> bool:
    """Whether the tap names something in somebody's case."""
    return any(name in OF_CLIENT + OF_STAFF + OF_HELPER for name in ARGUMENTS[key(route)])


def names_offer(route: Route) -> bool:
    """Whether the tap names an offer."""
    return "offer" in ARGUMENTS[key(route)]


@dataclass(frozen=True)
class Case:
    """One client's case with one thing of each kind in it; nobody else may ever read its marks."""

    ids: Mapping[str, str]
    marks: tuple[str, ...]


@dataclass
class Matrix:
    """Two offices with a case each, and others who have nothing to do with either."""

    lotse: LotseWorld
    phones: dict[int, Pocket]
    cases: dict[str, Case]
    offer: str
    colleague: str
    asked: dict[str, str] = field(default_factory=dict)

    def own_case(self, user: int) -> str | None:
        return {CLIENT_A: "A", STAFF_A: "A", CLIENT_B: "B", STAFF_B: "B"}.get(user)

    def may(self, user: int, permission: Permission) -> bool:
        role = {
            STAFF_A: Role.COORDINATOR,
            STAFF_B: Role.COORDINATOR,
            HELPER: Role.VOLUNTEER,
            ADMIN: Role.ADMINISTRATOR,
            PROVIDER: Role.PROVIDER,
            RIVAL: Role.PROVIDER,
        }
        wanted = rules.POLICY[permission]
        return not wanted or role.get(user) in wanted

    def belongs(self, user: int, route: Route) -> bool:
        """Whether the things that this route names are on this person's side: a client's own, or a coordinator's."""
        names = set(ARGUMENTS[key(route)])
        side = OF_CLIENT if user in (CLIENT_A, CLIENT_B) else OF_STAFF if user in (STAFF_A, STAFF_B) else ()
        return names & {*OF_CLIENT, *OF_STAFF, *OF_HELPER} <= set(side)

    def data(self, route: Route, case: str | None, instead: str | None = None) -> str:
        """The callback data of this route for a case, or with something else `instead` of every id."""
        parts = [route.name]
        for name in ARGUMENTS[key(route)]:
            if name.startswith("="):
                parts.append(name[1:])
            elif instead is not None:
                parts.append(instead)
            else:
                public = self.colleague if name == "colleague" else self.offer
                parts.append(public if name in PUBLIC else self.cases[case or "A"].ids[name])
        return ":".join(parts)

    def tap(self, user: int, data: str) -> str:
        """Queue a tap; returns the id by which its answer is found."""
        chat = self.lotse.server.state.private_chat(user)
        found = people.tap_raw(self.lotse.server.state, user, next(iter(chat.messages)), data)
        return str(found["callback_query_id"])

    def answers(self) -> dict[str, list[str]]:
        """What was shown for each tap: after its spinner stopped and before the next one's did, in that chat."""
        found: dict[str, list[str]] = {}
        under_way: dict[int, str] = {}
        state = self.lotse.server.state
        for call in state.calls:
            if call.method == "answerCallbackQuery":
                query = str(call.params["callback_query_id"])
                under_way[state.queries[query].chat_id] = query
                found[query] = []
            elif "text" in call.params or "caption" in call.params:
                query = under_way.get(int(call.params["chat_id"]), "")
                found.setdefault(query, []).append(str(call.params.get("text") or call.params["caption"]))
        return found

    def snapshot(self) -> dict[str, list[object]]:
        return {table: self.lotse.rows(f"SELECT * FROM {table} ORDER BY 1") for table in CASE_TABLES}


@pytest.fixture
async def matrix(lotse: LotseWorld) -> Matrix:
    phones = {
        STAFF_A: await lotse.coordinator(STAFF_A, "en"),
        STAFF_B: await lotse.coordinator(STAFF_B, "en"),
        HELPER: await lotse.volunteer(HELPER, "en"),
        ADMIN: await lotse.administrator(ADMIN, "en"),
    }
    offer = str(lotse.rows("SELECT id FROM offers WHERE status = 'published' ORDER BY id LIMIT 1")[0][0])
    own = "SELECT provider_id FROM offers WHERE id = ?"
    theirs = (
        "SELECT provider_id FROM offers WHERE provider_id <> (SELECT provider_id FROM offers WHERE id = ?)"
    )
    for user, whose in ((PROVIDER, own), (RIVAL, theirs)):
        phones[user] = await lotse.provider(user, str(lotse.rows(whose, offer)[0][0]), "en")
    cases = {}
    for name, user, staff in (("A", CLIENT_A, STAFF_A), ("B", CLIENT_B, STAFF_B)):
        phones[user], client_id = await lotse.client(phones[staff], f"LM-SECRET-{name}", user, "en")
        cases[name] = await _fill(lotse, phones[user], phones[staff], client_id, name, offer)
    phones[STRANGER] = lotse.phone(STRANGER, language="en")
    await phones[STRANGER].opens()
    await lotse.quiet()
    lotse.server.state.calls.clear()
    return Matrix(lotse, phones, cases, offer, (await phones[STAFF_B].actor()).id)


async def _fill(
    lotse: LotseWorld, client: Pocket, staff: Pocket, client_id: str, name: str, offer: str
) -> Case:
    """One thing of each kind in the case."""
    agreements, now = lotse.core.agreements, lotse.clock.now()
    coordinator, person = await staff.actor(), await client.actor()
    where = f"Geheimweg {name}"
    async with lotse.core.database.write() as tx:
        await lotse.core.offers.refresh(tx)
        milestone = await agreements.add_milestone(
            tx, coordinator, client_id, "write_cv", {}, date(2027, 2, 1), offer, now
        )
        appointment = await agreements.add_appointment(
            tx, coordinator, client_id, "jobcenter", "Haar", where, datetime(2027, 2, 2, 10), 30, ["logbook"], now
        )  # fmt: skip
        wish = await agreements.wish(tx, person, offer, now)
        placed = await lotse.core.cases.placements.placements(tx, coordinator, client_id)
        meant = Selection(client_ids=frozenset({client_id}))
        consent = await lotse.core.cases.handover.ask(tx, coordinator, client_id, ["work"], now)
        sent = await lotse.core.cases.campaigns.send(tx, coordinator, meant, "please_call", {}, now)
        line = (await lotse.core.cases.campaigns.delivery(tx, coordinator, sent.id)).lines[0]
        goals = lotse.core.cases.goals
        wanted = await goals.add_goal(tx, coordinator, client_id, "find_work", now)
        task = await goals.add_task(tx, coordinator, client_id, "i_register_you", date(2027, 2, 1), now)
        await lotse.core.cases.goals.sign(tx, coordinator, client_id, date(2026, 12, 1), now)
        shared = await lotse.core.cases.sharing.share(tx, person, appointment.id, now)
        reminder = await agreements.push_now(tx, coordinator, milestone.id, now)
    await lotse.quiet()
    ids = {
        "consent": consent.id,
        "goal": milestone.id,
        "milestone": milestone.id,
        "appt": appointment.id,
        "appointment": appointment.id,
        "reminder": reminder.id,
        "answer": wish.request.id,
        "placement": placed[0].id,
        "message": line.recipient.id,
        "request": wish.request.id,
        "news": wish.request.id,
        "case": client_id,
        "own": client_id,
        "client_goal": wanted.id,
        "task": task.id,
        "campaign": sent.id,
        "share": shared.id,
    }
    return Case(ids, (f"LM-SECRET-{name}", where))


def test_every_route_is_listed() -> None:
    assert {key(route) for route in ROUTES} == set(ARGUMENTS), (
        "list a new route in ARGUMENTS, with what its parts mean"
    )
    for route in ROUTES:
        assert len(ARGUMENTS[key(route)]) == route.args, key(route)
        for name in ARGUMENTS[key(route)]:
            assert name.startswith("=") or name in OF_CLIENT + OF_STAFF + OF_HELPER + PUBLIC, name


def test_what_a_case_holds_is_behind_an_id_or_a_role() -> None:
    for route in ROUTES:
        if set(ARGUMENTS[key(route)]) & set(OF_STAFF):
            assert rules.POLICY[route.permission], f"{key(route)} works on cases and asks for no role"


@dataclass(frozen=True)
class Try:
    """A tap that must be refused."""

    user: int
    route: Route
    kind: str
    data: str


def refusals(matrix: Matrix) -> Iterator[Try]:
    """Every tap that must be refused: what the role does not include, and what is not theirs."""
    for route in ROUTES:
        if route.kind is not RouteKind.TAP:
            continue
        for user in matrix.phones:
            own = matrix.own_case(user)
            if not matrix.may(user, route.permission):
                yield Try(user, route, "forbidden", matrix.data(route, own))
            elif user == RIVAL and route.permission is Permission.EDIT_OFFERS and names_offer(route):
                yield Try(user, route, "another's", matrix.data(route, own))
                yield Try(user, route, "nonexistent", matrix.data(route, None, NOWHERE))
            if private(route):
                theirs = {"A": "B", "B": "A"}.get(own or "B", "A") if matrix.belongs(user, route) else "A"
                yield Try(user, route, "another's", matrix.data(route, theirs))
                yield Try(user, route, "nonexistent", matrix.data(route, None, NOWHERE))
                yield Try(user, route, "malformed", matrix.data(route, None, MALFORMED))


@pytest.mark.slow
async def test_what_is_not_theirs_is_never_shown_and_never_changed(matrix: Matrix) -> None:
    lotse = matrix.lotse
    before = matrix.snapshot()
    tried = {matrix.tap(each.user, each.data): each for each in refusals(matrix)}
    await lotse.quiet(400)
    assert matrix.snapshot() == before, "a refused tap changed something"

    answers = matrix.answers()
    polite = {f"⚠️ {sentence('en', 'error.' + name)}" for name in REFUSED}
    said: dict[tuple[int, str, str], str] = {}
    for query, each in tried.items():
        assert len(answers[query]) == 1, each
        text = answers[query][0]
        assert text in polite, (each, text)
        said[each.user, key(each.route), each.kind] = text
    for (user, route, kind), text in said.items():
        if kind == "another's":
            assert text == said[user, route, "nonexistent"], f"{route} tells {user} what exists"
    assert len(tried) > 500


@pytest.mark.slow
async def test_what_is_theirs_shows_nothing_of_anybody_else(matrix: Matrix) -> None:
    lotse = matrix.lotse
    for user in matrix.phones:
        own = matrix.own_case(user)
        others = [case for name, case in matrix.cases.items() if name != own]
        before = [_rows_of(lotse, case) for case in others]
        lotse.server.state.calls.clear()
        # Commands may be refused, so that their answers must not stand among those of the taps.
        for command in (route.name for route in ROUTES if route.kind is RouteKind.COMMAND):
            people.say(lotse.server.state, user, f"/{command}")
        await lotse.quiet(400)
        tapped = {matrix.tap(user, data): data for data in _allowed(matrix, user)}
        await lotse.quiet(400)
        _check_marks(matrix, user, [mark for case in others for mark in case.marks])
        assert [_rows_of(lotse, case) for case in others] == before
        refused = f"⚠️ {sentence('en', 'error.not_allowed')}"
        wrong = [
            tapped[query] for query, texts in matrix.answers().items() if refused in texts and query in tapped
        ]
        assert not wrong, f"{user} may do this and is refused"
        assert set((await lotse.counts()).inbox) == {"done"}


def _allowed(matrix: Matrix, user: int) -> list[str]:
    """Every tap that this person may make, with their own ids; forgetting everything comes last."""
    own = matrix.own_case(user)
    routes = [
        route
        for route in ROUTES
        if route.kind is RouteKind.TAP
        and matrix.may(user, route.permission)
        and (not private(route) or (own is not None and matrix.belongs(user, route)))
    ]
    # What takes the own case away comes last.
    routes.sort(key=lambda route: ("fam.leave.yes", "forget.yes").count(route.name))
    return [matrix.data(route, own) for route in routes]


def _check_marks(matrix: Matrix, user: int, marks: list[str]) -> None:
    shown = [
        str(value)
        for call in matrix.lotse.server.state.calls
        if call.params.get("chat_id") in (user, str(user))
        for value in (call.params.get("text"), call.params.get("caption"), call.params.get("reply_markup"))
    ]
    assert shown
    for mark in marks:
        assert not any(mark in text for text in shown), f"{user} sees {mark}"


def _rows_of(lotse: LotseWorld, case: Case) -> list[object]:
    client = case.ids["case"]
    tables = ("agreements", "milestones", "appointments", "reminders", "requests")
    rows = [lotse.rows(f"SELECT * FROM {table} WHERE client_id = ? ORDER BY 1", client) for table in tables]
    return [*rows, lotse.rows("SELECT * FROM clients WHERE id = ?", client)]


async def test_of_two_who_take_up_one_invitation_one_gets_it(lotse: LotseWorld) -> None:
    """Two who take up the same invitation at the same moment: exactly one gets it."""
    phones = [await lotse.arrives(7301 + number, "en") for number in range(2)]
    actors = [await phone.actor() for phone in phones]
    core, won = lotse.core, 0
    for _ in range(50):
        code = await lotse.admin_invites(Role.LEAD)

        async def take(number: int, code: str = code) -> bool:
            async with core.database.write() as tx:
                found = await core.people.look_up(tx, actors[number], code, lotse.clock.now())
                await core.people.redeem(tx, actors[number], found, lotse.clock.now())
            return True

        results = await asyncio.gather(take(0), take(1), return_exceptions=True)
        won += sum(result is True for result in results)
        async with core.database.write() as tx:
            for actor in actors:
                await core.people.set_roles(tx, actor.id, (), lotse.clock.now(), by=None)
            await tx.exec_driver_sql("DELETE FROM invitation_attempts")
    assert won == 50
