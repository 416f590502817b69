"""What listens to a message, put together once for every process: meaning, danger and language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from nlu.emergency import EmergencyRule
from nlu.examples import Example
from nlu.language import LanguageGuesser
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
        """From the training lines and further `sentences`, (language, text): some fifteen seconds of work, for a thread at the start.

        What takes longest comes last: the first messages are in need of the others.
        """
        examples = list(examples)
        self.emergency.learn(examples)
        self.guesser.learn(examples, sentences)
        self.understander.learn(examples)
