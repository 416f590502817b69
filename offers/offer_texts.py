"""What the offers say, word by word, and what a word of a question finds in it; which offer answers best is the search's business."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from offers.matches import Matches
from offers.postings import Postings
from offers.search_texts import body, kind_texts, named, never_asked, stop_words
from offers.shelves import Scope
from offers.types import Kind, Offer
from offers.vocabulary import Vocabulary
from offers.words import Names


@dataclass(frozen=True)
class Found:
    """The offers that a word finds: `strong` in what names them, `weak` in what is said about them."""

    strong: Matches
    weak: Matches

    def __bool__(self) -> bool:
        return bool(self.strong or self.weak)


class OfferTexts:
    """The texts of all offers; the kinds' names are kept once for all offers of a kind."""

    def __init__(
        self,
        shelves: Iterable[tuple[int, str]],
        kinds: Mapping[str, Kind],
        kind_names: Mapping[str, Sequence[str]],
    ) -> None:
        """`shelves` are numbers of shelves with the kind of offer on each; `kind_names` is what kinds are called in every language."""
        stop = never_asked()
        self._vocabulary = Vocabulary(stop_words())
        self._strong = Postings(self._vocabulary, stop)
        self._weak = Postings(self._vocabulary, stop)
        self._called = {kind.id: (*kind_names.get(kind.id, ()), *kind.words) for kind in kinds.values()}
        self._of_kinds: set[str] = set()
        for shelf, kind in shelves:
            texts = self._strong.words(kind_texts(kind_names.get(kind, ()), kinds.get(kind)))
            self._of_kinds.update(texts)
            self._strong.shelve(shelf, texts)
        self._names: Names | None = None
        self._learn(self._of_kinds)
        self.add({})

    def add(self, offers: Mapping[int, Offer]) -> None:
        """Take in what these offers say, by their numbers; many at once are quicker in their order."""
        read = {
            number: (self._strong.words(named(offer)), self._weak.words(body(offer)))
            for number, offer in offers.items()
        }
        self._learn({word for pair in read.values() for words in pair for word in words})
        for number, (strong, weak) in read.items():
            self._strong.add(number, strong)
            self._weak.add(number, weak)
        if self._names is None:
            self._names = Names(self._called, self._vocabulary, self._strong.has, stop_words())

    def remove(self, number: int, offer: Offer) -> None:
        """Forget what an offer said; its words stay known."""
        self._strong.remove(number, self._strong.words(named(offer)))
        self._weak.remove(number, self._weak.words(body(offer)))

    def _learn(self, words: Iterable[str]) -> None:
        if not self._of_kinds.isdisjoint(self._vocabulary.learn(words)):
            self._names = None

    def find(self, word: str, scope: Scope) -> Found:
        """The offers of a scope in which a normalised word is found."""
        return Found(self._strong.lookup(word, scope), self._weak.lookup(word, scope))

    def named(self, word: str, scope: Scope) -> Matches:
        """The offers of a scope that a word names."""
        return self._strong.lookup(word, scope)

    def is_common(self, word: str, most: float) -> bool:
        """Whether a word surely names more offers than so many."""
        return self._strong.is_common(word, most)

    def kinds_named(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        """The kinds of offer that are named completely, each with those of the words that name it best."""
        return self._names.said(words) if self._names else {}
