"""What one word looks like, whoever wrote it: normalisation, places of words in the text, forms of a word."""

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from i18n import text
from i18n.text import (
    clitic_variants,
    fold_latin,
    normalise,
    search_key,
    shorten,
    tokens,
    utf16_length,
    word_forms,
)

SCRIPTS = "aAäßiİıeE'’ʼ.,-/ \u200c\u200d\u200f\u202e\u0301\u0335ابيىیةهكکگوأإءـمنلًپېۍёйїґжЯаеሐሀዐአኸቐኣዓኈን፡०अक़्ᄀ\u1161각½ﷺﬁ🆘🔥１٣۴0²ŉ´\ud800\x00"
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=SCRIPTS, max_size=30),
    st.text(alphabet=st.characters(exclude_categories=[]), max_size=30),
    st.text(alphabet="مين ي\u200cا", max_size=14),
)


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("STRASSE", "Straße"),
        ("Múnchën", "munchen"),
        ("أُريدُ دَورةً", "اريد دوره"),
        ("كتـــاب", "كتاب"),
        ("کلاس آلمانی", "كلاس الماني"),
        ("می‌خواهم", "میخواهم"),
        ("نمی خواهم", "نمي‌خواهم"),
        ("کلاس‌ها", "کلاس ها"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("ёлка", "елка"),
        ("п'ять", "п’ять"),
        ("пʼять", "пять"),
        ("don't", "dont"),
        ("l’hôpital", "l hopital"),
        ("Haar'da", "haar da"),
        ("hilfeeeee", "Hilfe"),
        ("حققققير", "حقير"),
        ("İstanbul", "istanbul"),
        ("Straßlach-Dingharting", "strasslach dingharting"),
        ("  a\u200e \u202eb\u2066!?", "a b"),
        ("Ｂ１", "b1"),
        ("ሐኪም", "ሀኪም"),
        ("ኣነ", "አነ"),
        ("ዓዲ ዐዲ", "አዲ ኣዲ"),
        ("ዕቑባ", "እቁባ"),
        ("ሃገር ሓገር ኃገር", "ሀገር ሐገር ኀገር"),
        ("ሥራሕ", "ስራህ"),
        ("ፀሓይ ፅቡቕ", "ጸሃይ ጽቡቅ"),
        ("ቖጸራ", "ቆጸራ"),
        ("ክኸይድ ንኽመጽእ", "ክከይድ ንክመጽእ"),
        ("ኵሉ ቍጽሪ ጐይታ", "ኩሉ ቁጽሪ ጎይታ"),
        ("ሰላም፡ከመይ፣ኣለኻ።", "ሰላም ከመይ ኣለኻ"),
        ("ኣበይ፧ መዓስ፤ እንታይ፥", "ኣበይ መዓስ እንታይ"),
        ("እንታይ’ዩ", "እንታይዩ"),
        ("🆘🆘", "sos sos"),
    ],
)
def test_variants_meet(written: str, same_as: str) -> None:
    assert normalise(written) == normalise(same_as) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("112", "12"),
        ("111", "11"),
        ("й", "и"),
        ("їжа", "іжа"),
        ("گل", "كل"),
        ("पानी", "पन"),
        ("B1", "B2"),
        ("Haar", "Har"),
        ("ሓወይ", "ሓዊ"),
        ("ሰማይ", "ሸማይ"),
        ("ጸገም", "ጠገም"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    "nothing", ["", " ", "\x00", "...", "\u200b\u200f", "\ud800", "🔥", "\u0301\u0301", "'", "ـ"]
)
def test_no_words(nothing: str) -> None:
    assert normalise(nothing) == ""
    assert tokens(nothing) == []


@given(TEXTS)
@example("\u1100\u0301\u1161")
@example("مييي ب")
@example("مي مي يا")
@settings(max_examples=600, deadline=None)
def test_normalise_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(TEXTS)
@example("l'hôpital½می‌خواهم")
@settings(max_examples=600, deadline=None)
def test_tokens_are_the_words_in_their_places(text: str) -> None:
    found = tokens(text)
    assert " ".join(token.text for token in found) == normalise(text)
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
    assert [token.start for token in found] == sorted(token.start for token in found)


def test_offsets_point_into_the_text_as_written() -> None:
    text = "«Kurs» in Unterschleißheim, می‌خواهم l'hôpital!"
    assert [text[t.start : t.end] for t in tokens(text)] == [
        "Kurs",
        "in",
        "Unterschleißheim",
        "می‌خواهم",
        "l",
        "hôpital",
    ]


def test_zalgo_and_length_do_no_harm() -> None:
    assert normalise("H" + "\u0335\u0321\u035d" * 300 + "aar") == "haar"
    assert len(tokens("ا" * 50_000 + " " + "'" * 5000)) == 1
    assert normalise("a'" * 5000)


def test_clitics_are_tried_off() -> None:
    assert "هار" in clitic_variants("بهار")
    assert "مدرسه" in clitic_variants(normalise("وبالمدرسة"))
    assert "مدرسه" in clitic_variants(normalise("للمدرسة"))
    assert clitic_variants("haar") == ("haar",)
    assert "ت" not in clitic_variants("بت")


def test_every_vowel_of_letters_of_one_sound_meets() -> None:
    for base, *others in ("ሀሐኀ", "ሰሠ", "ቀቐ", "ከኸ", "አዐ", "ጸፀ"):
        for other in others:
            for vowel in range(7):
                assert normalise(chr(ord(other) + vowel)) == normalise(chr(ord(base) + vowel))


@pytest.mark.parametrize(
    ("written", "without"),
    [
        ("ንሓኪም", "ሓኪም"),
        ("ብኦቶብሩን", "ኦቶብሩን"),
        ("ካብኦቶብሩን", "ኦቶብሩን"),
        ("ኣብኦቶብሩን", "ኦቶብሩን"),
        ("ዝኽፈት", "ክፈት"),
        ("ንኽመጽእ", "መጽእ"),
        ("ለልጆች", "ልጆች"),
        ("የጀርመንኛ", "ጀርመንኛ"),
        ("ስለትምህርት", "ትምህርት"),
    ],
)
def test_ethiopic_prefixes_are_tried_off(written: str, without: str) -> None:
    assert normalise(without) in word_forms(normalise(written))


def test_short_ethiopic_words_stay_whole() -> None:
    for word in ("ንሓዊ", "በሪ", "ንሃር", "ኣብሃር"):
        assert word_forms(normalise(word)) == (normalise(word),)
    assert word_forms("በ") == ("በ",)


@given(TEXTS)
def test_word_forms_begin_with_the_word(text: str) -> None:
    for word in normalise(text).split():
        forms = word_forms(word)
        assert forms[0] == word
        assert all(forms)
        assert len(set(forms)) == len(forms)


def test_spelled_umlauts_meet_written_ones() -> None:
    for spelled, written in {
        "Muenchen": "München",
        "Ueberfall": "Überfall",
        "Aerzte": "Ärzte",
        "Goethe": "Göthe",
    }.items():
        assert search_key(spelled) == search_key(written)
    assert fold_latin("bauer") == "bauer"
    assert fold_latin("neue") == "neue"
    assert fold_latin("que") == "que"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_utf16_length_is_telegrams(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_the_service_can_read_it() -> None:
    source = Path(text.__file__).read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 10))
    roots = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(root).partition(".")[0] for root in roots} <= sys.stdlib_module_names


def test_shorten_cuts_at_a_space() -> None:
    assert shorten("eins zwei drei", 9) == "eins zwei"
    assert shorten("x" * 50, 20) == "x" * 20
    assert shorten("kurz", 20) == "kurz"
