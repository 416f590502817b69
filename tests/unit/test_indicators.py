"""Figures about all and about nobody: what is counted, and that few people cannot be worked out."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.files.types import Case, Gender, Record
from agreements.indicators import catalogue
from agreements.indicators.hiding import K, is_small, suppressed, suppressed_pair, suppressed_parts, together
from agreements.indicators.rules import Start, figures
from agreements.indicators.types import Count, Grouping, Indicator
from offers.meetings.types import Held, MeetingKind

TODAY = date(2027, 6, 1)


def case(number: int, place: str = "Haar", **values: object) -> Case:
    return place, Record(f"c{number}", **values)  # type: ignore[arg-type]


def start(of: Case, field: str) -> Start:
    return Start(of[1].client_id, of[0], field, date(2027, 2, 1))


def told(cases: list[Case], starts: list[Start], grouping: Grouping = Grouping.ALL) -> dict[object, object]:
    found = figures(cases, starts, grouping, TODAY, str)
    return {(figure.indicator, figure.group): (figure.number, figure.base) for figure in found}


def test_education_counts_whose_three_months_are_over() -> None:
    allocated = {"allocated_on": date(2027, 1, 10), "working_age": True}
    cases = [
        *(case(n, **allocated, education_recorded_on=date(2027, 4, 10)) for n in range(12)),
        *(case(20 + n, **allocated, education_recorded_on=date(2027, 4, 11)) for n in range(5)),
        *(case(30 + n, **allocated) for n in range(5)),
        # Not due yet, recorded or not, a child, and somebody of whom nothing is known: they do not count.
        case(40, allocated_on=date(2027, 3, 1), working_age=True),
        *(
            case(
                50 + n,
                allocated_on=date(2027, 3, 1),
                working_age=True,
                education_recorded_on=date(2027, 3, 9),
            )
            for n in range(8)
        ),
        case(41, allocated_on=date(2027, 1, 1), working_age=False),
        case(42),
    ]
    assert told(cases, [])[Indicator.EDUCATION_IN_TIME, ""] == (12, 22)
    assert told(cases, [], Grouping.MONTH)[Indicator.EDUCATION_IN_TIME, "2027-01"] == (12, 22)


def test_placement_rate_counts_people_who_may_work() -> None:
    able = [case(n, working_age=True, labour_access_on=date(2027, 1, 1)) for n in range(20)]
    later = [case(50 + n, working_age=True, labour_access_on=date(2027, 7, 1)) for n in range(5)]
    starts = [start(found, "work") for found in able[:8]]
    starts += [start(found, "education") for found in able[8:14]]
    found = told([*able, *later], starts)
    assert found[Indicator.PLACED_IN_WORK, ""] == (8, 20)
    assert found[Indicator.PLACEMENTS, ""] == (14, None)
    by_field = told(able, starts, Grouping.FIELD)
    assert by_field == {
        (Indicator.PLACEMENTS, "work"): (8, None),
        (Indicator.PLACEMENTS, "education"): (6, None),
    }


def test_many_courses_of_one_person_speak_of_one_person() -> None:
    alone = case(1)
    starts = [start(alone, "education") for _ in range(9)]
    assert told([alone], starts)[Indicator.PLACEMENTS, ""] == (None, None)


def test_women_are_a_share_of_those_who_said_it() -> None:
    cases = [
        *(case(n, gender=Gender.WOMAN) for n in range(6)),
        *(case(20 + n, gender=Gender.MAN) for n in range(9)),
        *(case(40 + n) for n in range(7)),
    ]
    assert told(cases, [])[Indicator.WOMEN, ""] == (6, 15)


def test_one_small_place_hides_another_so_that_it_cannot_be_taken_from_the_sum() -> None:
    done = {"competence_done_on": date(2027, 2, 1)}
    cases = [
        *(case(n, "Haar", **done) for n in range(3)),
        *(case(10 + n, "Grünwald", **done) for n in range(6)),
        *(case(20 + n, "Garching", **done) for n in range(9)),
    ]
    found = told(cases, [], Grouping.PLACE)
    assert found[Indicator.COMPETENCE_DONE, "Haar"] == (None, None)
    others = [found[Indicator.COMPETENCE_DONE, place] for place in ("Grünwald", "Garching")]
    assert others in ([(None, None), (9, None)], [(6, None), (None, None)])


def people(number: int, start: int = 0) -> frozenset[str]:
    return frozenset(f"p{n}" for n in range(start, start + number))


def numbers(sizes: Mapping[str, int]) -> dict[str, Count]:
    """Groups of so many people each, nobody in two of them."""
    starts = itertools.accumulate(sizes.values(), initial=0)
    return {name: Count(n, None, people(n, at)) for (name, n), at in zip(sizes.items(), starts, strict=False)}


def shares(sizes: Mapping[str, tuple[int, int]]) -> dict[str, Count]:
    return {name: replace(counts, number=sizes[name][0], base=sizes[name][1])
            for name, counts in numbers({name: base for name, (_, base) in sizes.items()}).items()}  # fmt: skip


def open_cells(tables: Iterable[dict[str, Count]], k: int) -> list[set[object]]:
    """What may stand behind each dash, for whoever sees the groups and the total and knows the rules, but not the order of the covers.

    Every table there is was hidden in every order, so that nobody can know more.
    """
    behind: dict[object, set[object]] = defaultdict(set)
    for table in tables:
        total = together(list(table.values()))
        for names in itertools.permutations(table):
            shown = suppressed(table, lambda name, names=names: str(names.index(name)), k)  # type: ignore[misc]
            seen = tuple((name, (c.number, c.base) if c else None) for name, c in sorted(shown.items()))
            for name, count in shown.items():
                if count is None:
                    behind[seen, total.number, total.base, name].add((table[name].number, table[name].base))
    return list(behind.values())


def test_behind_every_dash_are_several_numbers_also_for_who_knows_the_rules() -> None:
    every = itertools.product(range(7), repeat=3)
    found = open_cells((numbers(dict(zip("abc", sizes, strict=True))) for sizes in every), 3)
    assert len(found) > 100
    assert all(len(values) > 1 for values in found)


def test_behind_every_share_too() -> None:
    cells = [(number, base) for base in range(8) for number in range(base + 1)]
    tables = (shares(dict(zip("ab", some, strict=True))) for some in itertools.product(cells, repeat=2))
    found = open_cells(tables, 3)
    assert len(found) > 30
    assert all(len(values) > 1 for values in found)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), max_size=8))
def test_nothing_hidden_can_be_taken_from_the_sum(sizes: dict[str, int]) -> None:
    found = suppressed(numbers(sizes), str)
    total = sum(sizes.values())
    assert all(count is None or count.number >= K for count in found.values())
    hidden = [name for name, count in found.items() if count is None]
    if not hidden or total < K:
        return
    left = total - sum(count.number for count in found.values() if count)
    assert len(hidden) > 1
    assert left >= K
    # Each group has somebody in it: what is left over could stand in any of them.
    assert left - len(hidden) >= K - 1
    assert any(0 < sizes[name] < K for name in hidden)


_MONTHS = st.dictionaries(st.sampled_from(["1", "2", "3"]), st.integers(1, 12), max_size=3)


@given(st.dictionaries(st.sampled_from(["Q1", "Q2", "Q3"]), _MONTHS, max_size=3))
def test_months_cannot_be_taken_from_quarters(sizes: dict[str, dict[str, int]]) -> None:
    flat = numbers({f"{q}-{m}": n for q, months in sizes.items() for m, n in months.items()})
    parts = {q: {f"{q}-{m}": flat[f"{q}-{m}"] for m in months} for q, months in sizes.items()}
    quarters = suppressed({q: together(list(inner.values())) for q, inner in parts.items()}, str)
    months = suppressed_parts(parts, str)
    for name, inner in parts.items():
        whole = quarters.get(name)
        said = {month: months[month] for month in inner if month in months}
        if whole is None:
            assert said == {}, "the parts of what is hidden are not named"
            continue
        hidden = [month for month, count in said.items() if count is None]
        left = whole.number - sum(count.number for count in said.values() if count)
        assert not hidden or (len(hidden) > 1 and left >= K and left - len(hidden) >= K - 1)
        assert not said or set(inner) == set(said)


def test_somebody_in_two_groups_is_one_person() -> None:
    same = people(4)
    found = suppressed(
        {"a": Count(9, None, same), "b": Count(8, None, same), "c": Count(20, None, people(20))}, str
    )
    # Seventeen placements, but of four people: a third group must cover them.
    assert found == {"a": None, "b": None, "c": None}


def analysed(place: str, offered: int, done: int, start: int) -> list[Case]:
    """So many people of a place to whom an analysis was offered; with so many of them it was done."""
    day = date(2027, 2, 1)
    return [
        case(start + n, place, competence_offered_on=day, **({"competence_done_on": day} if n < done else {}))
        for n in range(offered)
    ]


def test_who_was_offered_an_analysis_and_has_none_cannot_be_taken_from_two_indicators() -> None:
    offered, done = Indicator.COMPETENCE_OFFERED, Indicator.COMPETENCE_DONE
    cases = [*analysed("Haar", 9, 8, 0), *analysed("Garching", 14, 7, 20), *analysed("Grünwald", 30, 22, 40)]
    total = told(cases, [])
    assert (total[offered, ""], total[done, ""]) == ((53, None), (37, None))
    found = told(cases, [], Grouping.PLACE)
    hidden = {place for (indicator, place), said in found.items() if said == (None, None)}
    assert "Haar" in hidden
    assert len(hidden) == 2
    for place in ("Haar", "Garching", "Grünwald"):
        assert (found[offered, place] == (None, None)) == (found[done, place] == (None, None))
    # All together it may be one person as well.
    cases = [*analysed("Haar", 9, 8, 0), *analysed("Garching", 14, 14, 20)]
    assert (told(cases, [])[offered, ""], told(cases, [])[done, ""]) == ((23, None), (None, None))
    for grouping in (Grouping.PLACE, Grouping.QUARTER, Grouping.MONTH):
        assert done not in {indicator for indicator, _ in told(cases, [], grouping)}


_PAIRS = st.tuples(st.integers(0, 25), st.integers(0, 25)).map(sorted)


@given(st.dictionaries(st.sampled_from("abcdefgh"), _PAIRS, max_size=8))
def test_a_part_and_its_whole_hide_each_other(sizes: dict[str, list[int]]) -> None:
    part, whole = ({name: Count(pair[of], None) for name, pair in sizes.items() if pair[of]} for of in (0, 1))
    shown = suppressed_pair(part, whole, str)
    for name in part:
        if all(name in said and said[name] is not None for said in shown):
            assert not 0 < whole[name].number - part[name].number < K
    if all(shown) and None in shown[0].values():
        left = [
            sum(groups[name].number for name, count in said.items() if count is None)
            for groups, said in zip((part, whole), shown, strict=True)
        ]
        assert left[1] == left[0] or left[1] - left[0] >= K
        assert left[1] >= K


def test_where_nothing_covers_a_group_the_breakdown_is_left_out() -> None:
    assert suppressed(numbers({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}), str) == {}
    assert suppressed(numbers({"a": 2, "b": 1}), str) == {}, "the total is not shown either"


@pytest.mark.parametrize(("number", "base"), [(1, 20), (19, 20), (3, 4), (4, 30)])
def test_a_share_hides_few_on_either_side(number: int, base: int) -> None:
    assert is_small(Count(number, base, people(base)))


def test_meetings_are_counted_by_when_and_where_they_took_place() -> None:
    held = [
        Held(MeetingKind.CIRCLE, "Haar", date(2027, 1, 12), 9),
        Held(MeetingKind.EXCHANGE, "Haar", date(2027, 2, 9), None),
        Held(MeetingKind.CIRCLE, "Garching", date(2027, 5, 4), 2),
    ]

    def said(by: Grouping) -> dict[str, int | None]:
        return {figure.group: figure.number for figure in catalogue.meetings(held, by, TODAY)}

    assert said(Grouping.ALL) == {"": 3}
    assert said(Grouping.QUARTER) == {"2027-Q1": 2, "2027-Q2": 1}
    assert said(Grouping.MONTH) == {"2027-01": 1, "2027-02": 1, "2027-05": 1}
    assert said(Grouping.PLACE) == {"Garching": 1, "Haar": 2}
    assert said(Grouping.FIELD) == {}
    # All together it is the last twelve months, in whatever month it is asked; quarters are whole ones.
    held.append(Held(MeetingKind.CIRCLE, "Haar", date(2026, 5, 28), 3))
    held.append(Held(MeetingKind.CIRCLE, "Haar", date(2026, 6, 2), 3))
    assert said(Grouping.ALL) == {"": 4}
    assert said(Grouping.PLACE) == {"Garching": 1, "Haar": 3}
    assert said(Grouping.QUARTER) == {"2027-Q1": 2, "2027-Q2": 1}
    assert catalogue.since(TODAY) == date(2026, 6, 1)
    assert catalogue.since(date(2027, 8, 20)) == date(2026, 7, 1)
