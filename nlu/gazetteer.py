"""Finds entities by the languages' word lists, places also when misspelled; which of them to believe is decided in understanding.

The trained model has a gazetteer of its own (nlu/service/components/gazetteer.py), which proposes more, each with how it was recognised, for the model to judge.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from i18n.text import Token, fold_latin, tokens, word_forms
from nlu.lexicon import EntityValue, Lexicon
from nlu.phrases import Forms, Match, PhraseIndex, text_forms
from nlu.types import ENTITY_VALUES, Entity

# A word list of another language counts only with whole, long words: people mix German in, but short words mean something else.
FOREIGN_LETTERS = 5
# Haar has four; what one language writes as "har" means "every" in another.
FOREIGN_PLACE_LETTERS = 4
FUZZY_LETTERS = 7
FUZZY_LONG_LETTERS = 9
# English words one letter from Planegg and Sendling, and towns elsewhere whose names are like one of the district's.
_NO_PLACES = frozenset({"planned", "sending", "holzkirchen", "haimhausen", "unterhausen"})
_AND_WHAT_OF = "ከ"


class Gazetteer:
    """Looks up place, level, audience, childcare and daytime."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._lexicons = lexicons
        self._names: dict[str, str] = {}
        # All languages in one index, each phrase with the language that has it.
        self._entities: PhraseIndex[tuple[str, EntityValue]] = PhraseIndex()
        self._seeming: PhraseIndex[str] = PhraseIndex()
        for code, lexicon in lexicons.items():
            self._entities.take(lexicon.entities, partial(_of, code))
            self._seeming.take(lexicon.no_entities, partial(_language, code))
            for name, place in lexicon.place_names.items():
                if len(name) >= FUZZY_LETTERS and name.isalpha():
                    self._names.setdefault(fold_latin(name), place)
        self._name_list = list(self._names)

    def find(self, text: str, language: str) -> tuple[Entity, ...]:
        """The entities of a message, in the order they stand in it, each value once."""
        return self.read(text, language)[0]

    def read(self, text: str, language: str) -> tuple[tuple[Entity, ...], tuple[str, ...]]:
        """The entities as `find` has them, and the words beside them.

        Words that say for whom are among those: they may name a thing, as in a women's café.
        """
        words = tokens(text)
        forms = [_with_stem(form) for form in text_forms(word.text for word in words)]
        matches = _longest([*self._known(forms, language)])
        taken = {place for match in matches for place in range(match.start, match.end)}
        matches += [match for match in self._misspelled(words) if match.start not in taken]
        found: dict[EntityValue, Entity] = {}
        for match in sorted(matches, key=lambda match: match.start):
            entity, value = match.value
            found.setdefault(
                match.value, Entity(entity, value, words[match.start].start, words[match.end - 1].end)
            )
        spoken = (match for match in matches if match.value[0] != "audience")
        said = {place for match in spoken for place in range(match.start, match.end)}
        return tuple(found.values()), tuple(word.text for at, word in enumerate(words) if at not in said)

    def greets(self, text: str, start: int, end: int) -> bool:
        """Whether what stands there only looks like an entity to some language: a greeting names no time of day."""
        words = tokens(text)
        return any(
            words[match.start].start < end and start < words[match.end - 1].end
            for match in self._seeming.find(text_forms(word.text for word in words))
        )

    def resolve(self, entity: str, written: str | bool, language: str) -> str | bool | None:
        """The value a person's or model's spelling stands for, None when it stands for none."""
        if entity == "childcare":
            return True if written is True or str(written).lower() == "true" else None
        if written in ENTITY_VALUES.get(entity, ()):
            return written
        return next(
            (found.value for found in self.find(str(written), language) if found.entity == entity), None
        )

    def _known(self, forms: Forms, language: str) -> Iterator[Match[EntityValue]]:
        seeming: dict[str, set[int]] = {}
        for none in self._seeming.find(forms):
            seeming.setdefault(none.value, set()).update(range(none.start, none.end))
        own, all_ = seeming.get(language, set()), set().union(*seeming.values())
        for match in self._entities.find(forms):
            code, value = match.value
            known = Match(value, match.start, match.end, match.letters)
            near = code == language or match.letters >= _least_letters(known, forms)
            # Good evening names no time of day, in whatever language it is said; what is no place is so in one language alone.
            others = all_ if value[0] == "daytime" else own
            if near and others.isdisjoint(range(match.start, match.end)):
                yield known

    def _misspelled(self, words: Sequence[Token]) -> Iterator[Match[EntityValue]]:
        for position, word in enumerate(words):
            place = self._near(word.text)
            if place is not None:
                yield Match(("place", place), position, position + 1, len(word.text))

    def _near(self, word: str) -> str | None:
        for form in word_forms(word):
            if len(form) < FUZZY_LETTERS or not form.isalpha() or form in _NO_PLACES:
                continue
            slack = 2 if len(form) >= FUZZY_LONG_LETTERS else 1
            best = process.extractOne(
                form, self._name_list, scorer=DamerauLevenshtein.distance, score_cutoff=slack
            )
            if best is not None and (best[1] < 2 or best[0][0] == form[0]):
                return self._names[best[0]]
        return None


def _with_stem(forms: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a word, and what is left of it without the sign by which Tigrinya asks "and Haar?"."""
    return (*forms, *(form[:-1] for form in forms if form.endswith(_AND_WHAT_OF) and len(form) > 2))


def _of(language: str, value: EntityValue) -> tuple[str, EntityValue]:
    return language, value


def _language(code: str, _none: None) -> str:
    return code


def _least_letters(match: Match[EntityValue], forms: Forms) -> int:
    """How long a word of another language's list must be to count; a place in another script is no word of one's own."""
    if match.value[0] != "place":
        return FOREIGN_LETTERS
    return FOREIGN_PLACE_LETTERS if forms[match.start][0].isascii() else 1


def _longest(matches: list[Match[EntityValue]]) -> list[Match[EntityValue]]:
    """Of matches of one entity that share words, the longest; the children in "care for the children" are not the ones who come."""
    kept: list[Match[EntityValue]] = []
    for match in sorted(matches, key=lambda match: (match.start - match.end, -match.letters)):
        rivals = {match.value[0], "childcare"} if match.value[0] == "audience" else {match.value[0]}
        if not any(_overlap(match, other) for other in kept if other.value[0] in rivals):
            kept.append(match)
    return kept


def _overlap(one: Match[EntityValue], other: Match[EntityValue]) -> bool:
    return one.start < other.end and other.start < one.end


def merge(gazetteer: Iterable[Entity], model: Iterable[Entity]) -> tuple[Entity, ...]:
    """Both sides' entities, each value once; where they differ about the same words, the word list is right."""
    merged = list(gazetteer)
    for entity in model:
        same = [other for other in merged if other.entity == entity.entity]
        if not any(
            other.value == entity.value or (other.start < entity.end and entity.start < other.end)
            for other in same
        ):
            merged.append(entity)
    return tuple(sorted(merged, key=lambda entity: entity.start))
