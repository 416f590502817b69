"""Danger now, told from the words alone: needs no model and no database; what the person is told is the bot's business."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from i18n.text import normalise
from nlu.examples import Example
from nlu.lexicon import Lexicon
from nlu.phrases import Forms, Match, PhraseIndex, spellings, text_forms
from nlu.spelling import Spelling
from nlu.types import Emergency, EmergencyKind, Intent

MAX_TEXT = 4_096  # Telegram's longest message
MAX_GUESSED = 200  # words whose spelling is doubted
# A shorter word that may have been mistyped says nothing without others beside it.
GUESSED_ALONE_LETTERS = 8
# A story of so many words that hold a phrase of danger, but are else as unlike danger as this, is left to the model
# (docs/decisions/0002): of unseen real dangers one in 400, of unseen false alarms a third to a half.
STORY_WORDS = 6
SURELY_CALM = 0.01
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
    # phrases that are enough alone and share no word
    separate: int = 0
    read_to: int = 0

    def add(self, match: Match[_Clue]) -> None:
        clue = match.value
        parts = self.parts.setdefault(clue.rule, set())
        parts.add(clue.part)
        self.letters += match.letters
        if len(parts) == clue.parts:
            self.complete.add(clue.rule)
        if clue.parts == 1 and match.start >= self.read_to:
            self.separate += 1
            self.read_to = match.end


class EmergencyRule:
    """All languages' rules on every message: people in danger write in the language that comes first."""

    def __init__(
        self,
        lexicons: Mapping[str, Lexicon],
        danger: Callable[[str, str], float] | None = None,
        surely_in: Callable[[str], str | None] | None = None,
    ) -> None:
        """`danger` says how likely a message in a language tells of danger by all of its words, `surely_in` which language that is."""
        self._lexicons = dict(lexicons)
        self._danger = danger
        self._surely_in = surely_in or (lambda _text: None)
        self._clues: PhraseIndex[_Clue] = PhraseIndex()
        self._unless: PhraseIndex[str] = PhraseIndex()
        self._violence: PhraseIndex[str] = PhraseIndex()
        self._spelling = Spelling()
        for language, lexicon in self._lexicons.items():
            self._add(language, lexicon)

    def _add(self, language: str, lexicon: Lexicon) -> None:
        rules = lexicon.emergency
        every: Iterable[tuple[tuple[str, ...], ...]] = ((rules.phrases,), *rules.together)
        for number, rule in enumerate(every):
            for part, phrases in enumerate(rule):
                for phrase in phrases:
                    self._clues.add(phrase, _Clue(language, number, part, len(rule)))
                    self._spelling.add(spellings(phrase))
        for phrase in rules.unless:
            self._unless.add(phrase, language)
        for phrase in rules.violence:
            self._violence.add(phrase, language)

    def detect(self, text: str) -> Emergency | None:
        """The emergency a message tells of, if any, and its language.

        The language that a message surely is in decides between several that have words for it: an ambulance is one in many.
        A danger told in the words of another language alone is answered in the one the rest is in.
        """
        words = normalise(_capped(text)).split()
        forms = text_forms(words)
        seen = self._seen(forms)
        # Fear mistypes. One word alone may be any other word mistyped.
        if not seen and len(words) > 1:
            forms = [
                (*form, *self._spelling.near(word))
                for word, form in zip(words[:MAX_GUESSED], forms, strict=False)
            ]
            seen = self._seen(forms, guessed=True)
        if not seen:
            return None
        spoken = self._surely_in(_capped(text))
        best = max(sorted(seen), key=lambda code: (code == spoken, seen[code].letters))
        if spoken not in self._lexicons:
            spoken = best
        if len(words) >= STORY_WORDS and self._danger and self._danger(_capped(text), spoken) < SURELY_CALM:
            return None
        return Emergency(spoken, self._kind(forms, best))

    def learn(self, examples: Iterable[Example]) -> None:
        """Words of calm examples are no slips of words of danger; works without, with a few more false alarms."""
        calm = (example.text for example in examples if example.intent is not Intent.EMERGENCY)
        self._spelling.allow(word for text in calm for word in normalise(text).split())

    @property
    def calm(self) -> tuple[str, ...]:
        """What `learn` learned."""
        return tuple(sorted(self._spelling.allowed))

    def take(self, calm: Iterable[str]) -> None:
        """What another one learned, instead of learning it."""
        self._spelling.allow(calm)

    def _seen(self, forms: Forms, *, guessed: bool = False) -> dict[str, _Found]:
        excuses = list(self._unless.find(forms))
        found = self._matching(forms, excuses, guessed=guessed)
        excused = {match.value for match in excuses}
        # A smoke detector excuses one word of fire, not the story of one.
        return {code: seen for code, seen in found.items() if code not in excused or seen.separate > 1}

    def _matching(self, forms: Forms, excuses: Sequence[Match[str]], *, guessed: bool) -> dict[str, _Found]:
        found: dict[str, _Found] = {}
        for match in self._clues.find(forms):
            # 112, ambulance, infarct are words of many languages: what excuses them in one means all.
            if any(excuse.start <= match.start and match.end <= excuse.end for excuse in excuses):
                continue
            alone = match.value.parts == 1 and match.end - match.start == 1
            if guessed and alone and match.letters < GUESSED_ALONE_LETTERS:
                continue
            found.setdefault(match.value.language, _Found()).add(match)
        return {language: seen for language, seen in found.items() if seen.complete}

    def _kind(self, forms: Forms, language: str) -> EmergencyKind:
        if any(match.value == language for match in self._violence.find(forms)):
            return "violence"
        concepts = {match.value for match in self._lexicons[language].concepts.find(forms)}
        return next((kind for kind, words in _KIND_CONCEPTS if concepts & words), "other")


def _capped(text: str) -> str:
    """Longer than any message: both ends, where the danger is named."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT // 2]} {text[-MAX_TEXT // 2 :]}"
