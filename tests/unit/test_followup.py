"""Which short messages go on with the last search, and which ask for something of their own."""

import pytest

from bot import followup
from i18n.languages import LANGUAGES
from i18n.messages import words
from nlu.types import Entity, Intent, Understanding

LAST = {"topic": "german_course", "text": "German course", "place": "Garching"}


def understood(intent: Intent, confidence: float, *entities: str) -> Understanding:
    named = tuple(Entity(name, "B1" if name == "level" else "Haar", 0, 1) for name in entities)
    return Understanding(intent, confidence, (), named, "model")


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


@pytest.mark.parametrize("intent", [Intent.OUT_OF_SCOPE, Intent.FIND_LEISURE, Intent.FIND_GERMAN_COURSE])
def test_a_place_alone_moves_the_search(intent: Intent) -> None:
    assert followup.continues(understood(intent, 0.3, "place"), "and in Haar?", LAST)


@pytest.mark.parametrize(
    ("intent", "text", "entity"),
    [
        (Intent.EMERGENCY, "Brand in Haar", "place"),
        (Intent.EMERGENCY, "пожар в Хааре", "place"),
        (Intent.MILESTONE_DONE, "B1 Prüfung bestanden", "level"),
        (Intent.MILESTONE_DONE, "j'ai réussi le B1", "level"),
        (Intent.SHOW_APPOINTMENTS, "my appointment in Haar", "place"),
        (Intent.CANCEL_APPOINTMENT, "Termin Haar absagen", "place"),
        (Intent.CONTACT_COORDINATOR, "Beraterin in Haar sprechen", "place"),
    ],
)
@pytest.mark.parametrize("confidence", [0.3, 0.9])
def test_whoever_wants_something_else_gets_it(
    intent: Intent, text: str, entity: str, confidence: float
) -> None:
    assert not followup.continues(understood(intent, confidence, entity), text, LAST)


def test_a_sure_question_of_its_own_asks_anew() -> None:
    assert not followup.continues(understood(Intent.FIND_HEALTH, 0.9, "place"), "doctor in Haar", LAST)
    assert followup.continues(understood(Intent.FIND_GERMAN_COURSE, 0.9, "level"), "German B1", LAST)
    assert not followup.continues(understood(Intent.OUT_OF_SCOPE, 0.0), "what about it?", LAST)
