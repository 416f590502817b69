"""An emergency is seen from the words alone, and hardly anything else is taken for one."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.emergency import EmergencyRule
from nlu.examples import Example, load_examples
from nlu.interpreter import Interpreter
from nlu.lexicon import Lexicon, compile_lexicon
from nlu.rows import read_rows
from nlu.types import Emergency, Intent
from nlu.understanding import Understander
from tests.language import all_lexicons, knowing

MISTYPED = {
    "emergency": {
        "together": [[["husband", "kitchen"], ["knife", "hits", "burning"]]],
    }
}
# The lines tell of more than word lists can name (ropes, ice, a red floor): what they do not see is the model's to find.
MOST_MISSED = 0.65
MOST_FALSE_ALARMS = 0.015
# In the first seconds of a process nothing tells that a story is calm.
MOST_FALSE_ALARMS_UNLEARNED = 0.03
# Of 44 and 24 lines of a language, told apart without the model.
MOST_MISSED_DANGER = 3
MOST_FALSE_ALARMS_BESIDE_IT = 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Mein Mann will mich umbringen", "violence"),
        ("ich will mich umbringen", "suicide"),
        ("they will kill my sister", "violence"),
        ("i want to kill myself", "suicide"),
        ("ils veulent me tuer", "violence"),
        ("je veux me tuer", "suicide"),
        ("меня хотят убить", "violence"),
        ("я хочу убить себя", "suicide"),
        ("kocam beni öldürecek", "violence"),
        ("kendimi öldürmek istiyorum", "suicide"),
        ("جوزي رح يقتلني", "violence"),
        ("بدي اقتل حالي", "suicide"),
    ],
)
def test_who_is_to_be_killed_by_another_needs_the_police_first(text: str, kind: str) -> None:
    found = EmergencyRule(all_lexicons()).detect(text)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("I want to kill myself", "en", "suicide"),
        ("My HUSBAND has a knife!!!", "en", "violence"),
        ("the kitchen is burning", "en", "fire"),
        ("my son doesn’t wake up", "en", "medical"),
        ("زوجي يَضربني", "ar", "other"),
        ("حريق في البيت", "ar", "fire"),
        ("bitte 112", "en", "other"),
    ],
)
def test_seen(lexicons: dict[str, Lexicon], text: str, language: str, kind: str) -> None:
    rule = EmergencyRule(lexicons, surely_in=lambda _text: language)
    assert rule.detect(text) == Emergency(language, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "my husband works",
        "a knife for the kitchen",
        "a film where a man has a knife",
        "تدريب على حريق",
        "\ud800\x00",
    ],
)
def test_not_seen(lexicons: dict[str, Lexicon], text: str) -> None:
    assert EmergencyRule(lexicons).detect(text) is None


def test_an_excuse_in_one_language_does_not_silence_another(lexicons: dict[str, Lexicon]) -> None:
    assert EmergencyRule(lexicons).detect("film حريق") == Emergency("ar", "fire")


def test_a_word_of_all_languages_is_excused_in_all(lexicons: dict[str, Lexicon]) -> None:
    assert EmergencyRule(lexicons).detect("teach us when to call 112") is None
    assert EmergencyRule(lexicons).detect("teach us when to call 112, my 112 is busy") is not None


def test_the_language_of_the_message_decides_between_several(lexicons: dict[str, Lexicon]) -> None:
    both = {"xx": lexicons["en"], "en": lexicons["en"]}
    for language in ("xx", "en"):
        rule = EmergencyRule(both, surely_in=lambda _text, found=language: found)  # type: ignore[misc]
        assert rule.detect("kill myself") == Emergency(language, "suicide")


@pytest.mark.parametrize(("surely", "answered"), [("en", "en"), ("fr", "fr"), (None, "fr"), ("xx", "fr")])
def test_a_word_of_another_language_is_answered_in_that_of_the_rest(
    surely: str | None, answered: str
) -> None:
    lexicons = {
        "en": compile_lexicon("en", {}),
        "fr": compile_lexicon("fr", {"emergency": {"phrases": ["ambulance"]}}),
    }
    found = EmergencyRule(lexicons, surely_in=lambda _text: surely).detect("please an ambulance to the lake")
    assert found == Emergency(answered, "other")


@pytest.mark.parametrize(
    "text", ["my husbnad has a knief", "my hubsand hits everybody", "kitchen burnnig now"]
)
def test_seen_though_mistyped(text: str) -> None:
    rule = EmergencyRule({"en": compile_lexicon("en", MISTYPED)})
    assert rule.detect(text) is not None


def test_a_word_of_calm_messages_is_no_slip(lexicons: dict[str, Lexicon]) -> None:
    rule = EmergencyRule(lexicons)
    assert rule.detect("kitchem fire") is not None
    rule.learn([Example("en", Intent.GREET, "kitchem", ())])
    assert rule.detect("kitchem fire") is None


def test_one_mistyped_word_alone_is_no_alarm() -> None:
    assert (
        EmergencyRule({"en": compile_lexicon("en", {"emergency": {"phrases": ["murder"]}})}).detect("murdor")
        is None
    )


def test_an_excuse_does_not_silence_the_whole_story(lexicons: dict[str, Lexicon]) -> None:
    rule = EmergencyRule(lexicons)
    assert rule.detect("like in a film I will kill myself") is None
    assert rule.detect("like in a film, she doesn't wake up, I will kill myself") is not None


def test_a_story_that_is_else_unlike_danger_is_left_to_the_model(lexicons: dict[str, Lexicon]) -> None:
    text = "I want to learn how the ambulance works, bitte 112 course"
    chances = {text: 0.009}
    rule = EmergencyRule(lexicons, lambda said, _language: chances.get(said, 0.0))
    assert EmergencyRule(lexicons).detect(text) is not None
    assert rule.detect(text) is None
    chances[text] = 0.02
    assert rule.detect(text) is not None
    # A few words leave no room for doubt.
    assert rule.detect("bitte 112 bitte bitte bitte") is not None


def test_before_anything_is_learned_every_phrase_counts(lexicons: dict[str, Lexicon]) -> None:
    understander = Understander(None, lexicons)
    text = "bitte 112 and many other words that nobody has ever read"
    assert understander.danger(text, "en") == 1.0
    assert EmergencyRule(lexicons, understander.danger).detect(text) is not None


def test_without_any_lexicon_nothing_is_seen() -> None:
    assert EmergencyRule({}).detect("112") is None


def test_danger_at_either_end_of_a_long_text(lexicons: dict[str, Lexicon]) -> None:
    rule = EmergencyRule(lexicons)
    for text in (
        "kill myself " + "x " * 100_000,
        "x" * 1_000_000 + " kill myself",
        "man " * 50_000 + "knife",
    ):
        assert rule.detect(text) is not None


@given(st.text(alphabet="man knife hits'\u200c حريق\ud800*"))
def test_any_text_is_read(text: str) -> None:
    rule = EmergencyRule({})
    assert rule.detect(text) is None


def _by_language(examples: list[Example]) -> Mapping[str, list[Example]]:
    found: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        found[example.language].append(example)
    return found


def _weakness(rule: EmergencyRule, language: str, examples: list[Example], most_false: float) -> str | None:
    danger = [e.text for e in examples if e.intent is Intent.EMERGENCY]
    # Every fifth says as much as all, which take minutes.
    calm = [e.text for e in examples if e.intent is not Intent.EMERGENCY][::5]
    missed = [text for text in danger if rule.detect(text) is None]
    false = [text for text in calm if rule.detect(text) is not None]
    if len(missed) > MOST_MISSED * len(danger) or len(false) > most_false * len(calm):
        return f"{language}: missed {missed}, false alarms {false}"
    return None


@pytest.mark.parametrize("learned", [False, True])
def test_the_languages_rules_see_many_and_little_else(learned: bool) -> None:
    found = knowing() if learned else Interpreter.build(None, all_lexicons())
    rule = found.emergency
    by_language = {
        language: lines
        for language, lines in _by_language(load_examples()).items()
        if language in all_lexicons()
    }
    most_false = MOST_FALSE_ALARMS if learned else MOST_FALSE_ALARMS_UNLEARNED
    weak = [_weakness(rule, language, lines, most_false) for language, lines in by_language.items()]
    assert by_language
    assert not any(weak), "\n".join(filter(None, weak))


def test_danger_is_told_from_what_only_sounds_like_it() -> None:
    found = knowing()
    rows_by_language = read_rows(Path(__file__).parent / "danger")
    assert set(rows_by_language) == set(all_lexicons())
    for language, rows in rows_by_language.items():
        seen = {row.text for row in rows if found.emergency.detect(row.text) is not None}
        missed = [row.text for row in rows if row.intent is Intent.EMERGENCY and row.text not in seen]
        false = [row.text for row in rows if row.intent is not Intent.EMERGENCY and row.text in seen]
        assert len(missed) <= MOST_MISSED_DANGER, f"{language}: missed {missed}"
        assert len(false) <= MOST_FALSE_ALARMS_BESIDE_IT, f"{language}: false alarms {false}"
