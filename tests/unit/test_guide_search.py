"""Finding the guide page that answers, and the lines of it to quote."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.guide_search import PASSAGE_LIMIT, GuideIndex
from offers.guide_types import GuidePage


def page(name: str, language: str, *lines: str, region: str = "harbour") -> GuidePage:
    return GuidePage(name, region, language, lines[0], lines, "", "sample", date(2026, 11, 1))


DE = GuideIndex(
    [
        page(
            "doctor", "de", "Arzt und Krankenhaus", "Die Praxis hat montags ab 8 Uhr offen.", "In Not: 112."
        ),
        page(
            "flat",
            "de",
            "Wohnung suchen",
            "Den Mietvertrag liest die Beratung mit Ihnen.",
            "Es kostet nichts.",
        ),
        page("flat-far", "de", "Wohnung suchen", "Hier hilft das Rathaus.", region="hills"),
        page(
            "course", "de", "Deutschkurse", "Der Integrationskurs dauert 600 Stunden.", "Anmeldung im Büro."
        ),
    ]
)
AR = GuideIndex(
    [
        page("course", "ar", "دورات اللغة", "دورة الاندماج مجانية."),
        page("flat", "ar", "السكن", "نساعدكم في البحث عن شقة."),
    ]
)
UK = GuideIndex(
    [
        page("course", "uk", "Курси німецької", "Інтеграційний курс триває 600 годин."),
        page("flat", "uk", "Житло", "Ми допомагаємо шукати квартиру."),
    ]
)


@pytest.mark.parametrize(
    ("index", "text", "name"),
    [
        (DE, "Wie lange dauert der Kurs zur Integration?", "course"),
        (DE, "wer list meinen Mitvertrag", "flat"),
        (DE, "Wann ist der Arzt offen?", "doctor"),
        (AR, "هل الدورة مجانية؟", "course"),
        (AR, "بدي شقه", "flat"),
        (UK, "скільки годин у курсі", "course"),
        (UK, "де шукати квартири", "flat"),
    ],
)
def test_the_page_that_answers_comes_first(index: GuideIndex, text: str, name: str) -> None:
    assert index.search(text)[0].page.id == name


def test_the_passage_holds_the_answer() -> None:
    assert "600 Stunden" in DE.search("Wie lange dauert der Integrationskurs?")[0].passage


def test_a_region_sees_only_its_own_pages() -> None:
    found = DE.search("Hilfe bei der Wohnung", region="hills")
    assert [hit.page.id for hit in found] == ["flat-far"]


def test_only_a_question_that_one_page_answers_is_answered_with_confidence() -> None:
    assert DE.search("Wie viele Stunden dauert der Integrationskurs")[0].confident
    assert not any(hit.confident for hit in DE.search("Wohnung suchen"))
    assert not any(hit.confident for hit in DE.search("Rezept für einen Kuchen mit Äpfeln"))


def test_only_the_first_hit_can_be_confident() -> None:
    assert not any(hit.confident for hit in DE.search("Wie lange dauert der Integrationskurs?")[1:])


@pytest.mark.parametrize("text", ["", "   ", "🤷", "?!", "\x00", "x" * 10_000])
def test_what_says_nothing_finds_nothing(text: str) -> None:
    assert DE.search(text) == ()


def test_an_empty_guide_finds_nothing() -> None:
    assert GuideIndex([]).search("Wohnung") == ()


@given(
    st.lists(st.text(alphabet="abcdef wohnung.!?\u200f", max_size=1500), min_size=1, max_size=8),
    st.text(max_size=80),
)
def test_a_passage_is_never_longer_than_a_quotation_may_be(lines: list[str], text: str) -> None:
    index = GuideIndex([page("one", "de", "Wohnung", *lines)])
    hits = index.search(f"wohnung {text}")
    assert hits
    assert all(0 < len(hit.passage) <= PASSAGE_LIMIT for hit in hits)
