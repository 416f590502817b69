"""Figures about all and about nobody: what is counted, and that few people cannot be worked out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.files.types import Gender, Record
from agreements.indicators import roadmap
from agreements.indicators.rules import Case, K, Start, figures, suppressed
from agreements.indicators.types import Count, Grouping, Indicator

TODAY = date(2027, 6, 1)


def case(number: int, place: str = "Haar", **values: object) -> Case:
    return Case(place, Record(f"c{number}", **values))  # type: ignore[arg-type]


def told(cases: list[Case], starts: list[Start], grouping: Grouping = Grouping.ALL) -> dict[object, object]:
    found = figures(cases, starts, grouping, TODAY)
    return {(figure.indicator, figure.group): (figure.number, figure.base) for figure in found}


def test_education_counts_who_is_due_or_done() -> None:
    allocated = {"allocated_on": date(2027, 1, 10), "working_age": True}
    cases = [
        *(case(n, **allocated, education_recorded_on=date(2027, 4, 10)) for n in range(12)),
        *(case(20 + n, **allocated, education_recorded_on=date(2027, 4, 11)) for n in range(5)),
        *(case(30 + n, **allocated) for n in range(5)),
        # Not due yet, a child, and somebody of whom nothing is known: they do not count.
        case(40, allocated_on=date(2027, 3, 1), working_age=True),
        case(41, allocated_on=date(2027, 1, 1), working_age=False),
        case(42),
    ]
    assert told(cases, [])[Indicator.EDUCATION_IN_TIME, ""] == (12, 22)
    assert told(cases, [], Grouping.MONTH)[Indicator.EDUCATION_IN_TIME, "2027-01"] == (12, 22)


def test_placement_rate_counts_people_who_may_work() -> None:
    able = [case(n, working_age=True, labour_access_on=date(2027, 1, 1)) for n in range(20)]
    later = [case(50 + n, working_age=True, labour_access_on=date(2027, 7, 1)) for n in range(5)]
    starts = [Start(found, date(2027, 2, 1), "work") for found in able[:8]]
    starts += [Start(found, date(2027, 2, 2), "education") for found in able[8:14]]
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
    starts = [Start(alone, date(2027, 2, 1), "education") for _ in range(9)]
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
    assert found[Indicator.COMPETENCE_DONE, "Grünwald"] == (None, None)
    assert found[Indicator.COMPETENCE_DONE, "Garching"] == (9, None)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 12), max_size=6))
def test_nothing_hidden_can_be_worked_out(sizes: dict[str, int]) -> None:
    found = suppressed({name: Count(size, None, size) for name, size in sizes.items()})
    hidden = [name for name, count in found.items() if count is None]
    assert all(count is None or not 0 < count.number < K for count in found.values())
    assert len(hidden) != 1 or len(sizes) == 1
    assert not hidden or any(0 < sizes[name] < K for name in hidden)


@pytest.mark.parametrize(("number", "base"), [(1, 20), (19, 20), (3, 4), (4, 30)])
def test_a_share_hides_few_on_either_side(number: int, base: int) -> None:
    assert suppressed({"": Count(number, base, base)}) == {"": None}


def test_the_goals_quoted_in_public_are_shipped() -> None:
    found, errors = roadmap.read(roadmap.SAMPLE.read_bytes())
    assert errors == []
    assert [goal.number for goal in sorted(found, key=roadmap.order)] == [
        "1.2", "2.1", "2.2", "3.2.3", "4.2", "5.2", "5.9",
    ]  # fmt: skip
    assert {goal.field for goal in found} == {"housing", "education", "participation", "work", "public"}
    assert next(goal for goal in found if goal.number == "2.1").deadline == date(2018, 6, 30)


def test_a_roadmap_with_errors_names_each() -> None:
    text = "number;field;text\nx;work;a\n1.1;sky;b\n1.2;work;\n1.3;work;c\n1.3;work;d\n"
    _, errors = roadmap.read(text.encode())
    assert [(error.row, error.column, error.message.key) for error in errors] == [
        (2, "number", "cw.error.roadmap_number"),
        (3, "field", "import.not_one_of"),
        (4, "text", "import.empty"),
        (6, "number", "import.double_id"),
    ]
    _, errors = roadmap.read(b"number;field\n1.1;work\n")
    assert [(error.row, error.column) for error in errors] == [(1, "text")]
