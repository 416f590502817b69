"""Phrases in a text: whole words, beginnings, clitics, spelled umlauts."""

import pytest

from i18n.text import normalise
from nlu.phrases import PhraseIndex, text_forms


def _finds(phrase: str, text: str) -> bool:
    index: PhraseIndex[int] = PhraseIndex()
    index.add(phrase, 1)
    return any(index.find(text_forms(normalise(text).split())))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("german course", "a German COURSE, please"),
        ("kurs*", "Kurse in Haar"),
        ("deutsch* kurs*", "deutsche Kurse"),
        ("münchen", "in Muenchen"),
        ("ueberfall*", "ein Überfall"),
        ("المدرسة", "اريد مدرسه"),
        ("مدرسه", "وبالمدرسة"),
        ("می‌خواهم بمیر*", "میخواهم بمیرم"),
        ("u-bahn*", "U Bahnhof"),
        ("112", "ruf ١١٢"),
    ],
)
def test_found(phrase: str, text: str) -> None:
    assert _finds(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("kurs", "Kurse"),
        ("german course", "german language course"),
        ("course", ""),
        ("a b c", "a b"),
        ("*", "x"),
        ("", "x"),
        ("...", "x"),
    ],
)
def test_not_found(phrase: str, text: str) -> None:
    assert not _finds(phrase, text)


def test_a_match_tells_which_words() -> None:
    index: PhraseIndex[str] = PhraseIndex()
    index.add("my appointment*", "mine")
    assert [
        (m.value, m.start, m.end) for m in index.find(text_forms(["when", "is", "my", "appointments"]))
    ] == [("mine", 2, 4)]
