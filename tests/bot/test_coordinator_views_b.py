"""What the coordinator's phone shows of requests and appointments: within Telegram's limits in every language, and never a dead end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from markupsafe import Markup

from agreements import rules
from agreements.answers import answers_for
from agreements.campaigns.types import Audience, Campaign, Delivery, Said
from agreements.errors import AppointmentInPastError
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Bring,
    Client,
    HelpReason,
    Milestone,
    MilestoneStatus,
    Reminder,
    ReminderState,
    Request,
    RequestKind,
    RequestLine,
    Subject,
)
from bot.handlers.coordinator import appointments as making
from bot.handlers.coordinator import requests as answering
from bot.screens import Screen, keyboard
from bot.texts import MAX_TEXT, visible_length
from bot.views import coordinator_appointments as appointments
from bot.views import coordinator_campaigns as campaigns
from bot.views import coordinator_requests as requests
from bot.views.coordinator_asking import CLOCK, clock_rows, reach
from bot.views.own import answer_screen, appointment_screen
from i18n.languages import LANGUAGES
from i18n.messages import Message, Words, words
from i18n.phrases import PHRASES, SAYINGS, Category, SlotKind, of_category
from tests.catalogue import offer

ID = "x" * 22
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
TODAY = date(2027, 2, 1)
CLIENT = Client(ID, "LM-2027/014", ID, ID, frozenset(), "ar", "Haar", True, True, False, NOW, NOW, None)
MILESTONE = Milestone(ID, ID, ID, "write_cv", {}, "0" * 16, date(2027, 2, 10), MilestoneStatus.OPEN, NOW, NOW)
APPOINTMENT = Appointment(
    ID, ID, "jobcenter", "81667 München", "Jobcenter, Haidenauplatz 1", datetime(2027, 2, 3, 10), "Europe/Berlin",
    NOW + timedelta(days=2), 30, (Bring.LOGBOOK,), AppointmentStatus.PLANNED, NOW, NOW,
)  # fmt: skip
REMINDER = Reminder(ID, ID, Subject.MILESTONE, ID, NOW, NOW, False, ReminderState.UNKNOWN)
HEAD = Markup("👤 LM-1")
SLOTS = {
    "date": "2027-02-03",
    "time": "10:30",
    "paper": "bank_form",
    "place": "Haar",
    "office": "jobcenter",
    "offer": "Deutsch am Abend",
}
ANSWERS = [phrase.id for category in SAYINGS for phrase in of_category(category)]


def line(
    kind: RequestKind = RequestKind.HELP,
    reason: HelpReason | None = HelpReason.PAPER,
    *,
    milestone: Milestone | None = MILESTONE,
    appointment: Appointment | None = None,
    client: Client = CLIENT,
) -> RequestLine:
    asked = Request(ID, ID, kind, reason, ID, None, NOW)
    return RequestLine(asked, client, milestone, appointment, answer_by=date(2027, 2, 2))


OFF = line(
    RequestKind.CANCEL_APPOINTMENT,
    HelpReason.ILLNESS,
    milestone=None,
    appointment=replace(APPOINTMENT, status=AppointmentStatus.CANCEL_REQUESTED),
)


def answered(found: RequestLine, answer: str | None, by: str | None = ID) -> RequestLine:
    slots = {slot.value: SLOTS[slot.value] for slot in PHRASES[answer].slots} if answer else {}
    closed = replace(found.request, answered_at=NOW, answered_by=by, answer=answer, answer_slots=slots)
    return replace(found, request=closed)


def taps(screen: Screen) -> list[str]:
    return [button.data for row in screen.rows for button in row]


def of_requests(w: Words) -> Iterator[Screen]:
    not_read, places = Message("ap.time_not_understood"), ("Höhenkirchen-Siegertsbrunn",) * 30
    yield requests.list_screen(w, [], 0, NOW)
    yield requests.list_screen(w, [line()] * 40, 4, NOW)
    for group in SAYINGS:
        yield requests.more_screen(w, line(), offer(), group, NOW)
    yield requests.offices_screen(w, line(), "go_to_office")
    yield requests.date_screen(w, line(), "extended", TODAY, not_read)
    yield requests.date_screen(w, line(), "come_to_my_office", TODAY)
    yield requests.time_screen(w, line(), "come_to_my_office", TODAY, time(10), not_read)
    yield requests.papers_screen(w, line(), "bring_this_paper")
    yield requests.places_screen(w, line(), "see_counselling", places, ["Haar"])
    yield requests.sent_screen(w, answered(line(), "get_well_soon"), NOW, [line()] * 3)
    yield requests.reminder_screen(w, CLIENT, REMINDER, MILESTONE, NOW)
    yield requests.reminder_screen(w, CLIENT, REMINDER, APPOINTMENT, NOW)
    for kind in RequestKind:
        for reason in (None, *HelpReason):
            yield requests.request_screen(w, line(kind, reason), offer(), NOW)
            yield requests.request_screen(w, replace(OFF, request=line(kind, reason).request), None, NOW)
    for phrase in ANSWERS:
        slots = {slot.value: SLOTS[slot.value] for slot in PHRASES[phrase].slots}
        yield requests.preview_screen(w, line(), phrase, slots, "m" * 12)
        yield requests.request_screen(w, answered(line(), phrase), None, NOW)


def of_appointments(w: Words) -> Iterator[Screen]:
    past = AppointmentInPastError().message
    long_name = offer(
        "0" * 16, location_name="Integrationszentrum für Bildung und Begegnung im Landkreis, 3. Stock"
    )
    yield appointments.phrases_screen(w, CLIENT, 0)
    yield appointments.phrases_screen(w, CLIENT, 1)
    yield appointments.day_screen(w, HEAD, TODAY, first=True, message=past)
    yield appointments.day_screen(w, HEAD, TODAY, first=False)
    yield appointments.time_screen(w, HEAD, TODAY, time(12, 30), past)
    yield appointments.where_screen(w, HEAD, [long_name] * 6)
    yield appointments.where_screen(w, HEAD, [])
    yield appointments.bring_screen(w, HEAD, [thing.value for thing in Bring], 60)
    yield appointments.preview_screen(w, CLIENT, APPOINTMENT, "m" * 12, [NOW], back="ready")
    yield appointments.cancel_screen(w, CLIENT, APPOINTMENT)
    for status in AppointmentStatus:
        yield appointments.page_screen(w, CLIENT, replace(APPOINTMENT, status=status), OFF.request, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_keeps_to_the_limits_and_leads_back(language: str) -> None:
    w = words(language)
    for screen in (*of_requests(w), *of_appointments(w)):
        assert keyboard(screen) is not None
        assert visible_length(str(screen.text)) <= MAX_TEXT
        last = {button.data.partition(":")[0] for button in screen.rows[-1]}
        assert last & {"menu", "rq.stop", "ap.stop"}, screen.text


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("reason", [None, *HelpReason])
def test_every_request_has_answers_at_once_and_all_others_behind_two_taps(
    kind: RequestKind, reason: HelpReason | None
) -> None:
    found = line(kind, reason)
    first = requests.request_screen(words("de"), found, None, NOW)
    groups = [requests.more_screen(words("de"), found, None, group, NOW) for group in SAYINGS]
    every = [tap for screen in (first, *groups) for tap in taps(screen)]
    said = [tap for tap in every if tap.startswith("rq.say:")]
    assert {tap for tap in every if tap.startswith("rq.group:")} == {
        f"rq.group:{ID}:{group.value}" for group in SAYINGS
    }
    assert said == [f"rq.say:{ID}:{phrase}" for phrase in answers_for(found)]
    assert 3 <= sum(tap.startswith("rq.say:") for tap in taps(first)) <= 6
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("found", "first"),
    [
        (line(), "bring_letter"),
        (line(reason=HelpReason.CHILDCARE), "i_look_for_childcare"),
        (line(RequestKind.MORE_TIME, None), "extended"),
        (line(RequestKind.WISH, None, milestone=None), "i_register_you"),
        (OFF, "appointment_cancelled_ok"),
    ],
)
def test_the_answer_that_fits_best_stands_first(found: RequestLine, first: str) -> None:
    assert answers_for(found)[0] == first


@pytest.mark.parametrize(
    ("found", "phrase"),
    [
        (line(RequestKind.TALK, None, milestone=None), "extended"),
        (line(milestone=replace(MILESTONE, status=MilestoneStatus.CONFIRMED)), "extended"),
        (line(), "appointment_cancelled_ok"),
        (line(RequestKind.DONE, None), "you_did_well"),
    ],
)
def test_an_answer_that_would_say_what_is_not_so_is_not_offered(found: RequestLine, phrase: str) -> None:
    assert phrase not in answers_for(found)


@pytest.mark.parametrize(
    ("found", "deed"),
    [
        (line(RequestKind.DONE, None), f"ms.ok:{ID}"),
        (line(RequestKind.MORE_TIME, None), f"ms.move:{ID}"),
        (OFF, f"ap.move:{ID}"),
    ],
)
def test_what_can_be_done_stands_above_what_can_be_said(found: RequestLine, deed: str) -> None:
    assert taps(requests.request_screen(words("de"), found, None, NOW))[0] == deed


def test_an_appointment_that_is_over_is_not_moved_for_a_request() -> None:
    screen = requests.request_screen(words("de"), OFF, None, NOW + timedelta(days=3))
    assert f"ap.move:{ID}" not in taps(screen)


def test_a_wish_shows_the_offer_and_the_way_to_it() -> None:
    found = line(RequestKind.WISH, None, milestone=None)
    screen = requests.request_screen(words("de"), found, offer(name="Schwimmkurs für Frauen"), NOW)
    assert "Schwimmkurs für Frauen" in screen.text
    assert f"rq.offer:{ID}" in taps(screen)


def test_what_was_answered_is_shown_and_not_asked_for_again() -> None:
    screen = requests.request_screen(words("de"), answered(line(), "come_to_my_office"), None, NOW)
    assert "Mittwoch, 3. Februar 2027" in screen.text
    assert not any(tap.startswith("rq.say") for tap in taps(screen))


@pytest.mark.parametrize(("by", "key"), [(ID, "rq.closed"), (None, "rq.withdrawn")])
def test_a_request_that_ended_without_words_says_how(by: str | None, key: str) -> None:
    w = words("de")
    assert w(key) in requests.request_screen(w, answered(line(), None, by), None, NOW).text


def test_a_promise_that_was_not_kept_is_marked() -> None:
    assert "⏰" not in requests.list_screen(words("de"), [line()], 0, NOW + timedelta(days=1)).text
    assert "⏰" in requests.list_screen(words("de"), [line()], 0, NOW + timedelta(days=2)).text


@pytest.mark.parametrize("phrase", ANSWERS)
@pytest.mark.parametrize("language", ["ar", "de"])
def test_the_preview_of_an_answer_is_word_for_word_what_opens(phrase: str, language: str) -> None:
    found = line(client=replace(CLIENT, language=language))
    slots = {slot.value: SLOTS[slot.value] for slot in PHRASES[phrase].slots}
    preview = requests.preview_screen(words("de"), found, phrase, slots, "m")
    opened = answer_screen(words(language), replace(found.request, answer=phrase, answer_slots=slots))
    assert str(opened.text) in preview.text
    assert preview.text.count("<blockquote>") == (1 if language == "de" else 2)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"person_id": None}, "not_linked"),
        ({"reachable": False}, "not_reached"),
        ({"paused": True}, "not_reached"),
        ({}, "told"),
    ],
)
def test_whether_an_answer_arrives_is_said_before_and_after(
    changes: dict[str, object], expected: str
) -> None:
    w, client = words("de"), replace(CLIENT, **changes)  # type: ignore[arg-type]
    assert reach(client) == expected
    found = line(client=client)
    assert w("rq.reach." + expected) in requests.preview_screen(w, found, "get_well_soon", {}, "m").text
    sent = requests.sent_screen(w, answered(found, "get_well_soon"), NOW, [])
    assert str(sent.text).startswith("✅" if expected == "told" else "❗️")


@pytest.mark.parametrize(
    ("changes", "now", "key"),
    [
        ({}, NOW + timedelta(hours=1), "news.linked"),
        ({}, NOW + timedelta(days=3), "news.not_arrived"),
        ({"reachable": False}, NOW, "news.not_arrived"),
        ({"person_id": None, "linked_at": None}, NOW, "news.unlinked"),
    ],
)
def test_what_news_about_a_client_says(changes: dict[str, object], now: datetime, key: str) -> None:
    w, client = words("de"), replace(CLIENT, **changes)  # type: ignore[arg-type]
    expected = w(key, case="\u2066LM-2027/014\u2069")
    assert expected in requests.client_news(w, client, now)


def test_likely_places_stand_first_and_none_is_lost() -> None:
    places = ("Aschheim", "Brunnthal", "Haar")
    screen = requests.places_screen(
        words("de"), line(), "see_counselling", places, ["Haar", "", "Wien", "Haar"]
    )
    assert taps(screen)[:3] == ["rq.place:2", "rq.place:0", "rq.place:1"]


def test_half_hours_of_the_working_day() -> None:
    assert (CLOCK[0], CLOCK[-1], len(CLOCK)) == (time(8), time(17), 19)
    data = [button.data for row in clock_rows("r", time(16, 10)) for button in row]
    assert data == ["r:1630", "r:1700"]


def test_the_preview_of_an_appointment_is_word_for_word_what_opens() -> None:
    times = [rules.at_berlin(datetime(2027, 2, 2, 18)), rules.at_berlin(datetime(2027, 2, 3, 8))]
    preview = appointments.preview_screen(words("de"), CLIENT, APPOINTMENT, "m", times, back="ready")
    assert str(appointment_screen(words("ar"), APPOINTMENT).text) in preview.text
    assert "Dienstag, 2. Februar 2027, \u206618:00" in preview.text
    assert "Mittwoch, 3. Februar 2027, \u206608:00" in preview.text


def test_a_correction_names_its_day_in_each_of_its_languages() -> None:
    text = campaigns.correction_screen(
        words("ar"), "please_come", {"date": "2027-02-03", "time": "10:00"}, "m"
    ).text
    german, arabic = (part.partition("</blockquote>")[0] for part in text.split("<blockquote>")[1:])
    assert "Mittwoch, 3. Februar 2027" in german
    assert "الأربعاء" not in german
    assert "الأربعاء" in arabic


def test_a_message_that_left_at_night_stands_below_its_day_in_berlin() -> None:
    night = datetime(2027, 2, 1, 23, 30, tzinfo=UTC)
    campaign = Campaign(ID, Audience.CLIENTS, night, ID, night, None, (Said(1, "please_call", {}, night),))
    text = campaigns.list_screen(words("de"), [Delivery(campaign, ())]).text
    assert "2. Feb" in text
    assert "1. Feb" not in text


def test_no_reminders_are_promised_to_who_wants_none() -> None:
    w, client = words("de"), replace(CLIENT, reminders=False)
    text = appointments.preview_screen(w, client, APPOINTMENT, "m", [NOW], back="ready").text
    assert w("ms.told.no_reminders") in text
    assert "•" not in text


@pytest.mark.parametrize(
    ("status", "now", "deeds"),
    [
        (AppointmentStatus.PLANNED, NOW, {"ap.move", "ap.cancel"}),
        (AppointmentStatus.CANCEL_REQUESTED, NOW, {"ap.move", "ap.cancel"}),
        (AppointmentStatus.PLANNED, NOW + timedelta(days=3), {"ap.move", "ap.brought"}),
        (AppointmentStatus.CANCELLED, NOW, set()),
        (AppointmentStatus.DONE, NOW, set()),
    ],
)
def test_only_what_is_possible_is_offered(status: AppointmentStatus, now: datetime, deeds: set[str]) -> None:
    screen = appointments.page_screen(words("de"), CLIENT, replace(APPOINTMENT, status=status), None, now)
    assert {tap.partition(":")[0] for tap in taps(screen)} - {"cl", "menu"} == deeds


def test_what_is_chosen_to_bring_is_ticked() -> None:
    screen = appointments.bring_screen(words("de"), HEAD, ["logbook"], 60)
    ticked = [button.data for row in screen.rows for button in row if button.text.startswith("☑️")]
    assert ticked == ["ap.bring:logbook"]
    assert [b.data for row in screen.rows for b in row if b.text.startswith("· ")] == ["ap.long:60"]


def test_every_appointment_of_the_phrase_book_can_be_tapped() -> None:
    shown = [tap for page in range(4) for tap in taps(appointments.phrases_screen(words("de"), CLIENT, page))]
    found = list(dict.fromkeys(tap.partition(":")[2] for tap in shown if tap.startswith("ap.phrase:")))
    assert found == [phrase.id for phrase in of_category(Category.APPOINTMENT)]


@pytest.mark.parametrize(
    ("data", "step"),
    [
        ({}, "phrase"),
        ({"phrase": "bank"}, "date"),
        ({"phrase": "bank", "date": "2027-02-03"}, "time"),
        ({"phrase": "bank", "date": "2027-02-03", "time": "10:00"}, "where"),
        ({"phrase": "bank", "date": "2027-02-03", "time": "10:00", "where": None}, "ready"),
        ({"phrase": "bank", "date": "2027-02-03", "time": "10:00", "where": None, "ready": True}, "preview"),
        ({"appointment": ID}, "date"),
        ({"appointment": ID, "date": "2027-02-03", "time": "10:00"}, "preview"),
    ],
)
def test_the_first_open_question_of_an_appointment_is_asked(data: dict[str, object], step: str) -> None:
    assert making.next_step(data) == step


def test_the_slots_of_an_answer_are_asked_in_their_order() -> None:
    data = {"phrase": "come_to_my_office", "slots": {}}
    assert answering.open_slot(data) is SlotKind.DATE
    assert answering.open_slot({**data, "slots": {"date": "2027-02-03"}}) is SlotKind.TIME
    assert answering.open_slot({**data, "slots": {"date": "2027-02-03", "time": "10:00"}}) is None
