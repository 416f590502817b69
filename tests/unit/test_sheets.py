"""Printed sheets: letters of every script are there, lines are shaped and run their own way, long ones go on to a next page."""

import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from agreements.logbook.rules import OFFICES, REGISTERS, register, to_bring
from agreements.sheets import content
from agreements.sheets.layout import FAMILIES, FONTS, pdf, printable, script_of
from agreements.sheets.types import Heading, Line, Mark, Pair, Sheet
from agreements.types import Agreement, Bring, Milestone, MilestoneStatus
from i18n import catalogues, phrases
from i18n.languages import LANGUAGES
from tests.printed import printed

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
LETTERS = {
    "arabic": "ابپتټثجچځڅحخدډذرړڑزژږسشښصضطظعغفڤقکكګگلڵمنںڼهھەوۆؤۇێۍېیيىئةءآأإٱۀۂےۓڕ؟،؛٪",
    "latin": "ÄÖÜäöüßẞŞşÇçĞğİıÎîÛûÊê ЇїІіЄєҐґЁёЫы„“”–—…€’·0123456789",
    "ethiopic": "ሀለሐመሠረሰሸቀቐበቨተቸኀነኘአከኸወዐዘዠየደጀገጠጨጰጸፀፈፐ።፣፤ቈኰጐ",
}


@pytest.mark.parametrize("script", FAMILIES)
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_fonts_have_the_letters_of_all_languages(script: str, weight: str) -> None:
    known = TTFont(FONTS / f"{FAMILIES[script]}-{weight}.ttf").getBestCmap()
    assert [letter for letter in LETTERS[script] if ord(letter) not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_said_can_be_printed(language: str) -> None:
    known = set[int]()
    for script in ("latin", script_of(language)):
        known |= TTFont(FONTS / f"{FAMILIES[script]}-Regular.ttf").getBestCmap().keys()
    said = {letter for text in catalogues.sentences(language) for letter in printable(text)}
    assert {letter for letter in said if ord(letter) not in known and letter.isalpha()} == set()


def test_pictograms_are_left_out_and_short_names_stay_together() -> None:
    assert printable("📅 Termin  ⏳\nmorgen") == "Termin morgen"
    assert printable("في \u2068Haar Ost\u2069 اليوم") == "في \u2068Haar\u00a0Ost\u2069 اليوم"


def test_a_sheet_is_a4_and_says_both_languages(tmp_path: Path) -> None:
    file = pdf(content.logbook_sheet("ru", district="Landkreis München"), NOW)
    assert file.startswith(b"%PDF-")
    assert b"595.28 841.89" in file
    text = printed(file, tmp_path)
    assert "Impfpass" in text
    assert "Landkreis München" in text
    assert catalogues.texts("ru")["bring.insurance_card"][0].partition(" ")[0] in text


@pytest.mark.parametrize("language", ["de", "ti", "uk", "ar"])
def test_own_words_are_drawn_in_whatever_letters_they_are_written(tmp_path: Path, language: str) -> None:
    """A paper that is signed leaves out none of the words that were agreed on."""
    own = "Будівельник / كهربائي / ሓካይ"
    text = printed(pdf(Sheet(Pair("T", "T"), language, [Line(Pair(own, own))]), NOW), tmp_path)
    # A reader finds Arabic letters in their shapes, and in the order of the page.
    arabic = {letter for letter in unicodedata.normalize("NFKC", text) if "\u0600" <= letter <= "\u06ff"}
    assert arabic >= set("كهربائي")
    assert "Будівельник" in text
    assert "ሓካይ" in text


def test_the_same_sheet_is_the_same_file() -> None:
    sheet = content.logbook_sheet("ar", district="X")
    assert pdf(sheet, NOW) == pdf(sheet, NOW)


def test_a_long_sheet_goes_on_and_loses_no_line(tmp_path: Path) -> None:
    lines = [Line(Pair(f"Zeile {n}", f"سطر {n}"), Pair("bis", "حتى"), Mark.EMPTY) for n in range(80)]
    text = printed(pdf(Sheet(Pair("T", "ع"), "ar", [Heading(Pair("A", "ب")), *lines]), NOW), tmp_path)
    assert text.count("\f") >= 3
    assert all(f"Zeile {n}" in text for n in range(80))


def test_the_agreement_names_both_sides_and_marks_what_is_done() -> None:
    def milestone(number: int, status: MilestoneStatus) -> Milestone:
        due = date(2027, 3, number)
        return Milestone(f"m{number}", "a", "c", "write_cv", {}, None, due, status, NOW, NOW)

    states = (MilestoneStatus.OPEN, MilestoneStatus.CONFIRMED, MilestoneStatus.DROPPED)
    goals = [milestone(number, status) for number, status in enumerate(states, 1)]
    sheet = content.agreement_sheet(Agreement("a", "c", date(2027, 2, 1), 1, NOW), goals, "fa", district="X")
    marks = [block.mark for block in sheet.blocks if isinstance(block, Line) and block.below]
    assert marks == [Mark.EMPTY, Mark.TICKED, Mark.STRUCK]
    said = [block.text.german for block in sheet.blocks if isinstance(block, Line)]
    assert "antwortet Ihnen bis zum nächsten Arbeitstag" in said


def test_the_logbook_speaks_of_papers_and_offices_that_have_words() -> None:
    known = catalogues.texts("en")
    assert all(item.key in known and set(item.papers) <= known.keys() for item in REGISTERS)
    appointments = {phrase.id for phrase in phrases.of_category(phrases.Category.APPOINTMENT)}
    assert set(OFFICES) == appointments
    assert register("health") is not None
    assert register("nothing") is None


def test_what_the_coordinator_said_counts_before_what_is_usual() -> None:
    assert to_bring("doctor", [Bring.CV]) == (Bring.CV,)
    assert Bring.INSURANCE_CARD in to_bring("doctor", [])
