"""Which texts of an offer are searched and how much a word in each counts; how words match is `vocabulary`."""

from collections.abc import Iterable, Mapping
from functools import cache

from i18n.messages import listed
from i18n.text import search_key
from offers.types import Kind, Offer
from offers.words import Pattern

_MIXED_IN = ("de", "en")
FILTERS = ("daytime", "childcare", "level", "audience")
KIND, NAME, KEYWORD, SUMMARY, BODY = 1.0, 0.9, 0.85, 0.6, 0.4


def kind_texts(kind_names: Iterable[str], kind: Kind | None) -> list[tuple[str, float]]:
    """What every offer of a kind is found by: what it is called in every language, and how people ask for it; each with how much a word of it counts."""
    asked = (entry.rstrip("*") for entry in kind.asked if " " not in entry) if kind else ()
    return [
        *((name, KIND) for name in (*kind_names, *asked)),
        *((name, KEYWORD) for name in (kind.words if kind else ())),
    ]


def named(offer: Offer) -> list[tuple[str, float]]:
    """What names an offer beside its kind, each with how much a word of it counts."""
    return [(offer.name, NAME), *((name, KEYWORD) for name in offer.keywords)]


def body(offer: Offer) -> list[tuple[str, float]]:
    """What is said about an offer, each with how much a word of it counts."""
    return [
        (offer.summary, SUMMARY),
        *((text, SUMMARY) for text in offer.texts),
        (offer.description, BODY),
        (offer.provider.name, SUMMARY),
        (offer.location_name, BODY),
        (offer.address_1, BODY),
    ]


@cache
def filter_words() -> Mapping[str, Pattern]:
    """Words that only say a filter, by its name."""
    return {name: Pattern(listed(f"ask.filter.{name}")) for name in FILTERS}


@cache
def stop_words(language: str | None = None) -> frozenset[str]:
    """Words that say nothing: in this language, or in any where it is not known, since what says nothing here is a house there.

    Everybody mixes German and English words into their own.
    """
    if language is None:
        return _words(listed("ask.nothing"))
    return _words(listed("ask.nothing", (*_MIXED_IN, language)))


def never_asked() -> frozenset[str]:
    """The words that say nothing in whatever language somebody asks."""
    return stop_words(_MIXED_IN[0])


def _words(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(word for entry in entries for word in search_key(entry).split())
