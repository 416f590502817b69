"""Which of many responsibilities answers a question, as pure functions."""

from collections.abc import Collection, Iterable, Sequence

from offers.responsible.types import DISTRICT, Duty, Responsibility, Uncovered

_ALL = frozenset({"asylum_seeker", "tolerated", "recognised"})


def covers(entry: Responsibility, place: str, *, center: bool) -> bool:
    """Whether people who live there go to its office; `center` is the city in the middle of the district."""
    return not entry.places or place in entry.places or (DISTRICT in entry.places and not center)


def papers(entry: Responsibility) -> frozenset[str]:
    """For people with which papers it is; all where it says none or any."""
    named = frozenset(entry.residence_status)
    return named if named and "any" not in named else _ALL


def meant(duties: Sequence[Duty], matters: Collection[str], kinds: Collection[str]) -> list[Duty]:
    """The entries that a question is about: of matters that it names, at offices of the kinds that it names.

    Where no entry is both, the matter counts: who asks the wrong office for something is led to the right one.
    """
    of_matter = [duty for duty in duties if duty.entry.matter in matters]
    of_kind = [duty for duty in duties if duty.kind in kinds]
    both = [duty for duty in of_matter if duty.kind in kinds]
    return both or (of_matter if matters else of_kind)


def answering(
    asked: Sequence[Duty], place: str | None, *, center: bool, residence: str | None = None
) -> list[Duty]:
    """Those of the entries that answer for this place and paper.

    An entry that names the place goes before one for the district, that before one for everywhere. Without a place, those that
    hold for the district.
    """
    if residence and residence != "any":
        asked = [duty for duty in asked if residence in papers(duty.entry)]
    if place is None:
        here = [duty for duty in asked if not duty.entry.places or DISTRICT in duty.entry.places]
    else:
        here = [duty for duty in asked if covers(duty.entry, place, center=center)]
    return [duty for duty in here if not any(_goes_before(other, duty, place) for other in here)]


def _goes_before(other: Duty, duty: Duty, place: str | None) -> bool:
    same = other.entry.matter == duty.entry.matter and papers(other.entry) >= papers(duty.entry)
    return same and _nearness(other.entry, place) > _nearness(duty.entry, place)


def _nearness(entry: Responsibility, place: str | None) -> int:
    if place is not None and place in entry.places:
        return 2
    return 1 if entry.places else 0


def differs_by_place(asked: Iterable[Duty], municipalities: Iterable[str]) -> bool:
    """Whether in one of the municipalities it is another office than in the rest of the district."""
    wanted = set(municipalities)
    return any(wanted & set(duty.entry.places) for duty in asked)


def uncovered(
    entries: Sequence[Responsibility], matters: Iterable[str], names: Sequence[str], center: str
) -> tuple[Uncovered, ...]:
    """For each matter the places in which nobody is named for it, or not for every paper."""
    found = []
    for matter in matters:
        own = [entry for entry in entries if entry.matter == matter]
        lacking = tuple(
            name
            for name in names
            if not frozenset().union(*(papers(e) for e in own if covers(e, name, center=name == center)))
            >= _ALL
        )
        if lacking:
            found.append(Uncovered(matter, lacking))
    return tuple(found)
