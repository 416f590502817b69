"""The published pages: every language, small, without scripts, with links that lead somewhere, nothing that nobody should meet."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import pytest
from icalendar import Calendar
from markupsafe import escape

from bot.views import cards
from i18n import dates as spoken
from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import importer, kinds
from offers.publish import site
from offers.responsible import matters
from offers.responsible.types import DISTRICT as EVERYWHERE
from offers.responsible.types import Responsibility
from offers.translations.types import Spoken, TextField
from offers.types import Hit, Offer
from tests.catalogue import REVIEW_DAYS, sample, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DISTRICT = "Landkreis <Muster>"
_LINK = re.compile(r'(?:href|src)="([^"]*)"')
_LOADED = re.compile(r'(?:src|<link[^>]* href)="([^"]*)"')


def duties() -> tuple[Responsibility, ...]:
    return importer.parse(sample_files()).responsibilities


def duty(office: Offer, **values: Any) -> Responsibility:
    known: dict[str, Any] = {"matter": "advice", "residence_status": (), "places": ()}
    return Responsibility(id="d", external_id="d", offer_id=office.id, **known | values)


@cache
def pages() -> dict[str, str]:
    return {
        name: content.decode()
        for name, content in site.files(sample(), duties(), DISTRICT, NOW, review_days=REVIEW_DAYS)
    }


def html() -> dict[str, str]:
    return {name: text for name, text in pages().items() if name.endswith(".html")}


def of(language: str, offer: Offer) -> str:
    return pages()[f"{language}/offer-{offer.id}.html"]


def course() -> Offer:
    return next(offer for offer in sample() if offer.external_id == "deutsch-a1-kinderbetreuung-haar")


def test_every_language_has_every_page() -> None:
    names = {name.partition("/")[2] for name in html() if name.startswith("de/")}
    assert len(names) > 100
    for language in LANGUAGES:
        assert {name.partition("/")[2] for name in html() if name.startswith(f"{language}/")} == names


def test_pages_are_small_and_bring_nothing_from_elsewhere() -> None:
    for name, text in html().items():
        assert len(text.encode()) < 50_000, name
        assert "<script" not in text
        assert "default-src 'none'" in text
        assert not [link for link in _LOADED.findall(text) if "//" in link], name


def test_every_link_leads_to_a_page() -> None:
    lost, outside = set(), {offer.url for offer in sample()}
    for name, text in html().items():
        inside = (link for link in _LINK.findall(text) if link not in outside)
        for link in (link for link in inside if not link.startswith(("tel:", "mailto:"))):
            parts: list[str] = []
            for part in (PurePosixPath(name).parent / link).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            if "/".join(parts) not in pages():
                lost.add((name, link))
    assert lost == set()


@pytest.mark.parametrize(
    ("language", "direction"), [("de", "ltr"), ("ar", "rtl"), ("fa", "rtl"), ("uk", "ltr")]
)
def test_a_page_says_its_language_and_direction(language: str, direction: str) -> None:
    assert f'<html lang="{language}" dir="{direction}">' in of(language, course())


def test_the_facts_are_said_in_the_language_and_the_name_stays_german() -> None:
    page = of("ar", course())
    assert course().name in page
    assert "مجانًا" in page
    assert "Haar" in page


def translated(machine: frozenset[TextField], **texts: str) -> site.Translated:
    spoken = Spoken({TextField(field): text for field, text in texts.items()}, machine)
    return {"uk": {course().id: spoken}}


def published(said: site.Translated, offer: Offer | None = None) -> dict[str, str]:
    found = site.files([offer or course()], [duty(course())], DISTRICT, NOW, said, review_days=REVIEW_DAYS)
    return {name: content.decode() for name, content in found if name.endswith(".html")}


def test_what_is_translated_is_read_in_ones_own_language_beside_the_german_name() -> None:
    said = translated(frozenset(), name="Німецька", summary="Коротко", description="Перший рядок\nДругий")
    found = published(said)
    page = found[f"uk/offer-{course().id}.html"]
    assert course().name in page
    assert all(text in page for text in ("Німецька", "Коротко", "<p>Перший рядок</p>", "<p>Другий</p>"))
    assert "🤖" not in page
    assert course().description.split("\n")[0] not in page
    for listed in ("uk/german_course.html", "uk/responsible-advice.html"):
        assert "Німецька" in found[listed]
        assert course().name in found[listed]
        assert "🤖" not in found[listed]
    assert "Німецька" not in found[f"de/offer-{course().id}.html"]
    assert "Німецька" not in found[f"ru/offer-{course().id}.html"]


def test_what_a_machine_translated_says_so_and_what_is_missing_stays_german() -> None:
    by_machine = words("uk").plain("card.by_machine")
    found = published(translated(frozenset({TextField.NAME}), name="Німецька"))
    page = found[f"uk/offer-{course().id}.html"]
    assert by_machine in page
    assert str(escape(course().summary)) in page
    assert words("uk").plain("card.german_only") in page
    assert by_machine in found["uk/german_course.html"]
    described = published(
        translated(frozenset({TextField.DESCRIPTION}), name="Німецька", description="Текст")
    )
    assert by_machine in described[f"uk/offer-{course().id}.html"]
    assert by_machine not in described["uk/german_course.html"], "the name was read by a person"
    assert words("uk").plain("card.german_only") not in described[f"uk/offer-{course().id}.html"]


def test_long_translations_leave_the_pages_small() -> None:
    many = [replace(course(), id=f"{number:016x}") for number in range(site.PER_PAGE)]
    long = "ቋንቋ " * 1000
    spoken = Spoken(dict.fromkeys(TextField, long), frozenset(TextField))
    said = {"am": {offer.id: spoken for offer in many}}
    entries = [duty(offer) for offer in many]
    for name, content in site.files(many, entries, DISTRICT, NOW, said, review_days=REVIEW_DAYS):
        assert len(content) < 50_000 or not name.endswith(".html"), name


def test_text_from_the_catalogue_stays_text() -> None:
    bad = replace(course(), name="<b>Kurs</b> & Co", description='<script>alert("x")</script>\nZweite Zeile')
    page = next(
        content.decode()
        for name, content in site.files([bad], (), DISTRICT, NOW, review_days=REVIEW_DAYS)
        if name.startswith("de/offer-")
    )
    assert "<script" not in page
    assert "&lt;b&gt;Kurs&lt;/b&gt; &amp; Co" in page
    assert "<p>Zweite Zeile</p>" in page
    assert "Landkreis &lt;Muster&gt;" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_to_register_and_until_when_is_said_with_the_way_to_do_it(language: str) -> None:
    open_, over = date(2026, 11, 24), date(2026, 11, 23)
    maker = replace(course().provider, phone="", email="wir@example.org", website="https://wir.example.org")
    online = replace(
        course(), registration="online", phone="", email="", url="https://kurs.example.org/a?b=1&c=2"
    )
    bare = replace(online, provider=maker, url="", registration_deadline=over)
    for offer, key, day, url in (
        (replace(online, registration_deadline=open_), "card.register_until", open_, online.url),
        (bare, "card.register_over", over, maker.website),
    ):
        said = words(language)(key, day=spoken.day(day, language))
        link = str(escape(url))
        name = f"{language}/offer-{offer.id}.html"
        page = dict(site.files([offer], (), DISTRICT, NOW, review_days=REVIEW_DAYS))[name].decode()
        hit = Hit(offer, None, None, ())
        full = str(cards.full_card(words(language), offer, (), NOW, edit=False, review_days=REVIEW_DAYS).text)
        asking = str(cards.how_to_ask(words(language), offer, NOW).text)
        assert said in str(cards.short_card(words(language), hit, (), NOW, review_days=REVIEW_DAYS).text)
        for shown in (page, full, asking):
            assert said in shown
            assert f'<a href="{link}">' in shown
    assert maker.email in page


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("089 99998-110", "tel:+498999998110"),
        ("+49 (0)89 99998 110", "tel:+498999998110"),
        ("116 117", "tel:116117"),
        # Six digits behind the 0 are no short number.
        ("089 233-0", "tel:+49892330"),
        ("08091 12", "tel:+49809112"),
        ("beim Pförtner", ""),
    ],
)
def test_a_tap_calls_or_writes(phone: str, link: str) -> None:
    offer = replace(course(), phone=phone, email="büro+kurs@example.org")
    found = dict(site.files([offer], [duty(offer)], DISTRICT, NOW, review_days=REVIEW_DAYS))
    for name in (f"ar/offer-{offer.id}.html", "ar/responsible-advice.html"):
        page = found[name].decode()
        assert phone in page
        assert re.findall(r'href="(tel:[^"]*)"', page) == ([link] if link else [])
    assert 'href="mailto:b%C3%BCro%2Bkurs@example.org"' in found[f"ar/offer-{offer.id}.html"].decode()
    card = str(cards.full_card(words("ar"), offer, (), NOW, edit=False, review_days=REVIEW_DAYS).text)
    assert "tel:" not in card, "Telegram makes its own"


@pytest.mark.parametrize("status", ["draft", "paused", "ended"])
def test_only_what_is_public_is_published(status: str) -> None:
    names = [
        name
        for name, _ in site.files(
            [replace(course(), status=status)], [duty(course())], DISTRICT, NOW, review_days=REVIEW_DAYS
        )
    ]
    assert not any("offer-" in name or "responsible" in name for name in names)
    assert "de/index.html" in names


def test_what_nobody_should_meet_unasked_stands_in_no_list() -> None:
    delicate = [o for o in sample() if kinds.load()[o.kind].unasked == "never" and o.status == "published"]
    assert delicate
    for offer in delicate:
        assert f"de/offer-{offer.id}.html" in pages()
        assert not any(f'"offer-{offer.id}.html"' in text for text in html().values())


def test_a_long_topic_goes_on_on_the_next_page() -> None:
    many = [replace(course(), id=f"{number:016x}") for number in range(2 * site.PER_PAGE + 1)]
    found = {
        name: content
        for name, content in site.files(many, (), DISTRICT, NOW, review_days=REVIEW_DAYS)
        if name.startswith("uk/german")
    }
    assert sorted(found) == ["uk/german_course-2.html", "uk/german_course-3.html", "uk/german_course.html"]
    assert found["uk/german_course-3.html"].decode().count("<article>") == 1
    assert max(map(len, found.values())) < 50_000


def test_one_calendar_for_each_topic_and_each_offer_with_dates() -> None:
    feed = Calendar.from_ical(pages()["calendar/german_course.ics"])
    assert "Deutsch" in str(feed["x-wr-calname"])
    events = feed.walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events) > 5
    alone = Calendar.from_ical(pages()[f"calendar/offer-{course().id}.ics"])
    assert [str(event["summary"]) for event in alone.walk("VEVENT")] == [course().name]


def test_who_is_responsible_is_found_in_every_language() -> None:
    said = {duty.matter for duty in duties()}
    assert len(said) > 5
    for language in LANGUAGES:
        assert 'href="responsible.html"' in pages()[f"{language}/index.html"]
        for matter in said:
            assert f'href="responsible-{matter}.html"' in pages()[f"{language}/responsible.html"]
            name = words(language).plain(matters.load()[matter].name)
            assert str(escape(name)) in pages()[f"{language}/responsible-{matter}.html"]
    assert '<html lang="ckb" dir="rtl">' in pages()["ckb/responsible-asylum.html"]


def test_an_office_says_for_whom_it_is_and_how_to_reach_it() -> None:
    office = replace(course(), id="f" * 16, name="Amt <1>", phone="089 99998 123")
    entries = [
        duty(course()),
        duty(office, places=(EVERYWHERE, "Haar"), residence_status=("recognised",)),
        duty(course(), places=("Garching",)),
    ]
    found = dict(site.files([course(), office], entries, DISTRICT, NOW, review_days=REVIEW_DAYS))
    page = found["en/responsible-advice.html"].decode()
    assert page.index("Garching") < page.index("Amt &lt;1&gt;") < page.rindex("<article>")
    for said in (
        "Landkreis &lt;Muster&gt;",
        "Haar",
        words("en").plain("residence.recognised"),
        "089 99998 123",
    ):
        assert said in page
    assert EVERYWHERE not in page


def test_many_offices_go_on_on_the_next_page_and_delicate_ones_stand_in_no_list() -> None:
    delicate = next(
        o for o in sample() if kinds.load()[o.kind].unasked == "never" and o.status == "published"
    )
    assert "de/responsible.html" not in dict(
        site.files([delicate], [duty(delicate)], DISTRICT, NOW, review_days=REVIEW_DAYS)
    )
    some = [duty(course()) for _ in range(site.PER_PAGE + 1)]
    found = dict(site.files([course()], some, DISTRICT, NOW, review_days=REVIEW_DAYS))
    assert found["am/responsible-advice-2.html"].count(b"<article>") == 1
    assert len(found["am/responsible-advice.html"]) < 50_000
