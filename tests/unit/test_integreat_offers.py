"""Integreat's locations and events as its API writes them, and as nobody should."""

import json
from datetime import date
from typing import Any

import pytest

from offers.hsds import services, tabular
from offers.importer import Catalogue
from offers.integreat.reading import parse

CLOSED = {"timeSlots": [], "allDay": False, "closed": True, "appointmentOnly": False}
PLACE = {
    "id": 17, "name": "Bürgerhaus", "address": "Kirchenplatz 2", "town": "Haar", "state": "Bayern", "postcode": "85540",
    "region": "Landkreis", "country": "Deutschland", "latitude": 48.1, "longitude": 11.7,
}  # fmt: skip
NOWHERE = dict.fromkeys(PLACE)


def hours(*slots: tuple[str, str], **said: bool) -> dict[str, Any]:
    timed = [{"start": start, "end": end, "timezone": "Europe/Berlin"} for start, end in slots]
    return {"timeSlots": timed, "allDay": False, "closed": False, "appointmentOnly": False} | said


def location(**changes: Any) -> dict[str, Any]:
    return {
        "id": 901,
        "url": "https://cms.integreat-app.de/kreis/de/locations/schuldnerberatung/",
        "path": "/kreis/de/locations/schuldnerberatung/",
        "title": "Schuldnerberatung Haar",
        "last_updated": "2026-05-02T10:00:00.5+02:00",
        "excerpt": "Wir helfen bei Schulden.",
        "content": "<p>Wir helfen bei Schulden.</p><p>Kostenlos.</p>",
        "website": None,
        "email": None,
        "phone_number": None,
        "contacts": [
            {"name": "Team", "email": "rat@verein.example", "phone_number": "089 99998 001", "mobile_number": None, "website": "https://verein.example"}
        ],
        "category": {"id": 6, "name": "Beratung", "color": "#000", "icon": "advice"},
        "temporarily_closed": False,
        "opening_hours": [hours(("08:00", "12:00"), ("14:00", "16:00")), hours(("08:00", "12:00")), CLOSED, hours(appointmentOnly=True), CLOSED, CLOSED, CLOSED],
        "appointment_url": "https://verein.example/termin",
        "location": PLACE,
        "organization": {"id": 4, "slug": "verein", "name": "Klarblick e. V.", "logo": None, "website": "https://klarblick.example"},
        "barrier_free": True,
    } | changes  # fmt: skip


def event(rule: str | None = None, when: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    moment = {
        "id": 55, "start": "2027-02-02T18:00:00+01:00", "start_date": "2027-02-02", "start_time": "18:00:00",
        "end": "2027-02-02T19:30:00+01:00", "end_date": "2027-02-02", "end_time": "19:30:00", "all_day": False,
        "only_weekdays": False, "recurrence_id": None, "timezone": "Europe/Berlin",
    }  # fmt: skip
    return {
        "id": 77,
        "url": "https://cms.integreat-app.de/kreis/de/events/sprachcafe/",
        "path": "/kreis/de/events/sprachcafe/",
        "title": "Sprachcafé",
        "last_updated": "2026-05-02T10:00:00+02:00",
        "content": "<p>Deutsch reden.</p>",
        "location": PLACE,
        "event": moment | (when or {}),
        "recurrence_rule": rule,
    } | changes


def parsed(*entries: Any) -> Catalogue:
    return parse({"some.json": json.dumps(entries).encode()})


def test_a_location_is_a_draft_with_all_that_it_says() -> None:
    found = parsed(location())
    assert found.errors == ()
    (offer,) = found.offers
    assert (offer.external_id, offer.status, offer.name) == (
        "integreat.kreis.location.17",
        "draft",
        "Schuldnerberatung Haar",
    )
    assert offer.description == "Wir helfen bei Schulden.\nKostenlos."
    assert (offer.place, offer.location_name, offer.address_1, offer.postal_code) == (
        "Haar",
        "Bürgerhaus",
        "Kirchenplatz 2",
        "85540",
    )
    assert (offer.phone, offer.email, offer.url) == (
        "089 99998 001",
        "rat@verein.example",
        "https://verein.example",
    )
    assert (offer.kind, offer.barrier_free, offer.source) == ("debt_advice", "yes", "Integreat (kreis)")
    assert (offer.provider.external_id, offer.provider.name) == (
        "integreat.kreis.organization.4",
        "Klarblick e. V.",
    )
    assert [(one.freq, one.byday, one.opens_at, one.closes_at) for one in offer.schedules] == [
        ("WEEKLY", "MO,TU", "08:00", "12:00"),
        ("WEEKLY", "MO", "14:00", "16:00"),
    ]
    assert offer.assured_date is None, "that somebody edited it is not that somebody checked it"
    assert found.speaks_for == ("integreat.kreis.location.",)


def test_it_is_the_same_place_after_an_edit_and_comes_back_word_for_word() -> None:
    (old,), (new,) = parsed(location()).offers, parsed(location(id=902, title="Rat bei Schulden")).offers
    assert old.id == new.id
    (service,) = services.export([old])
    assert service == old.original
    assert service["last_modified"].startswith("2026-05-02")
    assert "Nach Vereinbarung" in service["application_process"]
    assert tabular.export_datapackage([service])


def test_an_older_server_says_less() -> None:
    old = location(email="alt@verein.example", phone_number="089 99998 002", organization=None)
    (offer,) = parsed({k: v for k, v in old.items() if k not in ("contacts", "appointment_url")}).offers
    assert (offer.email, offer.phone) == ("alt@verein.example", "089 99998 002")
    assert offer.provider.name == "Bürgerhaus"
    assert offer.url == "https://integreat.app/kreis/de/locations/schuldnerberatung"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, ("ONCE", 1, "", date(2027, 2, 2))),
        ("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270701T220000", ("WEEKLY", 1, "TU,TH", date(2027, 7, 1))),
        ("DTSTART:20270202T170000\nRRULE:FREQ=WEEKLY;INTERVAL=2", ("WEEKLY", 2, "TU", None)),
        ("RRULE:FREQ=WEEKLY;COUNT=3", ("WEEKLY", 1, "TU", date(2027, 2, 16))),
        ("RRULE:FREQ=DAILY", ("WEEKLY", 1, "MO,TU,WE,TH,FR,SA,SU", None)),
        ("RRULE:FREQ=MONTHLY;BYDAY=+1TU", ("MONTHLY", 1, "1TU", None)),
        ("RRULE:FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", ("MONTHLY", 1, "-1FR", None)),
        ("RRULE:FREQ=YEARLY", None),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=3", None),
        ("RRULE:FREQ=DAILY;INTERVAL=3", None),
        ("RRULE:FREQ=WEEKLY;INTERVAL=0", None),
        ("RRULE:FREQ=WEEKLY;COUNT=x", None),
        ("RRULE:FREQ=WEEKLY;UNTIL=x", None),
        ("nonsense", None),
    ],
)
def test_how_an_event_repeats(rule: str | None, expected: tuple[Any, ...] | None) -> None:
    found = parsed(event(rule))
    assert found.errors == ()
    (offer,) = found.offers
    if expected is None:
        assert offer.schedules == ()
        assert rule is not None
        assert json.dumps(offer.original).count("recurrence_rule") > 1, "it stands in the draft as its rule"
        return
    (one,) = offer.schedules
    assert (one.freq, one.interval, one.byday, one.valid_to) == expected
    assert (one.valid_from, one.opens_at, one.closes_at) == (date(2027, 2, 2), "18:00", "19:30")
    assert (offer.external_id, offer.status) == ("integreat.kreis.event.55", "draft")


def test_the_dates_of_a_series_that_come_one_by_one_are_one_event() -> None:
    later = {"start_date": "2027-02-20", "end_date": "2027-02-20"}
    (offer,) = parsed(event(), event(when=later, path="/kreis/de/events/sprachcafe$2027-02-20/")).offers
    assert [one.valid_from for one in offer.schedules] == [date(2027, 2, 2), date(2027, 2, 20)]
    none = {"id": None}
    some = parsed(event(when=none), event(when=none | later, path="/kreis/de/events/sprachcafe$2027-02-20"))
    assert len(some.offers) == 1


def test_a_counted_series_of_which_some_dates_are_over_does_not_begin_to_count_again() -> None:
    days = [f"2027-02-{day:02}" for day in (9, 16, 23)]
    listed = [
        event(
            "FREQ=WEEKLY;COUNT=5",
            {"start_date": day, "end_date": day},
            path=f"/kreis/de/events/sprachcafe${day}/",
        )
        for day in days
    ]
    (offer,) = parsed(*listed).offers
    assert [(one.freq, f"{one.valid_from}") for one in offer.schedules] == [("ONCE", day) for day in days]


@pytest.mark.parametrize(
    ("end_date", "end_time", "expected"),
    [
        ("2027-02-03", "02:00:00", ("ONCE", date(2027, 2, 2), "")),
        ("2027-02-03", "00:00:00", ("ONCE", date(2027, 2, 2), "23:59")),
        ("2027-02-02", "23:59:59", ("ONCE", date(2027, 2, 2), "23:59")),
        ("2027-02-03", "12:00:00", ("WEEKLY", date(2027, 2, 3), "")),
    ],
)
def test_an_evening_may_end_after_midnight(
    end_date: str, end_time: str, expected: tuple[str, date, str]
) -> None:
    (offer,) = parsed(event(when={"end_date": end_date, "end_time": end_time})).offers
    (one,) = offer.schedules
    assert (one.freq, one.valid_to, one.closes_at) == expected


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (("18:00", "00:00"), ("18:00", "23:59")),
        (("00:00", "23:59:59"), ("00:00", "23:59")),
        (("08:00:00", "12:00:00"), ("08:00", "12:00")),
        (("18:00", "02:00"), ("18:00", "")),
    ],
)
def test_opening_hours_until_midnight_have_an_end(slot: tuple[str, str], expected: tuple[str, str]) -> None:
    (offer,) = parsed(location(opening_hours=[hours(slot), *[CLOSED] * 6])).offers
    assert [(one.opens_at, one.closes_at) for one in offer.schedules] == [expected]


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("089/12 34 56 (Mo-Fr)", "089/12 34 56"),
        ("089 99998 111 oder 089 99998 222", "089 99998 111"),
        ("nur per Mail", ""),
    ],
)
def test_of_a_telephone_number_with_words_the_number_is_taken(written: str, phone: str) -> None:
    (offer,) = parsed(location(contacts=[], phone_number=written)).offers
    assert offer.phone == phone
    assert written in json.dumps(offer.original)


@pytest.mark.parametrize(
    ("link", "phone", "expected"),
    [
        ("https://verein.example/termin", "089 99998 111", "online"),
        (None, "089 99998 111", "phone"),
        (None, None, "in_person"),
    ],
)
def test_by_appointment_says_how_to_register(link: str | None, phone: str | None, expected: str) -> None:
    by_appointment = [hours(appointmentOnly=True)] * 5 + [CLOSED] * 2
    entry = location(contacts=[], phone_number=phone, appointment_url=link, opening_hours=by_appointment)
    assert parsed(entry).offers[0].registration == expected


def test_an_event_over_days_all_day_without_a_place_and_with_only_a_moment() -> None:
    days = {"end_date": "2027-02-05", "all_day": True, "only_weekdays": True}
    (offer,) = parsed(event(when=days, location=NOWHERE, meeting_url="https://meet.example.org/x")).offers
    (one,) = offer.schedules
    assert (one.byday, one.valid_to, one.opens_at, one.closes_at) == (
        "MO,TU,WE,TH,FR", date(2027, 2, 5), "00:00", "23:59",
    )  # fmt: skip
    assert (offer.place, offer.provider.name, offer.url) == (
        "",
        "Integreat (kreis)",
        "https://meet.example.org/x",
    )
    moment = {"start_date": None, "end_date": None, "start": "2027-07-01T22:30:00Z", "end": None}
    (offer,) = parsed(event(when=moment)).offers
    assert (offer.schedules[0].valid_from, offer.schedules[0].opens_at) == (date(2027, 7, 2), "00:30")


def test_a_list_that_is_empty_speaks_for_its_region() -> None:
    page = {"path": "/kreis/ar/a/", "title": "Seite", "content": "<p>Text</p>"}
    for other in ({"locations.json": [location()]}, {"ar.json": [page]}):
        lists = {"events.json": []} | other
        found = parse({name: json.dumps(some).encode() for name, some in lists.items()})
        assert "integreat.kreis.event." in (found.speaks_for or ())
    assert parse({"events.json": b"[]"}).speaks_for == ()
    assert parse({"locations.json": json.dumps([location()]).encode()}).speaks_for == (
        "integreat.kreis.location.",
    )


def test_pages_and_other_languages_are_left_out() -> None:
    page = {"id": 1, "path": "/kreis/de/arbeit/", "title": "Arbeit", "content": "<p>Text</p>", "parent": None}
    english = location(path="/kreis/en/locations/debt/")
    found = parsed(page, english, "no entry")
    assert (found.offers, found.errors) == ((), ())


def test_letters_that_an_older_program_broke_are_set_right() -> None:
    found = parsed(location(title="KÃ¼che", content="<p>fÃ¼r alle</p>"))
    assert found.errors == ()
    (offer,) = found.offers
    assert offer.name == "Küche"
    assert "für alle" in offer.description


def test_every_wrong_entry_is_named() -> None:
    found = parsed(
        location(title=None),
        location(location={"id": "17"}),
        location(path="/kreis/de/\ud800"),
        location(path="/kr/../eis"),
        event(when={"start_date": None, "start": "soon"}),
        location(),
        location(),
    )
    assert found.offers == ()
    assert {(error.row, error.column) for error in found.errors} == {
        (1, "title"), (2, "location"), (3, "path"), (5, "event"), (6, "location"), (7, "location"),
    }  # fmt: skip
    (broken,) = parse({"x.json": b"{"}).errors
    assert (broken.file, broken.message.key) == ("x.json", "import.guide_no_json")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "A\x00B\u202e\ud800\u2069"},
        {"opening_hours": ["x", 5, None, {"timeSlots": 7}, {"timeSlots": [None, {"start": 9}]}]},
        {"opening_hours": {"a": 1}},
        {"contacts": ["x", {"email": 5, "website": "javascript:alert(1)", "phone_number": "\x00"}]},
        {"category": {"name": "=cmd|' /C calc'!A0"}},
        {"organization": {"id": True, "name": ["x"]}},
        {"website": "http://[x", "appointment_url": "https://x.org/\ud800"},
        {"location": PLACE | {"town": "Nirgendwo\x00" * 40, "postcode": "x", "latitude": "y"}},
        {"content": "<![x[ <p>\ud800" + "y" * 9000},
        {"barrier_free": "yes", "temporarily_closed": "x"},
    ],
)
def test_what_nobody_should_write_ends_in_a_draft_or_a_sentence(changes: dict[str, Any]) -> None:
    found = parsed(location(**changes))
    assert found.errors == ()
    (offer,) = found.offers
    json.dumps(offer.original, ensure_ascii=False).encode()
    assert "\x00" not in str(offer)
