"""Finds the guide page that answers a question and the passage to quote; knows nothing of offers, storage or chats."""

from __future__ import annotations

import math
import re
import textwrap
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from i18n.text import clitic_variants, fold_latin, normalise
from offers.guide_types import GuideHit, GuidePage
from offers.guide_words import asking_words

__all__ = ["PASSAGE_LIMIT", "WEIGHTS", "Candidate", "GuideIndex"]

PASSAGE_LIMIT = 400
_CANDIDATES = 40
_QUESTION_LIMIT = 300
_STEM = 5
_STRETCH = 4
"""Lines that are weighed together, beside the title; a stretch starts at every second line."""
_ASKING_WORTH = 0.35
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+")

# One for each feature in `Candidate.features`; docs/decisions/0004-guide-search.md says how they are fitted.
WEIGHTS = (3.1, 2.9, 0.5, 1.4, 1.2, 1.1, -0.7, 1.4, -10.9, 2.2)
CONFIDENT_COVERAGE = 0.55
CONFIDENT_MARGIN = 1.5


@dataclass(frozen=True)
class Candidate:
    """A page with what speaks for it; the language plays no part in any of the features."""

    number: int
    features: tuple[float, ...]


@lru_cache(maxsize=16384)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1))


def _stem(word: str) -> str:
    """The first letters, without what Arabic writes onto the front of a word."""
    return clitic_variants(word)[-1][:_STEM] if not word.isascii() else word[:_STEM]


def _words(text: str) -> list[str]:
    return [fold_latin(word) for word in normalise(text).split()]


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Whole lines; a line too long to quote falls into its sentences, and such a sentence into words."""
    for line in lines:
        text = line.strip()
        if len(text) <= PASSAGE_LIMIT:
            if text:
                yield text
            continue
        for sentence in _SENTENCE.split(text):
            yield from textwrap.wrap(sentence, PASSAGE_LIMIT)


def _within(stem: str) -> str:
    """How a stem is looked for in a line; a long one also inside of compounds."""
    return stem if len(stem) >= 4 else f" {stem}"


class _Postings:
    """BM25 weights by term, computed once when the index is built."""

    def __init__(self, documents: Sequence[Counter[str]], lengthwise: float = 0.7) -> None:
        lengths = [counts.total() for counts in documents]
        mean = sum(lengths) / max(1, len(lengths)) or 1.0
        # Arrays, for a guide of a thousand pages has millions of these.
        found: dict[str, tuple[array[int], array[float]]] = {}
        for number, counts in enumerate(documents):
            bend = 1.2 * (1 - lengthwise + lengthwise * lengths[number] / mean)
            for term, count in counts.items():
                numbers, values = found.setdefault(term, (array("I"), array("f")))
                numbers.append(number)
                values.append(count * 2.2 / (count + bend))
        self._found = found
        total = self.size = len(documents)
        self.idf = {
            term: math.log(1 + (total - len(at) + 0.5) / (len(at) + 0.5)) for term, (at, _) in found.items()
        }

    def scores(self, terms: Mapping[str, float]) -> dict[int, float]:
        """By document, each term with the share it counts."""
        result: dict[int, float] = defaultdict(float)
        for term, share in terms.items():
            if term in self._found:
                weight = share * self.idf[term]
                for number, value in zip(*self._found[term], strict=True):
                    result[number] += weight * value
        return result


class _Text:
    """One page as the search reads it."""

    def __init__(self, page: GuidePage) -> None:
        self.pieces = tuple(_pieces(page.lines))
        words = [_words(piece) for piece in self.pieces]
        self.padded = tuple(f" {' '.join(line)} " for line in words)
        self.title = f" {' '.join(_words(page.title))} "
        self.words = [word for line in words for word in line] + self.title.split()
        stems = [_stem(word) for word in self.words]
        self.stems = Counter(stems)
        self.pairs = frozenset(pairwise(stems))
        self.grams = Counter(gram for word in self.words for gram in _grams(word))

    def stretches(self) -> Iterator[Counter[str]]:
        """What stands close together, each time beside the title."""
        title = Counter(gram for word in self.title.split() for gram in _grams(word))
        lines = [[gram for word in line.split() for gram in _grams(word)] for line in self.padded]
        for start in range(0, len(lines), 2):
            yield title + Counter(gram for line in lines[start : start + _STRETCH] for gram in line)


class _Question:
    """A question's pieces with what each is worth among these pages; words of asking count less than the others."""

    def __init__(self, text: str, grams: _Postings, stems: _Postings, asking: frozenset[str]) -> None:
        words = _words(text[:_QUESTION_LIMIT])
        said = [word for word in words if word not in asking]
        self.grams = _weighed(words, said, _grams)
        self.stems = _weighed(words, said, lambda word: (_stem(word),))
        self.worth = {
            gram: share * grams.idf[gram] for gram, share in self.grams.items() if gram in grams.idf
        }
        self.stem_worth = {
            stem: share * stems.idf[stem] for stem, share in self.stems.items() if stem in stems.idf
        }
        self.pairs = frozenset(pairwise(map(_stem, words)))
        self.total = sum(self.worth.values()) or 1.0
        known = dict.fromkeys(stem for stem in map(_stem, said) if stem in stems.idf)
        self.neighbours = [
            (_within(one), _within(other), stems.idf[one] + stems.idf[other])
            for one, other in pairwise(known)
        ]
        unknown = sum(share for gram, share in self.grams.items() if gram not in grams.idf)
        self.known = self.total / (self.total + math.log(2 + 2 * grams.size) * unknown)


def _weighed(
    words: Iterable[str], said: Iterable[str], split: Callable[[str], Iterable[str]]
) -> dict[str, float]:
    shares = dict.fromkeys((part for word in words for part in split(word)), _ASKING_WORTH)
    return shares | dict.fromkeys((part for word in said for part in split(word)), 1.0)


class GuideIndex:
    """Pages of one language, in memory; build a new one when pages change."""

    def __init__(self, pages: Sequence[GuidePage]) -> None:
        self.pages = tuple(pages)
        self._texts = [_Text(page) for page in self.pages]
        self._grams = _Postings([text.grams for text in self._texts])
        self._stems = _Postings([text.stems for text in self._texts])
        stretches = [(n, grams) for n, text in enumerate(self._texts) for grams in text.stretches()]
        self._stretches = _Postings([grams for _, grams in stretches], 0.6)
        self._page_of = [number for number, _ in stretches]
        self._asking = asking_words(self.pages[0].language if self.pages else "")
        for text in self._texts:
            text.grams = Counter()

    def search(self, text: str, *, region: str | None = None, limit: int = 3) -> tuple[GuideHit, ...]:
        """The pages that answer best, each with the lines to quote."""
        question = self._question(text)
        ranked = sorted(
            ((_score(found), found.number) for found in self._candidates(question, region)),
            key=lambda pair: (-pair[0], pair[1]),
        )
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        hits = []
        for place, (score, number) in enumerate(ranked[:limit]):
            passage, coverage = _quotation(self._texts[number], question)
            sure = place == 0 and coverage >= CONFIDENT_COVERAGE and score - second >= CONFIDENT_MARGIN
            hits.append(GuideHit(self.pages[number], passage, score, sure))
        return tuple(hits)

    def candidates(self, text: str, *, region: str | None = None) -> list[Candidate]:
        """The pages worth a closer look, with their features; fitting the weights starts here."""
        return self._candidates(self._question(text), region)

    def _question(self, text: str) -> _Question:
        return _Question(text, self._grams, self._stems, self._asking)

    def _candidates(self, question: _Question, region: str | None) -> list[Candidate]:
        grams = self._grams.scores(question.grams)
        here = [n for n in grams if region is None or self.pages[n].region == region]
        if not here:
            return []
        stretches: dict[int, list[float]] = defaultdict(list)
        for stretch, score in self._stretches.scores(question.grams).items():
            stretches[self._page_of[stretch]].append(score)
        ratings = [
            _shares(scores, here)
            for scores in (
                grams,
                self._stems.scores(question.stems),
                {number: max(scores) for number, scores in stretches.items()},
                {number: sum(sorted(scores)[-3:]) for number, scores in stretches.items()},
            )
        ]
        first = {n: ratings[0][n] + 0.5 * ratings[1][n] + 0.5 * ratings[2][n] for n in here}
        best = sorted(here, key=lambda n: (-first[n], n))[:_CANDIDATES]
        return [self._candidate(n, question, tuple(rating[n] for rating in ratings)) for n in best]

    def _candidate(self, number: int, question: _Question, ratings: tuple[float, ...]) -> Candidate:
        text = self._texts[number]
        title = [gram for gram in question.worth if gram in text.title]
        known = sum(worth for stem, worth in question.stem_worth.items() if stem in text.stems)
        features = (
            *ratings,
            sum(question.worth[gram] for gram in title) / question.total,
            len(title) / max(1, len({gram for word in text.title.split() for gram in _grams(word)})),
            known / (sum(question.stem_worth.values()) or 1.0),
            len(question.pairs & text.pairs) / max(1, len(question.pairs)),
            math.log(1 + len(text.words)) / 10,
            _nearness((text.title, *text.padded), question.neighbours),
        )
        return Candidate(number, features)


def _score(found: Candidate) -> float:
    return sum(weight * value for weight, value in zip(WEIGHTS, found.features, strict=True))


def _shares(scores: Mapping[int, float], here: Iterable[int]) -> dict[int, float]:
    """Scores as shares of the best one among these pages."""
    found = {number: scores.get(number, 0.0) for number in here}
    most = max(found.values()) or 1.0
    return {number: score / most for number, score in found.items()}


def _nearness(lines: Sequence[str], neighbours: Sequence[tuple[str, str, float]]) -> float:
    """How close the words that follow one another in the question stand in a line, by what they are worth."""
    total = 0.0
    for one, other, worth in neighbours:
        gaps = [_gap(line, one, other) for line in lines if one in line and other in line]
        if gaps:
            total += worth * 3 / (2 + max(1, min(gaps)))
    return total / (sum(worth for _, _, worth in neighbours) or 1.0)


def _gap(line: str, one: str, other: str) -> int:
    """The fewest word ends between the two."""
    ones, others = _places(line, one), _places(line, other)
    return min(line.count(" ", min(a, b) + 1, max(a, b) + 1) for a in ones for b in others)


def _places(line: str, part: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(part), line)]


def _quotation(text: _Text, question: _Question) -> tuple[str, float]:
    """The consecutive lines within the limit that hold most of the question, with the share of it that they hold.

    Words that no page knows count in full.
    """
    pieces = text.pieces
    lines = [[gram for gram in question.worth if gram in padded] for padded in text.padded]
    best = (0, min(1, len(pieces)), 0.0)
    top = -1.0
    for start in range(len(pieces)):
        size, end = len(pieces[start]), start + 1
        while end < len(pieces) and size + 1 + len(pieces[end]) <= PASSAGE_LIMIT:
            size += 1 + len(pieces[end])
            end += 1
        held = {gram for line in lines[start:end] for gram in line}
        share = sum(question.worth[gram] for gram in held) / question.total
        # Of two windows that say as much of the question, the fuller one is more likely to hold the answer as well.
        value = share + 0.1 * size / PASSAGE_LIMIT
        if value > top:
            top, best = value, (start, end, share)
    start, end, share = best
    return "\n".join(pieces[start:end]), share * question.known
