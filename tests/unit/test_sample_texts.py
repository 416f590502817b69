"""The sample catalogue's texts in the other languages: all there, and nothing lost that must stay as it is."""

import csv
import re
from collections import Counter

import pytest

from i18n.languages import LANGUAGES
from lotse.cli import SAMPLE
from offers.translations.service import TARGETS
from offers.translations.types import TextField

_KEPT = re.compile(r"https?://\S+|\b[ABC][12]\b|\d+(?:[.,:]\d+)*")
_LONGEST = {TextField.NAME: 110, TextField.SUMMARY: 280}
# Letters that every text of the language has some of; a text without any was left in another script.
_LETTERS = {
    **dict.fromkeys(("ar", "fa", "ps", "ur", "ckb"), re.compile("[\u0600-\u06ff]")),
    **dict.fromkeys(("ti", "am"), re.compile("[\u1200-\u137f]")),
    **dict.fromkeys(("ru", "uk"), re.compile("[\u0400-\u04ff]")),
}


def _services() -> dict[tuple[str, str], str]:
    with (SAMPLE / "services.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return {
        (row["id"], field.value): row[field.value]
        for row in rows
        if row["status"] == "published"
        for field in _LONGEST
    }


def _texts(language: str) -> list[dict[str, str]]:
    with (SAMPLE / "texts" / f"{language}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.parametrize("language", TARGETS)
def test_every_name_and_summary_is_there_once(language: str) -> None:
    found = Counter((row["id"], row["field"]) for row in _texts(language))
    assert found == Counter(list(_services()))


@pytest.mark.parametrize("language", TARGETS)
def test_numbers_and_levels_stay_and_the_text_is_in_its_language(language: str) -> None:
    german = _services()
    for row in _texts(language):
        source, text = german[row["id"], row["field"]], row["text"]
        assert sorted(_KEPT.findall(text)) == sorted(_KEPT.findall(source)), row
        assert text == text.strip(), row
        assert len(text) <= _LONGEST[TextField(row["field"])], row
        assert row["state"] == "machine", "nobody who grew up with the language has read it"
        if language in _LETTERS:
            assert _LETTERS[language].search(text), row
        elif row["field"] == TextField.SUMMARY:
            assert text != source, row


def test_there_is_a_file_for_every_language_but_german() -> None:
    assert {file.stem for file in (SAMPLE / "texts").glob("*.csv")} == set(LANGUAGES) - {"de"}
