"""What listens to a message, put together once for every process: meaning, danger and language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from nlu.emergency import EmergencyRule
from nlu.examples import Example
from nlu.language import LanguageGuesser
from nlu.learned import Learned
from nlu.lexicon import Lexicon
from nlu.understanding import Model, Understander


@dataclass(frozen=True)
class Interpreter:
    """The three parts; each works before `learn` has run, though less well."""

    understander: Understander
    emergency: EmergencyRule
    guesser: LanguageGuesser

    @classmethod
    def build(cls, model: Model | None, lexicons: Mapping[str, Lexicon]) -> Self:
        """`model` None is keyword mode."""
        understander, guesser = Understander(model, lexicons), LanguageGuesser()
        return cls(understander, EmergencyRule(lexicons, understander.danger, guesser.surely), guesser)

    def learn(self, examples: Iterable[Example], sentences: Iterable[tuple[str, str]] = ()) -> None:
        """From the training lines and further `sentences`, (language, text): half a minute of work. The bot lets another process do it (lotse/learning.py).

        What takes longest comes last: the first messages are in need of the others.
        """
        examples = list(examples)
        self.emergency.learn(examples)
        self.guesser.learn(examples, sentences)
        self.understander.learn(examples)

    @property
    def learned(self) -> Learned:
        """What `learn` learned."""
        return Learned(self.emergency.calm, self.guesser.learned, self.understander.learned)

    def take(self, learned: Learned) -> None:
        """What another one with the same word lists learned, instead of learning it: a fifth of a second. Raises LearnedError."""
        self.emergency.take(learned.calm)
        self.guesser.take(learned.languages)
        self.understander.take(learned.evidence)
