"""What state a text is in and what it is made from, as pure functions."""

import hashlib
from collections.abc import Iterable

from i18n.text import normalise
from offers.translations.types import Job, StoredText, TextField, TextState
from offers.types import Offer

HASH_LENGTH = 32


def source(offer: Offer, field: TextField) -> str:
    """The German text."""
    match field:
        case TextField.NAME:
            return offer.name
        case TextField.SUMMARY:
            return offer.summary
        case TextField.DESCRIPTION:
            return offer.description


def digest(text: str) -> str:
    """The same for texts that differ in punctuation, spaces and capitals only: such an edit makes no translation outdated."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:HASH_LENGTH]


def state(stored: StoredText | None, german: str) -> TextState:
    """Where a translation stands, given what the German text says today."""
    return standing(stored.state if stored else None, stored.source_hash if stored else "", digest(german))


def standing(kept: TextState | None, source_hash: str, digested: str) -> TextState:
    """The same by what is kept of a translation (None where there is none) and the digest of the German text."""
    if kept is None:
        return TextState.MISSING
    return kept if source_hash == digested else TextState.OUTDATED


def needs_machine(found: TextState) -> bool:
    """Whether a batch translates it: what failed waits for a person, what a person wrote is never replaced unless it is outdated."""
    return found in {TextState.MISSING, TextState.OUTDATED}


def names(offer: Offer) -> tuple[str, ...]:
    """What stays German in its texts: who offers it and where."""
    found = (offer.provider.name, offer.location_name, offer.place, offer.provider.place)
    return tuple(dict.fromkeys(name for name in found if name))


def jobs(offer: Offer, languages: Iterable[str], fields: Iterable[TextField]) -> list[Job]:
    """Everything there is to translate of an offer."""
    wanted = [(field, source(offer, field)) for field in fields]
    return [
        Job(offer.id, language, field, german, names(offer))
        for language in languages
        for field, german in wanted
        if german
    ]


def lost_numbers(german: str, text: str) -> list[str]:
    """Numbers of the German text that the translation does not have, in the order in which they stand."""
    have = _numbers(text)
    return [number for number in dict.fromkeys(_numbers(german)) if number not in have]


def _numbers(text: str) -> list[str]:
    digits = "".join(str(int(char)) if char.isdecimal() else " " for char in text)
    return digits.split()
