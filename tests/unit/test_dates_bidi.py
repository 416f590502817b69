"""Dates, directions, and sentences with what is filled into them, in every language."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from i18n import catalogues as locale_files
from i18n import dates, languages, messages, phrases
from i18n.bidi import isolate, left_to_right, one_side, strip_controls
from i18n.languages import LANGUAGES
from i18n.messages import Message, UnknownMessageError, Words
from i18n.phrases import Category, PhraseError

EVERY = list(LANGUAGES)
WEDNESDAY = date(2027, 2, 3)
FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("de", "Mittwoch, 3. Februar 2027"),
        ("en", "Wednesday, 3 February 2027"),
        ("ar", "الأربعاء، 3 فبراير 2027"),
        ("fa", "چهارشنبه 3 فبروری 2027"),
        ("uk", "середа, 3 лютого 2027\u202fр."),
        ("xx", "Wednesday, 3 February 2027"),
    ],
)
def test_a_day_as_people_write_it(language: str, shown: str) -> None:
    assert dates.day(WEDNESDAY, language) == shown


@pytest.mark.parametrize("language", EVERY)
def test_every_date_of_ten_years_is_gregorian_with_western_digits(language: str) -> None:
    names = [dates.weekdays([code], language) for code in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")]
    assert len(set(names)) == 7
    shown = set()
    for number in range(0, 3653, 5):
        value = date(2026, 1, 1) + timedelta(days=number)
        long, short = dates.day(value, language), dates.short_day(value, language)
        assert str(value.year) in long
        for text in (long, short):
            digits = [c for c in text if unicodedata.category(c) == "Nd"]
            assert all(c.isascii() for c in digits), text
            assert str(value.day) in text
        assert names[value.weekday()].rstrip(".") in short
        shown.add(long)
    assert len(shown) == len(range(0, 3653, 5))


@pytest.mark.parametrize(
    ("moment", "day", "clock"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "28 March", "01:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "28 March", "03:00"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "31 October", "02:30"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "31 October", "02:30"),
        (datetime(2027, 1, 31, 23, 0, tzinfo=UTC), "1 February", "00:00"),
        (datetime(2027, 7, 31, 22, 0, tzinfo=UTC), "1 August", "00:00"),
    ],
)
def test_a_moment_is_told_by_the_clocks_of_berlin(moment: datetime, day: str, clock: str) -> None:
    shown = dates.moment(moment, "en")
    assert day in shown
    assert shown.endswith(f", {LRI}{clock}{PDI}")


def test_a_time_is_the_same_in_every_language_and_keeps_its_order() -> None:
    assert dates.clock(time(9, 5)) == f"{LRI}09:05{PDI}"
    assert dates.clock(time(0, 0)) == f"{LRI}00:00{PDI}"


@pytest.mark.parametrize(
    ("language", "days", "things"),
    [
        ("de", "Mo. und Mi.", "a, b und c"),
        ("en", "Mon and Wed", "a, b and c"),
        ("ar", "الاثنين والأربعاء", "a وb وc"),
        ("uk", "пн і ср", "a, b і c"),
    ],
)
def test_lists_end_with_the_and_of_the_language(language: str, days: str, things: str) -> None:
    assert dates.weekdays(["MO", "WE"], language) == days
    assert dates.listed(["a", "b", "c"], language) == things
    assert dates.listed(["a"], language) == "a"
    assert dates.listed([], language) == ""


@pytest.mark.parametrize("language", EVERY)
def test_money_stays_left_to_right_with_western_digits(language: str) -> None:
    shown = dates.euros(1234.5, language)
    assert (shown[0], shown[-1]) == (LRI, PDI)
    assert "".join(c for c in shown if unicodedata.category(c) == "Nd") == "123450"
    assert all(c.isascii() for c in shown if c.isdigit())
    assert "€" in shown or "EUR" in shown


def test_isolates() -> None:
    assert isolate("Haar") == f"{FSI}Haar{PDI}"
    assert isolate("שלום") == f"{FSI}שלום{PDI}"
    for stays in ("", "7", "112", f"{FSI}Haar{PDI}", f"{LRI}14:05{PDI}"):
        assert isolate(stays) == stays
    assert isolate("٧") == f"{FSI}٧{PDI}"
    assert left_to_right("089 99998 000") == f"{LRI}089 99998 000{PDI}"
    assert left_to_right("") == ""
    marked = isolate(Markup("<b>Haar</b>"))
    assert isinstance(marked, Markup)
    assert marked == f"{FSI}<b>Haar</b>{PDI}"


@given(TEXTS)
def test_nobodys_input_turns_around_what_stands_beside_it(text: str) -> None:
    clean = strip_controls(text + "\u202e\u2067\u200f\u061c" + text)
    assert not set(clean) & {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200F, 0x061C)}
    assert strip_controls(clean) == clean
    assert isolate(isolate(clean)) == isolate(clean)
    kept = [c for c in text if c in clean]
    assert [c for c in clean if c in kept] == list(strip_controls(text)) * 2


def test_letters_that_join_or_part_others_are_no_controls() -> None:
    assert strip_controls("می\u200cخواهم \u200d") == "می\u200cخواهم \u200d"


CATALOGUES = {
    "en": {
        "say": "Hello {name}!",
        "code": "{number}: <b>&",
        "only.english": "English {name}",
        "paper": "a letter",
    },
    "ar": {"say": "مرحبا {name}!", "only.english": "", "paper": "رسالة"},
    "uk": {"say": "Вітаю, {name}!"},
}
PLURALS = {
    "en": ("Plural-Forms: nplurals=2; plural=(n != 1);", ["{count} case", "{count} cases"]),
    "uk": (
        "Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
        ["{count} справа", "{count} справи", "{count} справ"],
    ),
    "ar": (
        "Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);",
        ["", "", "", "", "", ""],
    ),
}


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small catalogues of our own, so that a changed sentence changes no test."""
    for language, texts in CATALOGUES.items():
        forms, plural = PLURALS[language]
        lines = [f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n"{forms}\\n"\n']
        lines += [f'msgid "{key}"\nmsgstr "{text}"\n' for key, text in texts.items()]
        lines += ['msgid "cases"\nmsgid_plural "cases"']
        lines += [f'msgstr[{number}] "{text}"' for number, text in enumerate(plural)]
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "lotse.po").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(locale_files, "LOCALE", tmp_path)
    messages._translations.cache_clear()
    yield
    messages._translations.cache_clear()


@pytest.mark.usefixtures("catalogues")
class TestSentences:
    def test_what_is_filled_in_is_isolated(self) -> None:
        assert Words("ar").plain("say", name="Haar") == f"مرحبا {FSI}Haar{PDI}!"
        assert Words("en")("say", name="نور") == f"Hello {FSI}نور{PDI}!"
        assert Words("en").plain("code", number=7) == "7: <b>&"

    def test_markup_is_escaped_in_sentences_and_values_once(self) -> None:
        assert Words("en")("code", number="<i>&") == f"{FSI}&lt;i&gt;&amp;{PDI}: &lt;b&gt;&amp;"
        assert Words("en")("say", name=Markup("<b>x</b>")) == f"Hello {FSI}<b>x</b>{PDI}!"
        assert Words("en").plain("say", name="<3") == f"Hello {FSI}<3{PDI}!"

    def test_a_value_is_never_read_as_a_sentence(self) -> None:
        assert Words("en")("say", name="{count} {name.__class__} %s") == (
            f"Hello {FSI}{{count}} {{name.__class__}} %s{PDI}!"
        )

    @pytest.mark.parametrize(
        ("language", "forms"),
        [
            ("en", {0: "0 cases", 1: "1 case", 2: "2 cases", 21: "21 cases"}),
            (
                "uk",
                {0: "0 справ", 1: "1 справа", 3: "3 справи", 5: "5 справ", 11: "11 справ", 22: "22 справи"},
            ),
        ],
    )
    def test_the_number_chooses_the_form(self, language: str, forms: dict[int, str]) -> None:
        assert {count: Words(language).plain("cases", count=count) for count in forms} == forms
        assert {count: str(Words(language)("cases", count=count)) for count in forms} == forms

    def test_a_count_also_fills_a_sentence_without_forms(self) -> None:
        assert Words("uk").plain("say", name="x", count=3) == f"Вітаю, {FSI}x{PDI}!"

    def test_what_a_language_does_not_say_comes_in_english(self) -> None:
        for language in ("ar", "uk", "xx"):
            assert Words(language).plain("only.english", name="x") == f"English {FSI}x{PDI}"
        assert Words("ar").plain("cases", count=2) == "2 cases"
        assert Words("xx").language == "en"

    def test_what_nobody_says_is_an_error(self) -> None:
        assert Words("ar").has("say")
        assert not Words("ar").has("nothing")
        with pytest.raises(UnknownMessageError):
            Words("ar")("nothing")

    def test_a_message_within_a_message_is_said_in_the_same_language(self) -> None:
        found = Words("ar").render(Message("say", {"name": Message("paper")}))
        assert found == f"مرحبا {FSI}رسالة{PDI}!"

    @given(TEXTS)
    def test_no_value_breaks_the_markup(self, text: str) -> None:
        shown = Words("en")("say", name=text)
        assert not set("<>") & set(shown)
        inner = shown.removeprefix("Hello ").removesuffix("!")
        assert Markup(inner).unescape() == isolate(text)


def test_phrases_write_their_slots_in_the_language() -> None:
    slots = phrases.checked("come_to_my_office", Category.ANSWER, {"date": "2027-02-03", "time": "14:05"})
    said = phrases.message("come_to_my_office", slots, "de")
    assert said.params == {"date": "Mittwoch, 3. Februar 2027", "time": f"{LRI}14:05{PDI}"}
    paper = phrases.message("fill_form", {"paper": "bank_form"}, "de")
    assert paper.params == {"paper": Message("paper.bank_form")}
    place = phrases.message("join_club", {"place": "Haar"}, "de")
    assert place.params == {"place": "Haar"}
    assert place.key == "phrase.milestone.join_club"


@pytest.mark.parametrize(
    ("phrase", "slots"),
    [
        ("come_to_my_office", {"date": "2027-02-30", "time": "14:05"}),
        ("come_to_my_office", {"date": "2027-02-03", "time": "25:00"}),
        ("come_to_my_office", {"date": "2027-02-03"}),
        ("come_to_my_office", {"date": "2027-02-03", "time": "14:05", "place": "Haar"}),
        ("bring_this_paper", {"paper": "passport"}),
        ("see_counselling", {"place": " "}),
        ("see_counselling", {"place": "x" * 61}),
        ("see_counselling", {"place": "Haar\u202e"}),
        ("see_counselling", {"place": "Haar\nMünchen"}),
        ("write_cv", {}),
        ("nonsense", {}),
    ],
)
def test_a_slot_filled_wrongly_is_refused_without_being_quoted(phrase: str, slots: dict[str, str]) -> None:
    with pytest.raises(PhraseError) as caught:
        phrases.checked(phrase, Category.ANSWER, slots)
    assert not [value for value in slots.values() if value.strip() and value in str(caught.value)]


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("de", "de"),
        ("de-CH", "de"),
        ("AR", "ar"),
        ("fa-AF", "fa"),
        ("uk", "uk"),
        ("en-gb", "en"),
        ("pt-br", None),
        ("", None),
        (None, None),
        ("deu", None),
    ],
)
def test_telegrams_language_codes(code: str | None, tag: str | None) -> None:
    assert languages.from_telegram(code) == tag
    assert tag is None or languages.known(tag)


@pytest.mark.parametrize("language", ["ti", "am"])
def test_where_clocks_begin_at_sunrise_times_name_the_part_of_the_day(language: str) -> None:
    said = [strip_controls(dates.spoken_clock(time(hour), language)) for hour in (3, 10, 12, 15, 19, 23)]
    assert [text[:5] for text in said] == ["03:00", "10:00", "12:00", "15:00", "19:00", "23:00"]
    parts = [text[5:] for text in said]
    assert all(part.startswith(" (") and part.endswith(")") for part in parts)
    assert parts[0] == parts[-1]
    assert len(set(parts)) == 5
    assert dates.spoken_clock(time(10), "ar") == dates.clock(time(10))


def test_a_line_with_a_german_place_alone_stands_where_its_card_stands() -> None:
    place = f"📍 <b>{isolate('Haar')}</b>"
    assert one_side(f"دورة\n{place}\n\n👥 نساء") == f"دورة\n\u200f{place}\n\n👥 نساء"
    assert one_side(f"{place}\nدورة") == f"\u200f{place}\nدورة", "what comes first may be the place itself"
    assert one_side(f"Kurs\n{place}\nدورة") == f"Kurs\n{place}\nدورة", "a German card stays"
    german = "Der Text des Anbieters\nin zwei Zeilen"
    assert one_side(f"دورة\n{german}") == f"دورة\n{german}", "what is German by itself stays left"
    inner = isolate("Haar " + left_to_right("08:00"))
    for sign in ("🆘", "🆕", "ℹ️"):
        assert one_side(f"{sign} <b>خطر</b>\n{sign} خبر") == f"\u200f{sign} <b>خطر</b>\n\u200f{sign} خبر"
        assert one_side(f"{sign} Gefahr\nخطر") == f"{sign} Gefahr\nخطر"
    assert one_side("دورة\n🇩🇪 Deutschkurs") == "دورة\n🇩🇪 Deutschkurs", "what is German by itself stays left"
    assert one_side(f"&amp; {inner}\nدورة").startswith("\u200f&amp;"), "isolates in isolates, entities"


@given(TEXTS)
def test_one_side_adds_nothing_but_marks(text: str) -> None:
    shown = one_side(text)
    assert shown.replace("\u200f", "") == text.replace("\u200f", "")
    assert one_side(shown) == shown


def test_hours_are_not_parted_by_a_line_end() -> None:
    assert dates.hours("08:00", "12:00") == f"{LRI}08:00-\u206012:00{PDI}"
    assert dates.hours("08:00", "") == f"{LRI}08:00{PDI}"
