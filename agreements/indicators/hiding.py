"""What must not be shown because it speaks of few people, or because it would let the rest be taken from a sum: pure functions.

Whoever reads a table knows the total above it, every number that is shown, that a group with a dash has somebody in it, and these
rules. Each dash must still stand for several numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from agreements.indicators.types import Count

K = 5
"""Fewer people than this are never shown, nor can they be worked out from what is."""
CANDIDATES = 3
"""One of so many next larger groups is hidden as a cover."""
_NOBODY = Count(0, None)
Order = Callable[[str], str]
"""A sort key for names."""
Shown = dict[str, Count | None]
"""Groups with None for what is hidden."""


def together(counts: Sequence[Count]) -> Count:
    """What a line of groups comes to: somebody in two of them is one person."""
    known = [count.people for count in counts if count.people is not None]
    people = frozenset[str]().union(*known) if known else None
    shares = any(count.base is not None for count in counts)
    base = sum(count.base or 0 for count in counts) if shares else None
    return Count(sum(count.number for count in counts), base, people)


def is_small(count: Count, k: int = K) -> bool:
    """Whether a figure speaks of few people, on either side of a share."""
    parts = [count.size] if count.base is None else [count.size, *_parts(count)]
    return any(0 < part < k for part in parts)


def suppressed(groups: Mapping[str, Count], order: Order, k: int = K) -> Shown:
    """The groups of one total, with None for those that speak of few people and for as many others as it takes to cover them.

    `order` is nobody's to know: were it always the next smaller group that covers, its size would tell what it covers. Empty where the
    total itself is not shown, or where not even all groups cover each other: then nothing is said about how it is made up.
    """
    groups = {name: count for name, count in groups.items() if count.size}
    total = together(list(groups.values()))
    if is_small(total, k):
        return {}
    hidden = [name for name, count in groups.items() if is_small(count, k)]
    rest = sorted(groups.keys() - set(hidden), key=lambda name: (groups[name].size, name))
    while hidden and not _covered([groups[name] for name in hidden], total, k):
        if not rest:
            return {}
        hidden.append(min(rest[:CANDIDATES], key=order))
        rest.remove(hidden[-1])
    return {name: None if name in hidden else count for name, count in groups.items()}


def suppressed_parts(parts: Mapping[str, Mapping[str, Count]], order: Order, k: int = K) -> Shown:
    """The same for groups within groups, months of quarters: what is shown of the larger ones is a total for the smaller ones.

    Of a larger group that is hidden its parts are not even named.
    """
    wholes = {name: together(list(inner.values())) for name, inner in parts.items()}
    found: Shown = {}
    for name, count in suppressed(wholes, order, k).items():
        if count is not None:
            found |= suppressed(parts[name], order, k)
    return found


def tells_of_few(part: Mapping[str, Count], whole: Mapping[str, Count], k: int = K) -> bool:
    """Whether the totals of a part and of the whole that it belongs to, taken from each other, speak of few people."""
    return 0 < abs(_sum(whole.values()) - _sum(part.values())) < k


def suppressed_pair(
    part: Mapping[str, Count], whole: Mapping[str, Count], order: Order, k: int = K
) -> tuple[Shown, Shown]:
    """A count and another whose people are among them, who was offered something and who took it, by the same groups.

    Who sees both of a group knows their difference: it is hidden where that speaks of few people, and what is hidden of one is hidden of
    the other, covered so that neither sum tells them. Of the part nothing is said where the totals already differ by few.
    """
    alone = suppressed(part, order, k), suppressed(whole, order, k)
    if tells_of_few(part, whole, k):
        return {}, alone[1]
    if not all(alone):
        return alone
    split = {name: _split(part.get(name, _NOBODY), whole.get(name, _NOBODY)) for name in {*part, *whole}}
    hidden = [name for name, found in split.items() if any(0 < size < k for size in found)]
    rest = sorted(split.keys() - set(hidden), key=lambda name: (split[name], name))
    while hidden and not _pair_covered([split[name] for name in hidden], k):
        if not rest:
            return {}, alone[1]
        hidden.append(min(rest[:CANDIDATES], key=order))
        rest.remove(hidden[-1])
    shown_part, shown_whole = (
        {name: None if name in hidden else count for name, count in groups.items() if count.size}
        for groups in (part, whole)
    )
    return shown_part, shown_whole


def counts(items: Iterable[tuple[str, bool | None]]) -> dict[str, Count]:
    """A group for each of somebody else, and whether it holds for them, which is None of all where they are no share: as counts by group."""
    found: dict[str, Count] = {}
    for (group, holds), number in Counter(items).items():
        before = found.get(group, _NOBODY)
        base = None if holds is None else (before.base or 0) + number
        found[group] = Count(before.number + (0 if holds is False else number), base)
    return found


def counts_of(items: Iterable[tuple[str, str]]) -> dict[str, Count]:
    """Group and whose, where somebody may have several: as counts by group."""
    whose: dict[str, list[str]] = defaultdict(list)
    for group, client_id in items:
        whose[group].append(client_id)
    return {group: Count(len(some), None, frozenset(some)) for group, some in whose.items()}


def _covered(hidden: Sequence[Count], total: Count, k: int) -> bool:
    """Whether what is hidden, whose sum everybody can work out, keeps each of its groups open."""
    whole = together(hidden)
    if len(hidden) < 2 or whole.size < k:
        return False
    size = whole.number if whole.base is None else whole.base
    # Each group has at least one: so much must be left that could stand in any of them.
    if size - len(hidden) < k - 1:
        return False
    return whole.base is None or all(
        part >= k or not of_all for part, of_all in zip(_parts(whole), _parts(total), strict=True)
    )


def _split(part: Count, whole: Count) -> tuple[int, int, int]:
    """How many in the whole, in its part, and between the two."""
    return whole.number, part.number, abs(whole.number - part.number)


def _pair_covered(hidden: Sequence[tuple[int, int, int]], k: int) -> bool:
    """Whether of each of the three what is hidden, whose sum everybody can work out, keeps each group open."""
    if len(hidden) < 2:
        return False
    for sizes in zip(*hidden, strict=True):
        somebody = [size for size in sizes if size]
        if somebody and (sum(somebody) < k or sum(somebody) - len(somebody) < k - 1):
            return False
    return True


def _sum(counts: Iterable[Count]) -> int:
    return sum(count.number for count in counts)


def _parts(count: Count) -> tuple[int, int]:
    """Both sides of a share: for whom it holds, and for whom not."""
    return count.number, (count.base or 0) - count.number
