"""How the translations of the catalogue stand, remembered between two looks: what changed is read anew, nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db.engine import Transaction
from offers.translations import rules
from offers.translations.repository import TranslationsRepository
from offers.translations.types import GermanText, Job, TextField, TextState

Source = tuple[str, TextField]
"""Which German text: the offer's id and the field."""


_NONE: tuple[TextState | None, str] = (None, "")


@dataclass
class _Language:
    """The states of one language's texts, and up to which change of them."""

    newest: tuple[datetime | None, int]
    states: Mapping[Source, TextState]


@dataclass
class Standing:
    """The German texts that are public, in order, and the state of every text made from them.

    A large catalogue has a quarter of a million of them: a page that shows fifty must not read all. What another process writes is seen
    by the time of the newest row and the number of rows, for the German texts and for each language.
    """

    repository: TranslationsRepository
    _seen: tuple[datetime | None, int] | None = None
    _texts: dict[Source, GermanText] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _languages: dict[str, _Language] = field(default_factory=dict)

    async def texts(self, tx: Transaction) -> Mapping[Source, GermanText]:
        """Every public German text, by offer and field."""
        newest = await self.repository.newest_offers(tx)
        if newest != self._seen:
            found = await self.repository.german(tx)
            self._texts = {(text.offer_id, text.field): text for text in found}
            known = self._digests
            self._digests = {
                text.source: known.get(text.source) or rules.digest(text.source) for text in found
            }
            self._languages.clear()
            self._seen = newest
        return self._texts

    async def states(
        self, tx: Transaction, languages: Sequence[str]
    ) -> dict[str, Mapping[Source, TextState]]:
        """By language the state of every text, in the order of `texts`."""
        await self.texts(tx)
        return {language: await self._states(tx, language) for language in languages}

    async def _states(self, tx: Transaction, language: str) -> Mapping[Source, TextState]:
        newest = await self.repository.newest_texts(tx, language)
        known = self._languages.get(language)
        if known is None or known.newest != newest:
            stored = await self.repository.marks(tx, language)
            states = {
                source: rules.standing(*stored.get(source, _NONE), self._digests[text.source])
                for source, text in self._texts.items()
            }
            known = self._languages[language] = _Language(newest, states)
        return known.states

    async def jobs(self, tx: Transaction, language: str, sources: Sequence[Source]) -> list[Job]:
        """What there is to translate of some German texts; those that are not there are left out."""
        texts = await self.texts(tx)
        found = [texts[source] for source in sources if source in texts]
        return [Job(text.offer_id, language, text.field, text.source, text.names) for text in found]

    def forget(self, language: str) -> None:
        """A text of this language was written here: two changes within one tick of the clock are two."""
        self._languages.pop(language, None)
