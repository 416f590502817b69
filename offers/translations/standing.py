"""How the translations of the catalogue stand, remembered between two looks: what changed is read anew, nothing else."""

import asyncio
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from db.engine import Transaction
from offers.followed import EVER, MOST_CHANGES, Followed, follow
from offers.repository import OffersRepository
from offers.translations import rules
from offers.translations.repository import Marks, TranslationsRepository
from offers.translations.types import GermanText, Job, TextField, TextState

Source = tuple[str, TextField]
"""Which German text: the offer's id and the field."""


_Of = TypeVar("_Of")
_NONE: tuple[TextState | None, str] = (None, "")


@dataclass
class Standing:
    """The German texts that are public, and the state of every text made from them.

    A large catalogue has a quarter of a million of them: what somebody wrote, in whichever process, makes the texts of those offers be
    read anew, and no others.
    """

    repository: TranslationsRepository
    catalogue: OffersRepository
    _followed: Followed | None = None
    _must_look: bool = False
    # What one page has read is not written over by another that looked earlier.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _texts: dict[Source, GermanText] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _languages: dict[str, dict[Source, TextState]] = field(default_factory=dict)

    async def states(
        self, tx: Transaction, languages: Sequence[str]
    ) -> dict[str, Mapping[Source, TextState]]:
        """By language the state of every text."""
        async with self._turn:
            await self._follow(tx)
            new = [language for language in languages if language not in self._languages]
            for language in new:
                marks = await self.repository.marks(tx, [language])
                self._languages[language] = self._states(language, marks, self._texts)
            return {language: self._languages[language] for language in languages}

    async def jobs(self, tx: Transaction, language: str, sources: Sequence[Source]) -> list[Job]:
        """What there is to translate of some German texts; those that are not there are left out."""
        async with self._turn:
            await self._follow(tx)
        texts = [self._texts[source] for source in sources if source in self._texts]
        return [Job(text.offer_id, language, text.field, text.source, text.names) for text in texts]

    def look_again(self) -> None:
        """A text was written here: two changes within one tick of the clock are two."""
        self._must_look = True

    async def _follow(self, tx: Transaction) -> None:
        old = self._followed
        since = old.since if old else EVER
        seen = await self.catalogue.changes(tx, since)
        if old is not None and seen == old.seen and not self._must_look:
            return
        self._must_look = False
        # First where to look from next time, then what is there: whatever comes between is read twice, not missed.
        followed = await follow(self.catalogue, tx, seen)
        ids = await self.catalogue.changed(tx, since, MOST_CHANGES)
        if old is None or len(ids | old.ids) > MOST_CHANGES:
            self._texts = self._known(await self.repository.german(tx))
            self._languages = {}
        else:
            # Also what had changed when it was looked at last: that may have been taken back since.
            await self._renew(tx, ids | old.ids)
        self._followed = followed

    async def _renew(self, tx: Transaction, ids: Collection[str]) -> None:
        """Read the texts of some offers anew, in every language that is known."""
        german = self._known(await self.repository.german(tx, ids))
        marks = await self.repository.marks(tx, list(self._languages), ids)
        gone = list(itertools.product(ids, TextField))
        _replace(self._texts, gone, german)
        for language, states in self._languages.items():
            _replace(states, gone, self._states(language, marks, german))

    def _known(self, found: Iterable[GermanText]) -> dict[Source, GermanText]:
        texts = {(text.offer_id, text.field): text for text in found}
        for text in texts.values():
            if text.source not in self._digests:
                self._digests[text.source] = rules.digest(text.source)
        return texts

    def _states(
        self, language: str, marks: Marks, texts: Mapping[Source, GermanText]
    ) -> dict[Source, TextState]:
        return {
            source: rules.standing(*marks.get((language, *source), _NONE), self._digests[text.source])
            for source, text in texts.items()
        }


def _replace(of: dict[Source, _Of], gone: Iterable[Source], new: Mapping[Source, _Of]) -> None:
    for source in gone:
        of.pop(source, None)
    of.update(new)
