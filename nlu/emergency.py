"""Danger now, told from the words alone: needs no model and no database; what the person is told is the bot's business."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from i18n.text import normalise
from nlu.lexicon import Lexicon
from nlu.phrases import Forms, PhraseIndex, text_forms
from nlu.types import Emergency, EmergencyKind

MAX_TEXT = 4_096  # Telegram's longest message
# The first kind that has a word in the message names it.
_KIND_CONCEPTS: tuple[tuple[EmergencyKind, frozenset[str]], ...] = (
    ("suicide", frozenset({"suicide"})),
    ("fire", frozenset({"fire", "smoke"})),
    ("medical", frozenset({"unconscious", "breathe"})),
    ("violence", frozenset({"violence", "hit", "knife", "threat"})),
    (
        "medical",
        frozenset({"blood", "ambulance", "pain", "pregnant", "medicine", "doctor", "hospital", "die"}),
    ),
    ("violence", frozenset({"police", "danger"})),
)


@dataclass(frozen=True, slots=True)
class _Clue:
    """Part `part` of rule `rule`; a rule with one part is a phrase that is enough alone."""

    language: str
    rule: int
    part: int
    parts: int


@dataclass(slots=True)
class _Found:
    """What one language's rules saw in a message."""

    parts: dict[int, set[int]] = field(default_factory=dict)
    complete: set[int] = field(default_factory=set)
    letters: int = 0


class EmergencyRule:
    """All languages' rules on every message: people in danger write in the language that comes first."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._lexicons = dict(lexicons)
        self._clues: PhraseIndex[_Clue] = PhraseIndex()
        self._unless: PhraseIndex[str] = PhraseIndex()
        for language, lexicon in self._lexicons.items():
            self._add(language, lexicon)

    def _add(self, language: str, lexicon: Lexicon) -> None:
        rules = lexicon.emergency
        every: Iterable[tuple[tuple[str, ...], ...]] = ((rules.phrases,), *rules.together)
        for number, rule in enumerate(every):
            for part, phrases in enumerate(rule):
                for phrase in phrases:
                    self._clues.add(phrase, _Clue(language, number, part, len(rule)))
        for phrase in rules.unless:
            self._unless.add(phrase, language)

    def detect(self, text: str, language: str | None = None) -> Emergency | None:
        """The emergency a message tells of, if any; `language` decides between languages that both have words for it."""
        forms = text_forms(normalise(_capped(text)).split())
        found = self._matching(forms)
        if not found:
            return None
        excused = {match.value for match in self._unless.find(forms)}
        certain = {code: seen for code, seen in found.items() if code not in excused}
        if not certain:
            return None
        best = max(sorted(certain), key=lambda code: (certain[code].letters, code == language))
        return Emergency(best, self._kind(forms, best))

    def _matching(self, forms: Forms) -> dict[str, _Found]:
        found: dict[str, _Found] = {}
        for match in self._clues.find(forms):
            clue = match.value
            seen = found.setdefault(clue.language, _Found())
            parts = seen.parts.setdefault(clue.rule, set())
            parts.add(clue.part)
            seen.letters += match.letters
            if len(parts) == clue.parts:
                seen.complete.add(clue.rule)
        return {language: seen for language, seen in found.items() if seen.complete}

    def _kind(self, forms: Forms, language: str) -> EmergencyKind:
        concepts = {match.value for match in self._lexicons[language].concepts.find(forms)}
        return next((kind for kind, words in _KIND_CONCEPTS if concepts & words), "other")


def _capped(text: str) -> str:
    """Longer than any message: both ends, where the danger is named."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT // 2]} {text[-MAX_TEXT // 2 :]}"
