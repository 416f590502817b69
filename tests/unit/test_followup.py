"""Which short messages go on with the last search, and which ask for something of their own."""

from functools import cache
from typing import Any

import pytest

from bot import followup
from i18n.languages import LANGUAGES
from i18n.messages import listed, words
from nlu.gazetteer import Gazetteer
from nlu.types import Intent, Understanding
from offers import kinds
from offers.types import Query
from tests.language import all_lexicons

LAST = {"topic": "german_course", "text": "German course", "place": "Garching"}
# Words that narrow any search, in every language: in Haar, for women, for children, in the evening, in the morning, with childcare.
NARROWING: dict[str, tuple[str, str, str, str, str, str]] = {
    "de": ("und in Haar?", "für Frauen", "für Kinder", "am Abend", "vormittags", "mit Kinderbetreuung"),
    "en": ("and in Haar?", "for women", "for children", "in the evening", "mornings", "with childcare"),
    "fr": ("et à Haar ?", "pour femmes", "pour enfants", "le soir", "le matin", "avec garde d'enfants"),
    "ar": ("وفي هار؟", "للنساء", "للأطفال", "مساءً", "الصبح", "مع رعاية أطفال"),
    "fa": ("و در هار؟", "برای زنان", "برای اطفال", "شام", "صبح", "با مراقبت اطفال"),
    "ps": ("او په هار کې؟", "د ښځو لپاره", "د ماشومانو لپاره", "ماښام", "سهار", "د ماشومانو پالنې سره"),
    "ur": ("اور ہار میں؟", "خواتین کے لیے", "بچوں کے لیے", "شام کو", "صبح", "بچوں کی دیکھ بھال کے ساتھ"),
    "ckb": ("لە هار؟", "بۆ ژنان", "بۆ منداڵان", "ئێوارە", "بەیانی", "لەگەڵ چاودێری منداڵ"),
    "kmr": ("û li Haar?", "ji bo jinan", "ji bo zarokan", "êvarê", "sibehê", "bi lênêrîna zarokan"),
    "ti": ("ኣብ ሃርከ?", "ንደቂ ኣንስትዮ", "ንቆልዑ", "ምሸት", "ንግሆ", "ምስ ኣላይ ቆልዑ"),
    "am": ("ሃር ውስጥ?", "ለሴቶች", "ለልጆች", "ማታ", "ጠዋት", "ከልጆች እንክብካቤ ጋር"),
    "so": (
        "iyo Haar?",
        "haweenka",
        "carruurta loogu talagalay",
        "fiidkii",
        "subaxdii",
        "oo leh xannaano carruur",
    ),
    "tr": ("Haar'da var mı?", "kadınlar için", "çocuklar için", "akşam", "sabah", "çocuk bakımı ile"),
    "ru": ("а в Хааре?", "для женщин", "для детей", "вечером", "утром", "с присмотром за детьми"),
    "uk": ("а в Хаарі?", "для жінок", "для дітей", "увечері", "зранку", "з доглядом за дітьми"),
}
DETAILS: tuple[dict[str, Any], ...] = (
    {"place": "Haar"},
    {"audience": "women"},
    {"audience": "children"},
    {"daytime": "evening"},
    {"daytime": "morning"},
    {"childcare": True},
)

# Somebody to look after the children in Haar; the same with or beside what was looked for before.
CARE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "de": (
        (
            "Kinderbetreuung in Haar",
            "Gibt es Kinderbetreuung in Haar?",
            "Kinderbetreuung Haar für meine Kinder",
        ),
        ("mit Kinderbetreuung in Haar", "und Kinderbetreuung in Haar?", "Kurse Haar Kinderbetreuung"),
    ),
    "en": (
        ("daycare in Aying", "childcare Haar", "I need childcare in Haar"),
        ("with childcare in Haar", "and daycare in Haar?", "childcare in Haar A1", "in Haar with childcare"),
    ),
    "fr": (
        ("crèche à Haar", "garde d'enfants à Haar"),
        ("avec garde d'enfants à Haar", "et garde d'enfants à Haar ?"),
    ),
    "ar": (("رعاية أطفال في هار",), ("مع حضانة في هار", "في هار مع رعاية أطفال", "ورعاية أطفال في هار")),
    "fa": (("مراقبت اطفال در هار",), ("با مراقبت اطفال در هار", "و مراقبت اطفال در هار")),
    "ps": (("د ماشوم ساتنه په هار کې",), ("په هار کې د ماشومانو پالنې سره",)),
    "ur": (
        ("ہار میں ڈے کیئر", "ہار میں بچوں کی دیکھ بھال"),
        ("ہار میں بچوں کی دیکھ بھال کے ساتھ", "اور ہار میں بچوں کی دیکھ بھال"),
    ),
    "ckb": (("چاودێری منداڵ لە هار",), ("لە هار لەگەڵ چاودێری منداڵ",)),
    "kmr": (("lênêrîna zarokan li Haar",), ("li Haar bi lênêrîna zarokan", "û lênêrîna zarokan li Haar")),
    "ti": (("ኣላይ ቆልዑ ኣብ ሃር",), ("ምስ ኣላይ ቆልዑ ኣብ ሃር",)),
    "am": (("የልጆች እንክብካቤ ሃር ውስጥ",), ("ሃር ውስጥ ከልጆች እንክብካቤ ጋር",)),
    "so": (("xannaano carruur Haar",), ("Haar oo leh xannaano carruur", "iyo xannaano carruur Haar")),
    "tr": (
        ("Haar'da çocuk bakımı", "Haar'da çocuk bakımı lazım"),
        ("Haar'da çocuk bakımı ile", "Haar'da çocuk bakımı olan", "Haar'da çocuk bakımlı"),
    ),
    "ru": (("присмотр за детьми в Хааре",), ("в Хааре с присмотром за детьми", "и с няней в Хааре")),
    "uk": (("няня в Хаарі", "догляд за дітьми в Хаарі"), ("з доглядом за дітьми в Хаарі",)),
}


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(all_lexicons())


def understood(
    text: str, language: str = "en", intent: Intent = Intent.OUT_OF_SCOPE, confidence: float = 0.3
) -> Understanding:
    """What the understanding says of a text where the model takes it for this."""
    said, beside = gazetteer().read(text, language)
    return Understanding(intent, confidence, (), said, "model", said=said, beside=beside)


def continued(
    text: str,
    language: str = "en",
    intent: Intent = Intent.OUT_OF_SCOPE,
    confidence: float = 0.3,
    last: dict[str, Any] = LAST,
) -> Query | None:
    return followup.continued(understood(text, language, intent, confidence), text, last, {language})


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "the second one", 1),
        ("en", "The second one, please!", 1),
        ("en", "show me the third", 2),
        ("en", "number 1", 0),
        ("en", "2", 1),
        ("en", "2.", 1),
        ("en", "and the last one?", 2),
        ("de", "das zweite bitte", 1),
        ("de", "zeig mir den ersten", None),
        ("de", "zeig mir das erste", 0),
        ("de", "Nummer drei", 2),
        ("fr", "le deuxième, s'il vous plaît", 1),
        ("fr", "numéro 2", 1),
        ("ar", "الثاني من فضلك", 1),
        ("ar", "رقم 2", 1),
        ("fa", "لطفا دومی", 1),
        ("tr", "ikincisi lütfen", 1),
        ("tr", "ilk", 0),
        ("ru", "покажите вторую", None),
        ("ru", "первая, пожалуйста", 0),
        ("uk", "покажи другу будь ласка", 1),
        ("so", "kan labaad fadlan", 1),
        ("ti", "እቲ ካልኣይ በጃኹም", 1),
    ],
)
def test_one_of_the_hits_is_named(language: str, text: str, number: int | None) -> None:
    assert followup.ordinal(words(language), text) == number


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wohnung 3 Zimmer"),
        ("de", "Erste Hilfe Kurs"),
        ("de", "Erste Hilfe"),
        ("de", "2 Wochen mehr Zeit bitte"),
        ("de", "das letzte Zeugnis"),
        ("en", "second hand clothes"),
        ("en", "flat for 3 people"),
        ("en", "how long does it last"),
        ("en", "first aid"),
        ("en", "my second child"),
        ("en", "please"),
        ("fr", "appartement 2 pièces"),
        ("fr", "premiers secours"),
        ("ar", "شقة 3 غرف"),
        ("ar", "الإسعافات الأولى"),
        ("fa", "خانه 2 اتاقه"),
        ("tr", "ilk yardım kursu"),
        ("tr", "3 odalı ev"),
        ("ru", "первая помощь"),
        ("ru", "квартира 2 комнаты"),
        ("uk", "перша допомога"),
        ("so", "guri 3 qol"),
        ("am", "2 ክፍል ቤት"),
    ],
)
def test_a_number_in_a_wish_of_its_own_names_no_hit(language: str, text: str) -> None:
    assert followup.ordinal(words(language), text) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(3))
def test_every_way_to_say_it_in_every_language(language: str, number: int) -> None:
    key = ("followup.first", "followup.second", "followup.third")[number]
    beside = words(language).plain("followup.beside").split("|")[0]
    for variant in words(language).plain(key).split("|"):
        assert followup.ordinal(words(language), variant) == number, variant
        assert followup.ordinal(words(language), f"{variant} {beside}") == number, variant


@pytest.mark.parametrize(
    ("text", "count", "first", "place"),
    [
        ("5", 8, 0, 4),
        ("number 8", 8, 0, 7),
        ("5 please", 8, 0, 4),
        ("٧", 8, 0, 6),
        ("9", 8, 0, None),
        ("9", 8, 8, 0),
        ("16", 8, 8, 7),
        # What is shown counts: nobody means an entry of a page that is gone.
        ("2", 8, 8, 1),
        ("the second one", 8, 8, 1),
        ("17", 8, 8, None),
        ("0", 8, 0, None),
        ("5", 3, 0, None),
        ("5 rooms", 8, 0, None),
        ("5 6", 8, 0, None),
    ],
)
def test_the_numbers_of_a_list_can_be_typed(text: str, count: int, first: int, place: int | None) -> None:
    assert followup.chosen(words("en"), text, count, first) == place


@pytest.mark.parametrize("intent", [Intent.EMERGENCY, Intent.GREET, Intent.FIND_LEISURE, Intent.FIND_SCHOOL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filter_alone_narrows_the_search_in_every_language(language: str, intent: Intent) -> None:
    for text, changed in zip(NARROWING[language], DETAILS, strict=True):
        query = continued(text, language, intent, 0.99)
        assert query is not None, text
        asked_for = {"place": "Garching", **changed}
        filters = ("place", "level", "audience", "childcare", "daytime")
        got = {name: value for name in filters if (value := getattr(query, name)) is not None}
        assert got == asked_for, text
        assert (query.topic, query.text) == ("german_course", "German course")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "gibt es das auch in Ottobrunn?"),
        ("de", "ich kann nur abends"),
        ("de", "nur für Frauen, bitte"),
        ("de", "für Senioren"),
        ("en", "anything in Garching on weekends?"),
        ("en", "ladies only"),
        ("fr", "et le week-end ?"),
        ("fr", "pour jeunes"),
        ("tr", "Garching'de de var mı"),
        ("ru", "а есть по выходным?"),
        ("ru", "для родителей"),
        ("uk", "А в Оттобрунні є?"),
        ("ar", "وين في غارشينغ"),
        ("kmr", "tenê êvarê"),
    ],
)
def test_short_words_beside_a_filter_add_nothing(language: str, text: str) -> None:
    assert continued(text, language) is not None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "women's shelter"),
        ("en", "shelter for women"),
        ("en", "playgroup Haar"),
        ("en", "swimming for women"),
        ("de", "Frauenhaus"),
        ("de", "Frauencafé"),
        ("de", "Frauenschwimmen in Haar"),
        ("de", "Spielgruppe Haar"),
        ("de", "Kita in Haar"),
        ("de", "Kindergarten Haar"),
        ("de", "Eltern-Kind-Gruppe"),
        ("de", "Sachen für das Baby"),
        ("ar", "بيت النساء"),
        ("ar", "روضة في هار"),
        ("uk", "притулок для жінок"),
        ("uk", "садок у Хаарі"),
        ("fa", "خانه امن زنان"),
        ("tr", "kadın sığınma evi"),
        ("tr", "Haar'da ev"),
        ("fr", "foyer pour femmes"),
        ("fr", "gynécologue femme"),
        ("ru", "женский врач в Хааре"),
        ("kmr", "mal li Haar"),
        ("kmr", "baxçe li Haar"),
        ("kmr", "zarokxane li Haar"),
        ("uk", "дитсадок у Хаарі"),
        ("fr", "groupe mère et enfant"),
        ("fr", "mère et enfant"),
        ("so", "guri Haar"),
        ("de", "Guten Abend"),
        ("en", "good morning"),
        ("ar", "صباح الخير"),
        ("so", "subax wanaagsan"),
        ("kmr", "êvar baş"),
        ("tr", "iyi akşamlar"),
        ("de", "nicht abends"),
        ("de", "Brand in Haar"),
        ("ru", "пожар в Хааре"),
        ("de", "B1 Prüfung bestanden"),
        ("fr", "j'ai réussi le B1"),
        ("en", "my appointment in Haar"),
        ("de", "Termin Haar absagen"),
        ("de", "Beraterin in Haar sprechen"),
        ("en", "what about it?"),
        ("tr", "Haar'da iş arıyorum"),
        ("tr", "kadınlar için iş"),
        ("kmr", "îş li Haar"),
        ("kmr", "êş li Haar"),
        ("tr", "kadınlara iş"),
        ("kmr", "ev lazım Haar"),
        ("ckb", "بيت في هار"),
        ("de", "in Haar wohnen"),
        ("en", "I want to live in Haar"),
        ("ti", "ትምህርቲ ንቆልዑ"),
        ("am", "ትምህርት ለልጆች"),
        ("tr", "Haar'da ders"),
    ],
)
def test_whoever_wants_something_else_gets_it(language: str, text: str) -> None:
    for intent in (Intent.OUT_OF_SCOPE, Intent.FIND_LEISURE, Intent.MILESTONE_DONE):
        assert continued(text, language, intent) is None


@pytest.mark.parametrize(
    ("language", "text"), [("en", "is there one in Haar?"), ("de", "gibt es das in Haar?")]
)
def test_a_wish_of_one_language_says_nothing_in_another(language: str, text: str) -> None:
    assert continued(text, language) is not None
    assert followup.continued(understood(text, language), text, LAST, {"kmr", "tr"}) is None


def test_a_sure_question_of_its_own_asks_anew() -> None:
    assert continued("doctor in Haar", intent=Intent.FIND_HEALTH, confidence=0.9) is None
    query = continued("German B1", intent=Intent.FIND_GERMAN_COURSE, confidence=0.9)
    assert query is not None
    assert (query.text, query.level, query.place) == ("German B1", "B1", "Garching")
    for text in ("German course B1 in Haar", "placement test in Haar"):
        assert continued(text, intent=Intent.FIND_GERMAN_COURSE, confidence=0.9) is None, text


@pytest.mark.parametrize(
    "text", ["Kurs B1", "A1 Kurs Ottobrunn", "Kurs in Haar", "integrationskurs mit Kinderbetreuung bitte"]
)
def test_a_course_after_another_subject_is_a_question_of_its_own(text: str) -> None:
    last = {"topic": "health", "text": "", "place": "Garching"}
    assert continued(text, "de", Intent.FIND_GERMAN_COURSE, confidence=0.9, last=last) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("ich habe jetzt B1", Intent.MILESTONE_DONE), ("kann nur vormittags", Intent.CANCEL_APPOINTMENT)],
)
def test_what_is_surely_said_of_ones_own_goals_narrows_nothing(text: str, intent: Intent) -> None:
    assert continued(text, "de", intent, confidence=0.9) is None
    assert continued(text, "de", intent, confidence=0.4) is not None


def test_a_search_whose_words_are_gone_is_not_gone_on_with() -> None:
    last = {"topic": None, "text": "", "place": None, "lost": True}
    assert continued("in Haar", last=last) is None


def test_a_place_in_a_kindergarten_is_no_care_beside_a_school() -> None:
    last = {"topic": "school", "text": "", "place": "Haar"}
    assert continued("with childcare", intent=Intent.FIND_SCHOOL, last=last) is None
    assert continued("for children", intent=Intent.FIND_SCHOOL, last=last) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_names_childcare_and_a_place_looks_for_it_unless_the_words_go_on_with_a_search(
    language: str,
) -> None:
    alone, beside = CARE[language]
    for text in alone:
        assert followup.asks_for_care(understood(text, language), text, {language}), text
    for text in (*beside, NARROWING[language][-1]):
        assert not followup.asks_for_care(understood(text, language), text, {language}), text
        query = continued(text, language)
        assert query is not None, text
        assert query.childcare, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_of_offer_is_called_by_words_that_add_nothing(language: str) -> None:
    """Its name is a wish of its own, and so is every word for what is found only when it is asked for."""
    last = {"topic": "health", "text": ""}
    for kind in kinds.load():
        delicate = (entry.rstrip("*") for entry in listed(f"ask.only.{kind}", (language,)))
        for name in (words(language).plain(f"kind.{kind}"), *delicate):
            assert continued(f"{name} Haar", language, last=last) is None, (kind, name)
