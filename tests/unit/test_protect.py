"""What a translation keeps word for word, and what is noticed when it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from i18n.protect import LostError, lost, mask, restore, spans

KEPT = {
    "Anmeldung unter 089 99998-126 oder info@beispiel.example.org": [
        "089 99998-126",
        "info@beispiel.example.org",
    ],
    "Mehr auf https://www.beispiel.example.org/kurse?id=7.": ["https://www.beispiel.example.org/kurse?id=7"],
    "Dienstag 18:30-20:00, ab 12.01.2027": ["18:30-20:00", "12.01.2027"],
    "Kosten: 12,50 € im Monat": ["12,50 €"],
    "Deutsch A1 und B2.1": ["A1", "B2.1"],
    "Treffpunkt Münchner Straße 12a, 85540 Haar": ["Münchner Straße 12a", "85540"],
    "Kirchenplatz 2, nach § 24 AufenthG": ["Kirchenplatz 2", "§ 24 AufenthG"],
    "Leistungen nach dem AsylbLG oder SGB II": ["AsylbLG", "SGB II"],
    "16 Plätze, 4 frei": ["16", "4"],
}


@pytest.mark.parametrize(("text", "kept"), KEPT.items())
def test_numbers_addresses_and_laws_are_found(text: str, kept: list[str]) -> None:
    masked = mask(text)
    assert list(masked.kept) == kept
    assert restore(masked, masked.text) == text


def test_names_stay_and_the_glossary_says_what_stands_for_a_term() -> None:
    masked = mask(
        "Kind & Kegel hilft im Jobcenter Haar bei der Kita.",
        ["Kind & Kegel", "Haar"],
        {"Kita": "الحضانة (Kita)"},
    )
    assert masked.kept == ("Kind & Kegel", "Haar", "الحضانة (Kita)")
    assert restore(masked, "⟦0⟧ يساعد في ⟦1⟧ بشأن ⟦2⟧.") == "Kind & Kegel يساعد في Haar بشأن الحضانة (Kita)."


def test_a_name_inside_a_word_is_no_name() -> None:
    assert mask("Haarschnitt in Haar", ["Haar"]).kept == ("Haar",)


def test_marks_may_change_their_place_and_their_digits() -> None:
    masked = mask("Am 12.01.2027 um 18:30")
    assert restore(masked, "在 ⟦ ١ ⟧ , ⟦٠⟧ !!!!!") == "在 18:30 , 12.01.2027 !!!!!"


@pytest.mark.parametrize(
    "said",
    [
        "On ⟦0⟧ in the evening",  # one lost
        "On ⟦0⟧ at ⟦1⟧ and ⟦1⟧",  # one doubled
        "On ⟦0⟧ at ⟦1⟧ in ⟦2⟧",  # one invented
        "On ⟦0⟧ at ⟦1⟧ for 20 people",  # a number that nobody said
        "On ⟦0⟧ at ⟦1⟧ ⟦",  # half a mark
        "⟦0⟧⟦1⟧" + "x" * 400,  # far too long
    ],
)
def test_what_is_lost_or_made_up_is_noticed(said: str) -> None:
    with pytest.raises(LostError):
        restore(mask("Am 12.01.2027 um 18:30 Uhr"), said)


@given(st.text(max_size=200))
def test_any_text_comes_back_from_its_marks(text: str) -> None:
    if "⟦" in text or "⟧" in text or "[" in text:
        return
    masked = mask(text)
    assert restore(masked, masked.text) == text.strip()


def test_nothing_to_translate_is_known() -> None:
    assert not mask("089 99998 126").has_words
    assert mask("Tel. 089 99998 126").has_words


def test_what_is_marked_is_what_a_translation_keeps() -> None:
    german = "Kurs B1 in Haar, 18:30 bis 20:00 Uhr, 25,00 €, Bahnhofplatz 2, § 16a AufenthG"
    marked = [(german[begin:end], name) for begin, end, name in spans(german, ("Haar",))]
    assert marked == [
        ("B1", False),
        ("Haar", True),
        ("18:30 bis 20:00", False),
        ("25,00 €", False),
        ("Bahnhofplatz 2", False),
        ("§ 16a AufenthG", False),
    ]


def test_what_a_persons_text_lost_is_named_and_names_apart() -> None:
    german = "Kurs B1 in Haar, 25,00 €, Bahnhofplatz 2"
    assert lost(german, "Курс B1, Haar, 25,00 €, Bahnhofplatz 2", ("Haar",)) == ([], [])
    assert lost(german, "دورة B1 في هار، ٢٥,٠٠ €، Bahnhofplatz ٢", ("Haar",)) == ([], ["Haar"])
    assert lost(german, "Курс B2 в Хаарі, 25 €", ("Haar",)) == (["B1", "25,00 €", "Bahnhofplatz 2"], ["Haar"])
