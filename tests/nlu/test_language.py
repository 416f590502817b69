"""The language of a short message: known well enough to answer an emergency, and another one hardly ever offered wrongly."""

from nlu.examples import Example, load_examples
from nlu.language import LanguageGuesser

MOST_FALSE_OFFERS = 0.01
MOST_WRONG = 0.1
"""Of messages with two words and more: one word alone, German ones above all, is written in every language."""


def _split() -> tuple[list[Example], list[Example]]:
    examples = load_examples()
    return [e for i, e in enumerate(examples) if i % 5], examples[::5]


def test_before_it_has_learned_it_repeats_the_prior() -> None:
    guesser = LanguageGuesser()
    assert guesser.guess("hello my friend", "xx") == ("xx", 0.0)
    assert guesser.guess("hello") == (None, 0.0)
    assert guesser.offer("hello my dear friend", "xx") is None
    assert not guesser.is_ready


def test_on_sentences_it_has_not_seen() -> None:
    known, unseen = _split()
    guesser = LanguageGuesser()
    guesser.learn(known)
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
    guesser.learn(_split()[0])
    for text in ("", "🔥", "\ud800", "123", "ሰላም", "x" * 100_000):
        language, confidence = guesser.guess(text, "xx")
        assert 0.0 <= confidence <= 1.0
        assert language
        assert guesser.offer(text, "xx") is None
