"""When two entries are probably the same, as pure functions: near names, the same place or provider, dates that do not speak against it."""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from offers import rules
from offers.twins.types import Pair
from offers.types import Offer, Schedule, Status

NEAR_NAME = 0.5
"""So alike must names be where place and provider or contact are the same."""
ALIKE_NAME = 0.72
"""So alike where only the place is the same."""
SURELY_ALIKE = 0.9
"""So alike where each name has a word for something else: football and volleyball."""
_WORD_ALIKE, _LONG = 0.45, 5
_WORD = re.compile(r"\w+")
_LEVEL = re.compile(r"[abc][12]")
_FROM_AFAR = re.compile(r"online|telefon")
# They stand in every other name, so that they make no two of them alike.
_FILLERS = frozenset(
    ("in", "im", "am", "an", "der", "die", "das", "den", "dem", "und", "fuer", "mit", "zur", "zum", "bei", "von", "ein", "eine", "auf")
)  # fmt: skip
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def pairs(offers: Iterable[Offer], among: Collection[str] | None = None) -> list[Pair]:
    """The entries that are probably the same, the most alike first; of pairs `among` these ids, at least one of them is."""
    near = (
        (one, other)
        for one, other in _near_each_other(offers)
        if among is None or one.id in among or other.id in among
    )
    return in_order(pair for pair in itertools.starmap(twin, near) if pair is not None)


def in_order(found: Iterable[Pair]) -> list[Pair]:
    """Pairs as they are proposed, the most alike first."""
    return sorted(found, key=lambda pair: (-pair.likeness, pair.first.name, pair.first.id, pair.second.id))


def _near_each_other(offers: Iterable[Offer]) -> Iterator[tuple[Offer, Offer]]:
    """Every two entries of one topic in one place, so that ten thousand are not compared with each other."""
    shelves: dict[tuple[str, str], list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.status != Status.ENDED:
            shelves[offer.topic, offer.place].append(offer)
    for shelf in shelves.values():
        for number, one in enumerate(shelf):
            for other in shelf[number + 1 :]:
                yield one, other


def twin(one: Offer, other: Offer) -> Pair | None:
    """The two as a pair, the more trustworthy first; None where something says that they are not the same."""
    name = names_alike(one.name, other.name)
    if name < NEAR_NAME or _differ(one, other):
        return None
    reasons = [reason for reason, holds in _reasons(one, other) if holds]
    near = {"provider", "contact"} & set(reasons)
    if name < (SURELY_ALIKE if _each_says_another_thing(one, other) else NEAR_NAME if near else ALIKE_NAME):
        return None
    likeness = min(1.0, 0.6 * name + 0.1 * len(reasons) + (0.1 if one.kind == other.kind else 0.0))
    first, second = sorted((one, other), key=_trust, reverse=True)
    return Pair(first, second, round(likeness, 2), (*reasons, "name"))


def _each_says_another_thing(one: Offer, other: Offer) -> bool:
    mine, theirs = (_long_words(offer) for offer in (one, other))
    return _lacks(mine, other.name) and _lacks(theirs, one.name)


def _long_words(offer: Offer) -> list[str]:
    places = {*words(offer.place), *words(offer.location_name), *words(offer.provider.name)}
    return [word for word in words(offer.name) if len(word) >= _LONG and word not in places]


def _lacks(some: Sequence[str], name: str) -> bool:
    """Whether a word has nothing like it in the name, joined words included: Sprach-Café."""
    others = [*words(name), "".join(words(name))]
    return any(all(names_alike(word, other) < _WORD_ALIKE for other in others) for word in some)


def _reasons(one: Offer, other: Offer) -> tuple[tuple[str, bool], ...]:
    same_provider = (
        one.provider.id == other.provider.id
        or names_alike(one.provider.name, other.provider.name) >= ALIKE_NAME
    )
    return (
        ("provider", same_provider),
        ("place", one.place == other.place),
        ("contact", bool(_ways(one) & _ways(other))),
        ("dates", bool(one.schedules and other.schedules)),
    )


def _ways(offer: Offer) -> set[str]:
    """How it is reached, written the same way."""
    phone = re.sub(r"\D", "", offer.phone).removeprefix("0049").removeprefix("49").lstrip("0")
    street = "".join(words(offer.address_1))
    return {way for way in (phone, offer.email.casefold(), offer.url.rstrip("/").casefold(), street) if way}


def _differ(one: Offer, other: Offer) -> bool:
    """Whether level, audience, residence, numbers, dates or that one is from afar say that they are two."""
    levels = {frozenset(_LEVEL.findall(offer.name.casefold())) for offer in (one, other)}
    if len(levels) == 2 and frozenset() not in levels:
        return True
    if len({frozenset(_FROM_AFAR.findall(offer.name.casefold())) for offer in (one, other)}) == 2:
        return True
    ranges = {(offer.level_min, offer.level_max) for offer in (one, other)} - {(None, None)}
    if len(ranges) == 2:
        return True
    for field in ("audience", "residence_status"):
        mine, theirs = (set(getattr(offer, field)) - {"any"} for offer in (one, other))
        if mine and theirs and not mine & theirs:
            return True
    numbers = [set(re.findall(r"\d+", _LEVEL.sub("", o.name.casefold()))) for o in (one, other)]
    if numbers[0] and numbers[1] and numbers[0] != numbers[1]:
        return True
    return not _dates_may_be_one(one.schedules, other.schedules)


def _dates_may_be_one(mine: Sequence[Schedule], theirs: Sequence[Schedule]) -> bool:
    """Whether some dates of both fall together, or one says none."""
    return not mine or not theirs or any(_meet(a, b) for a in mine for b in theirs)


def _meet(a: Schedule, b: Schedule) -> bool:
    runs = (a.valid_to is None or b.valid_from <= a.valid_to) and (
        b.valid_to is None or a.valid_from <= b.valid_to
    )
    if not runs or not rules.weekdays(a) & rules.weekdays(b):
        return False
    return a.opens_at < (b.closes_at or "24:00") and b.opens_at < (a.closes_at or "24:00")


def _trust(offer: Offer) -> tuple[bool, int, str, str]:
    """What makes an entry the one that stays: public, full, lately checked."""
    filled = sum(bool(value) for value in vars(offer).values())
    day = offer.assured_date.isoformat() if offer.assured_date else ""
    return offer.status == Status.PUBLISHED, filled, day, offer.id


def words(text: str) -> tuple[str, ...]:
    """The words of a name that say something, folded."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    return tuple(word for word in _WORD.findall(plain) if word not in _FILLERS)


def names_alike(one: str, other: str) -> float:
    """How alike two names are, 0 to 1, whatever the order of their words: pieces of three letters that both have."""
    mine, theirs = _pieces(one), _pieces(other)
    if not mine or not theirs:
        return 0.0
    shared = len(mine & theirs)
    # What one says more than the other speaks less against it than what both say differently.
    return 0.5 * 2 * shared / (len(mine) + len(theirs)) + 0.5 * shared / min(len(mine), len(theirs))


@lru_cache(maxsize=8192)
def _pieces(text: str) -> frozenset[str]:
    # Each name is held against all others of its topic and place.
    return frozenset(f" {word} "[at : at + 3] for word in words(text) for at in range(len(word)))
