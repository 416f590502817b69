"""Where a text may name a place, level, audience, childcare or daytime: known spellings, inflected, glued or slightly misspelled."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, NamedTuple, Sequence, Set, Tuple

from i18n.text import Token, tokens, word_forms
from nlu.service.components.phrases import PhraseIndex, pattern_of

FUZZY_FROM = 5
FUZZY_TWICE_FROM = 10
MAX_SUFFIX = 3
SUFFIX_FROM = 5

EXACT, CUT, ENDING, FUZZY = "exact", "cut", "ending", "fuzzy"


class Candidate(NamedTuple):
    """Tokens `first` up to `end` may mean `value`; `surface` is the known spelling it was recognised by."""

    entity: str
    value: str
    first: int
    end: int
    kind: str
    surface: str


def _shortened(word: str, letters: int) -> Set[str]:
    found = {word}
    level = {word}
    for _ in range(letters):
        level = {one[:i] + one[i + 1 :] for one in level for i in range(len(one))}
        found |= level
    return found


def slips_allowed(word: str) -> int:
    """How many letters may be wrong in a word of this length."""
    return 0 if len(word) < FUZZY_FROM else 1 if len(word) < FUZZY_TWICE_FROM else 2


def within(one: str, two: str, limit: int) -> bool:
    """Whether at most `limit` letters were added, dropped, changed or swapped with their neighbour."""
    if abs(len(one) - len(two)) > limit:
        return False
    before: List[int] = []
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, 1):
        current = [i]
        for j, right in enumerate(two, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return False
        before, row = row, current
    return row[-1] <= limit


class Gazetteer:
    """All known spellings of all languages together."""

    def __init__(self, entries: Iterable[Tuple[str, str, str]]) -> None:
        """`entries` are (entity, value, spelling); a spelling may end in `*`."""
        self._phrases: PhraseIndex[Tuple[str, str, str]] = PhraseIndex()
        self._places: Dict[str, str] = {}
        self._slips: Dict[str, List[str]] = {}
        for entity, value, entry in entries:
            pattern = pattern_of(entry)
            surface = " ".join(word + "*" * stem for word, stem in pattern)
            self._phrases.add(pattern, (entity, value, surface))
            if entity == "place" and len(pattern) == 1:
                self._places.setdefault(pattern[0][0], value)
        self._longest = max(map(len, self._places), default=0)
        for name in self._places:
            for short in _shortened(name, slips_allowed(name)) if slips_allowed(name) else ():
                self._slips.setdefault(short, []).append(name)

    def find(self, words: Sequence[Token]) -> List[Candidate]:
        """All candidates, overlapping ones as well."""
        found = []
        taken: Set[int] = set()
        for hit in self._phrases.find(words):
            entity, value, surface = hit.payload
            found.append(Candidate(entity, value, hit.first, hit.end, EXACT if hit.whole else CUT, surface))
            taken.update(range(hit.first, hit.end))
        for position, token in enumerate(words):
            if position not in taken:
                found.extend(self._misspelled(token.text, position))
        return found

    def _misspelled(self, word: str, position: int) -> Iterator[Candidate]:
        seen: Set[str] = set()
        for form in word_forms(word):
            if len(form) > self._longest + MAX_SUFFIX:
                continue  # the letters that could be wrong multiply with the length
            for ending in range(1, MAX_SUFFIX + 1):
                name = form[:-ending]
                if len(name) >= SUFFIX_FROM and name in self._places:
                    yield Candidate("place", self._places[name], position, position + 1, ENDING, name)
                    return
            limit = slips_allowed(form)
            for short in _shortened(form, limit) if limit else ():
                for name in self._slips.get(short, ()):
                    # Many spellings of one place are no rivals: the first that is near enough stands for all.
                    place = self._places[name]
                    if place not in seen and within(form, name, limit):
                        seen.add(place)
                        yield Candidate("place", place, position, position + 1, FUZZY, name)


def candidates(
    entries: Sequence[Tuple[str, str, str]], texts: Sequence[str]
) -> List[Tuple[List[Token], List[Candidate]]]:
    """The words of each text and what they may mean."""
    gazetteer = Gazetteer(entries)
    return [(words, gazetteer.find(words)) for words in map(tokens, texts)]
