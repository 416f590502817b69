"""What the coordinator's phone shows: within Telegram's limits in every language, worst first, and always with a way back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from markupsafe import Markup

from agreements import rules
from agreements.errors import CaseNumberTakenError, ClientPausedError
from agreements.rules import months_later
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Bring,
    Client,
    ClientFile,
    ClientLine,
    HelpReason,
    Milestone,
    MilestoneEvent,
    MilestoneStatus,
    PushPreview,
    Request,
    RequestKind,
)
from bot.dialogue import mark
from bot.handlers.coordinator import milestones as handlers
from bot.screens import Screen, calls, keyboard
from bot.texts import MAX_TEXT, visible_length
from bot.turn import House
from bot.views import coordinator_clients as clients
from bot.views import coordinator_invitations as invitations
from bot.views import coordinator_milestones as milestones
from bot.views.coordinator_dates import due_rows, working_day_rows
from bot.views.own import goal_screen
from bot.views.parts import page_of
from bot.views.pushes import PUSH_VIEWS
from i18n.languages import LANGUAGES
from i18n.messages import Message, Words, words
from i18n.phrases import PHRASES, Category, of_category
from people.types import NewInvitation, Role

ID = "x" * 22
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
TODAY = date(2027, 2, 1)
HOUSE = House("Landkreis", "Beratung", "089 1", "lotse_bot")
INVITATION = NewInvitation(ID, NOW + timedelta(hours=72), "c" * 22)
CLIENT = Client(ID, "LM-2027/014", ID, ID, frozenset(), "ar", "Haar", True, True, False, NOW, NOW, None)
MILESTONE = Milestone(ID, ID, ID, "write_cv", {}, "0" * 16, date(2027, 2, 10), MilestoneStatus.OPEN, NOW, NOW)
APPOINTMENT = Appointment(
    ID, ID, "jobcenter", "Haar", "Hauptstraße 1", datetime(2027, 2, 3, 9), "Europe/Berlin",
    NOW + timedelta(days=2), 30, (Bring.LOGBOOK,), AppointmentStatus.PLANNED, NOW, NOW,
)  # fmt: skip
REQUEST = Request(ID, ID, RequestKind.HELP, HelpReason.PAPER, ID, None, NOW)
FILE = ClientFile(CLIENT, (MILESTONE,) * 20, (APPOINTMENT,) * 10, (REQUEST,) * 10)
TITLE = Markup("Einen Lebenslauf schreiben")


def line(number: int, **changes: int) -> ClientLine:
    quiet = ClientLine(
        replace(CLIENT, id=f"{number:022}", case_number=f"LM-{number}"), None, 0, 0, 0, 0, 0, False
    )
    return replace(quiet, **changes)  # type: ignore[arg-type]


def questions(w: Words) -> Iterator[Screen]:
    taken = CaseNumberTakenError().message
    not_read = Message("date.not_understood")
    places = ("Höhenkirchen-Siegertsbrunn",) * 30
    yield clients.ask_which(w, Message("cl.find.none"))
    yield clients.ask_case_number(w, taken)
    yield clients.ask_language(w, "LM-1")
    yield clients.ask_place(w, "LM-1", places)
    yield clients.invite_again_screen(w, CLIENT)
    yield milestones.phrases_screen(w, CLIENT, 4)
    yield milestones.papers_screen(w, CLIENT)
    yield milestones.places_screen(w, CLIENT, places)
    yield milestones.due_screen(w, CLIENT, TITLE, NOW, "slot", not_read)
    yield milestones.offers_screen(w, CLIENT, TITLE, [])
    yield milestones.move_screen(w, CLIENT, MILESTONE, NOW, not_read)
    yield milestones.move_preview(w, CLIENT, MILESTONE, [NOW])
    yield milestones.drop_screen(w, CLIENT, MILESTONE)


def pages(w: Words) -> Iterator[Screen]:
    event = MilestoneEvent(ID, ID, MilestoneStatus.NEEDS_HELP, HelpReason.MONEY, ID, NOW)
    yield clients.list_screen(w, [])
    yield clients.list_screen(w, [line(n, calls=2, overdue=3, unanswered=1) for n in range(90)], 5)
    yield clients.client_screen(w, FILE, TODAY)
    yield clients.client_screen(w, ClientFile(replace(CLIENT, person_id=None), (), (), ()), TODAY)
    yield milestones.preview_screen(w, CLIENT, MILESTONE, None, mark({}), [NOW])
    yield milestones.milestone_screen(w, CLIENT, MILESTONE, [event] * 30)
    yield milestones.push_screen(w, CLIENT, MILESTONE, PushPreview("ar", 1, NOW), NOW)
    yield milestones.push_screen(w, CLIENT, MILESTONE, PushPreview("ar", 0, NOW, ClientPausedError.key), NOW)
    for role in (Role.VOLUNTEER, Role.COORDINATOR):
        yield invitations.role_invitation(w, HOUSE, role, INVITATION)[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_keeps_to_the_limits_and_leads_back(language: str) -> None:
    w = words(language)
    for screen in (*questions(w), *pages(w)):
        assert keyboard(screen) is not None
        assert visible_length(str(screen.text)) <= MAX_TEXT
        last = {button.data.partition(":")[0] for button in screen.rows[-1]}
        assert last & {"menu", "cl.cancel", "ms.cancel", "ms"}, screen.text


def test_a_line_says_how_often_and_the_signs_are_explained_once() -> None:
    shown = clients.list_screen(words("de"), [line(1, calls=2, overdue=1), line(2)])
    text = str(shown.text)
    assert "🙋2 ⏰" in text
    assert text.count("überfällig") == 1
    assert "📵" not in text
    assert [button.text for button in shown.rows[0]] == ["🙋 LM-1", "LM-2"]


def test_requests_beside_calls_for_help_are_counted_once() -> None:
    assert "📥" not in clients.list_screen(words("de"), [line(1, calls=1, open_requests=1)]).text
    assert "📥2" in clients.list_screen(words("de"), [line(1, calls=1, open_requests=3)]).text


def test_ninety_clients_are_leafed_through_without_a_gap() -> None:
    every = [line(number) for number in range(90)]
    seen: list[str] = []
    for page in range(12):
        rows = clients.list_screen(words("de"), every, page).rows
        seen += [button.data for row in rows for button in row if button.data.startswith("cl:")]
    assert seen == [f"cl:{found.client.id}" for found in every]


@pytest.mark.parametrize(("page", "expected"), [(0, 0), (11, 11), (12, 11), (999, 11)])
def test_a_page_that_is_gone_is_the_last_one(page: int, expected: int) -> None:
    assert page_of(range(90), page)[1] == expected


def test_closed_goals_stand_below_open_ones() -> None:
    done = replace(MILESTONE, id="done", status=MilestoneStatus.CONFIRMED, due_on=date(2027, 1, 1))
    screen = clients.client_screen(words("de"), ClientFile(CLIENT, (done, MILESTONE), (), ()), TODAY)
    assert [button.data for button in screen.rows[0]] == [f"ms:{ID}", "ms:done"]


def test_an_overdue_goal_is_marked() -> None:
    file = ClientFile(CLIENT, (MILESTONE,), (), ())
    assert "⏰" in clients.client_screen(words("de"), file, date(2027, 2, 11)).text
    assert "⏰" not in clients.client_screen(words("de"), file, date(2027, 2, 10)).text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"person_id": None}, "none"),
        ({"reachable": False}, "unreachable"),
        ({"paused": True}, "paused"),
        ({}, "reminders_on"),
        ({"reminders": False}, "reminders_off"),
    ],
)
def test_how_a_client_is_reached(changes: dict[str, object], expected: str) -> None:
    assert clients.link_state(replace(CLIENT, **changes)) == expected  # type: ignore[arg-type]


def test_the_preview_of_a_push_is_word_for_word_what_arrives() -> None:
    arabic = words("ar")
    text = milestones.push_screen(words("de"), CLIENT, MILESTONE, PushPreview("ar", 1, NOW), NOW).text
    push, opened = PUSH_VIEWS["reminder"](arabic, ID), goal_screen(arabic, MILESTONE)
    assert str(push.text) in text
    assert str(opened.text) in text
    own = [button for row in (*push.rows, *opened.rows[:-1]) for button in row]
    assert all(f"[{button.text}]" in text for button in own)


def test_a_push_that_reaches_nobody_offers_no_button_to_send_it() -> None:
    preview = PushPreview("ar", 0, NOW, ClientPausedError.key)
    screen = milestones.push_screen(words("de"), CLIENT, MILESTONE, preview, NOW)
    assert words("de")(ClientPausedError.key) in screen.text
    assert not any(button.data.startswith("ms.push.yes") for row in screen.rows for button in row)


def test_the_preview_names_the_very_times_of_the_reminders() -> None:
    w, times = words("de"), [rules.at_berlin(datetime(2027, 2, 4, hour)) for hour in (9, 13)]
    for screen in (
        milestones.preview_screen(w, CLIENT, MILESTONE, None, "m", times),
        milestones.move_preview(w, CLIENT, MILESTONE, times),
    ):
        assert screen.text.count("•") == 2
        assert "Donnerstag, 4. Februar 2027, \u206609:00" in screen.text
        assert "Donnerstag, 4. Februar 2027, \u206613:00" in screen.text


def test_where_no_reminder_goes_out_none_is_announced() -> None:
    text = milestones.preview_screen(words("de"), CLIENT, MILESTONE, None, "m", []).text
    assert words("de")("ms.told.message") in text
    assert "🔔" not in text


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"person_id": None}, "ms.told.not_linked"),
        ({"reachable": False}, "ms.told.not_reached"),
        ({"paused": True}, "ms.told.not_reached"),
        ({"reminders": False}, "ms.told.no_reminders"),
    ],
)
def test_the_preview_says_who_is_not_reminded(changes: dict[str, object], key: str) -> None:
    w, client = words("de"), replace(CLIENT, **changes)  # type: ignore[arg-type]
    text = milestones.preview_screen(w, client, MILESTONE, None, "m", [NOW]).text
    assert w(key) in text
    assert "•" not in text


def test_an_invitation_is_a_picture_for_the_client_and_a_bare_link_for_the_coordinator() -> None:
    picture, how = invitations.client_invitation(words("de"), HOUSE, CLIENT, INVITATION)
    link = f"https://t.me/lotse_bot?start=join_{INVITATION.code}"
    assert picture.document is not None
    assert picture.document.content.startswith(b"\x89PNG")
    assert picture.document.content == invitations.qr_png(link)
    assert words("ar")("iv.scan_client") in picture.text
    assert INVITATION.code not in picture.text
    assert f"\n{link}\n" in how.text
    assert f"<code>/start join_{INVITATION.code}</code>" in how.text
    assert [call["method"] for call in calls(picture, None)] == ["sendDocument"]


def test_the_buttons_for_days_carry_the_day() -> None:
    days = [row[0].data for row in due_rows(words("de"), "ms.to", date(2027, 1, 31), ID)]
    expected = ["2027-02-03", "2027-02-07", "2027-02-14", "2027-02-28", "2027-04-30"]
    assert days == [f"ms.to:{ID}:{day}" for day in expected]


def test_working_days_leave_out_weekends_and_holidays() -> None:
    rows = working_day_rows(words("de"), "r", date(2026, 12, 23))
    days = [button.data for row in rows for button in row]
    assert days[:3] == ["r:2026-12-24", "r:2026-12-28", "r:2026-12-29"]
    assert "r:2027-01-01" not in days


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
    ],
)
def test_a_month_later(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


@pytest.mark.parametrize(
    ("data", "step"),
    [
        ({}, "phrase"),
        ({"phrase": "fill_form", "slots": {}}, "slot"),
        ({"phrase": "fill_form", "slots": {"paper": "bank_form"}}, "due"),
        ({"phrase": "write_cv", "slots": {}}, "due"),
        ({"phrase": "write_cv", "slots": {}, "due": "2027-02-03"}, "offer"),
        ({"phrase": "write_cv", "slots": {}, "due": "2027-02-03", "offer": None}, "preview"),
    ],
)
def test_the_first_open_question_is_asked(data: dict[str, object], step: str) -> None:
    assert handlers.next_step(data) == step


def test_every_goal_of_the_phrase_book_can_be_tapped() -> None:
    found: set[str] = set()
    for page in range(9):
        rows = milestones.phrases_screen(words("de"), CLIENT, page).rows
        found |= {b.data.partition(":")[2] for row in rows for b in row if b.data.startswith("ms.phrase:")}
    assert found == {phrase.id for phrase in of_category(Category.MILESTONE)}


def test_only_slots_that_have_buttons_are_asked_for() -> None:
    goals = of_category(Category.MILESTONE)
    assert {slot.value for goal in goals for slot in PHRASES[goal.id].slots} <= {"paper", "place", "office"}


def test_a_mark_tells_previews_apart() -> None:
    assert mark({"a": 1, "b": 2}) == mark({"b": 2, "a": 1})
    assert mark({"a": 1}) != mark({"a": 2})
