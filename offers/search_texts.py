"""Which texts of an offer are searched and how much a word in each counts; how words match is `words`."""

from collections.abc import Iterable, Mapping
from functools import cache

from i18n.messages import listed
from i18n.text import search_key
from offers.types import Kind, Offer
from offers.words import Pattern

FILTERS = ("daytime", "childcare", "level", "audience")
KIND, NAME, KEYWORD, SUMMARY, BODY = 1.0, 0.9, 0.85, 0.6, 0.4


def named(offer: Offer, kind_names: Iterable[str], kind: Kind | None) -> list[tuple[str, float]]:
    """What names an offer: its name, its kind in every language, its keywords; each with how much a word of it counts."""
    asked = (entry.rstrip("*") for entry in kind.asked if " " not in entry) if kind else ()
    return [
        (offer.name, NAME),
        *((name, KIND) for name in (*kind_names, *asked)),
        *((name, KEYWORD) for name in (*offer.keywords, *(kind.words if kind else ()))),
    ]


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
def search_words() -> tuple[frozenset[str], Mapping[str, Pattern]]:
    """Words that say nothing, and those that only say a filter, by its name."""
    stop = frozenset(word for entry in listed("ask.nothing") for word in search_key(entry).split())
    return stop, {name: Pattern(listed(f"ask.filter.{name}")) for name in FILTERS}
