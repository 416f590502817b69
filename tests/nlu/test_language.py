"""The language of a short message: known well enough to answer an emergency, and another one hardly ever offered wrongly."""

from pathlib import Path

import pytest

from i18n.catalogues import all_sentences
from nlu.errors import EvaluationError
from nlu.examples import Example, load_examples
from nlu.language import LanguageGuesser
from nlu.language_evaluation import evaluate_language, read_sentences
from tests.language import learned

MOST_FALSE_OFFERS = 0.01
MOST_BYTES = 834_000_000 / 50
"""A fiftieth of what heliport takes, the only library that knows all fifteen languages."""
MOST_WRONG = 0.1
"""Of messages with two words and more: one word alone, German ones above all, is written in every language."""


def _split() -> tuple[list[Example], list[Example]]:
    # A fifth is held out; four thousand of them say enough.
    examples = load_examples()
    return [e for i, e in enumerate(examples) if i % 5], examples[::25]


def test_before_it_has_learned_it_repeats_the_prior() -> None:
    guesser = LanguageGuesser()
    assert guesser.guess("hello my friend", "xx") == ("xx", 0.0)
    assert guesser.guess("hello") == (None, 0.0)
    assert guesser.offer("hello my dear friend", "xx") is None
    assert not guesser.is_ready


def test_on_sentences_it_has_not_seen() -> None:
    known, unseen = _split()
    guesser = LanguageGuesser()
    guesser.learn(known, all_sentences())
    languages = {example.language for example in known}
    spoken = [e for e in unseen if len(e.text.split()) > 1]
    wrong = [e.text for e in spoken if guesser.guess(e.text)[0] != e.language]
    false_offers = [e.text for e in unseen if guesser.offer(e.text, e.language)]
    long_ones = [e for e in unseen if len(e.text.split()) >= 5]
    offers = [
        guesser.offer(e.text, other) == e.language for e in long_ones for other in languages - {e.language}
    ]
    assert len(wrong) <= MOST_WRONG * len(spoken), wrong
    assert len(false_offers) <= MOST_FALSE_OFFERS * len(unseen), false_offers
    assert sum(offers) >= 0.5 * len(offers)


def test_strange_texts_do_no_harm() -> None:
    guesser = LanguageGuesser()
    guesser.take(learned().languages)
    for text in ("", "🔥", "\ud800", "123", "ሰላም", "x" * 100_000):
        language, confidence = guesser.guess(text, "xx")
        assert 0.0 <= confidence <= 1.0
        assert language
        assert guesser.offer(text, "xx") is None


def test_detection_is_measured_on_files_of_others(tmp_path: Path) -> None:
    rows = "index_id\tcategory\ttext\n1\tx\tWir suchen für unsere Tochter einen Platz im Kindergarten.\n"
    (tmp_path / "deu_Latn.test.tsv").write_text(rows, "utf-8")
    (tmp_path / "ukr_Cyrl.test.tsv").write_text(
        "text\nМи шукаємо для нашої доньки місце в дитячому садку.\n", "utf-8"
    )
    (tmp_path / "xho_Latn.test.tsv").write_text("text\nSifuna indawo yokufunda yomntwana wethu.\n", "utf-8")
    guesser = LanguageGuesser()
    guesser.take(learned().languages)
    scores = evaluate_language(guesser, read_sentences([tmp_path]))
    assert scores["de"].right["whole"] == scores["uk"].right["whole"] == 1.0
    assert scores["de"].offers == 1.0
    assert scores["de"].false_offers == 0.0
    assert scores["xho"].right == {"whole": 0.0, "six": 0.0, "three": 0.0}
    (tmp_path / "bad.tsv").write_text("a\tb\n", "utf-8")
    with pytest.raises(EvaluationError, match="no column 'text'"):
        read_sentences([tmp_path])


def test_the_weights_stay_small() -> None:
    guesser = LanguageGuesser()
    guesser.take(learned().languages)
    assert guesser.model_bytes <= MOST_BYTES
