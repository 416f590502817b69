"""Every message whose id is put together from data of the catalogue exists, in German and English, and fits where it is shown."""

import ast
import re
from pathlib import Path

import pytest

from i18n.languages import FALLBACK, SOURCE
from i18n.messages import words
from offers import kinds
from offers.types import (
    AUDIENCES,
    BARRIER_FREE,
    BRING,
    CHILDCARE,
    COSTS,
    DAYTIMES,
    FIELDS_OF_ACTION,
    FILTERS,
    LEVELS,
    REGISTRATION,
    RESIDENCE,
    ReportReason,
    Topic,
)
from tests.catalogue import sample

PROJECT = Path(__file__).parent.parent.parent
DERIVED = {
    "kind": tuple(kinds.load()),
    "topic": tuple(topic.value for topic in Topic),
    "level": LEVELS,
    "audience": AUDIENCES,
    "childcare": CHILDCARE,
    "cost": COSTS,
    "residence": RESIDENCE,
    "registration": REGISTRATION,
    "bring": BRING,
    "field": FIELDS_OF_ACTION,
    "daytime": DAYTIMES,
    "barrier": tuple(known for known in BARRIER_FREE if known != "unknown"),
    "near": ("same", "neighbour", "line", "far"),
    "miss": FILTERS,
    "report": tuple(reason.value for reason in ReportReason),
}
ALWAYS = {
    "kind",
    "topic",
    "audience",
    "childcare",
    "cost",
    "residence",
    "registration",
    "bring",
    "near",
    "miss",
}
_SHOWN_NEAR = ("neighbour", "line")
MENU_BUTTON = 16
CARD_LINE = 34


def import_keys() -> set[str]:
    """Every id of an import message that the code of this folder names."""
    return {text for text in literals("offers") if re.fullmatch(r"import\.[a-z_]+", text)}


def literals(folder: str) -> set[str]:
    """Every string in the code of a folder."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (PROJECT / folder).rglob("*.py"))
    named = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in named if isinstance(text, str)}


def derived_keys() -> list[str]:
    """What the edge puts together of a family's name and a code: `"cost." + offer.cost`."""
    said = literals("bot") | literals("offers")
    families = [name for name in DERIVED if f"{name}." in said]
    return [
        f"{name}.{code}"
        for name in families
        for code in DERIVED[name]
        if name != "near" or code in _SHOWN_NEAR
    ]


KEYS = derived_keys()


@pytest.mark.parametrize("language", [SOURCE, FALLBACK])
@pytest.mark.parametrize("key", KEYS)
def test_what_is_coded_has_a_name(key: str, language: str) -> None:
    assert words(language).has(key)
    assert words(language).plain(key).strip()


@pytest.mark.parametrize("key", sorted(import_keys()))
def test_every_import_error_is_a_sentence(key: str) -> None:
    names = "value limit low high names allowed topic other file row name cells place"
    slots = dict.fromkeys(names.split(), "5")
    for language in (SOURCE, FALLBACK):
        assert words(language).plain(key, **slots).endswith((".", "https://"))


def test_the_ids_were_found_in_the_code() -> None:
    assert len(import_keys()) > 30
    assert {key.partition(".")[0] for key in KEYS} >= ALWAYS


@pytest.mark.parametrize("language", [SOURCE, FALLBACK])
def test_names_fit_where_they_are_shown(language: str) -> None:
    spoken = words(language)
    for topic in Topic:
        assert len(spoken.plain(f"topic.{topic.value}")) <= MENU_BUTTON, topic
    for kind in kinds.load():
        assert len(spoken.plain(f"kind.{kind}")) <= CARD_LINE, kind


def test_no_offer_of_the_sample_has_a_code_without_a_name() -> None:
    known = set(KEYS)
    families = {key.partition(".")[0] for key in known}
    for offer in sample():
        used = {
            f"kind.{offer.kind}", f"topic.{offer.topic}", f"field.{offer.field_of_action}", f"cost.{offer.cost}",
            f"childcare.{offer.childcare}", f"registration.{offer.registration}", f"barrier.{offer.barrier_free}",
            *(f"audience.{code}" for code in offer.audience), *(f"bring.{code}" for code in offer.bring),
            *(f"residence.{code}" for code in offer.residence_status),
            *(f"level.{code}" for code in (offer.level_min, offer.level_max) if code),
        }  # fmt: skip
        used -= {"barrier.unknown"}  # not said: nobody is helped by it
        assert {key for key in used if key.partition(".")[0] in families} <= known, offer.external_id


def test_kinds_and_their_words_belong_together() -> None:
    for kind in kinds.load().values():
        assert kind.names["de"]
        assert kind.names["en"]
        assert bool(kind.words) != (kind.unasked == "never"), kind.id
        said = " ".join(kind.words or kind.asked)
        assert re.search("[\u0600-\u06ff]", said), kind.id
        assert re.search("[\u0400-\u04ff]", said), kind.id
