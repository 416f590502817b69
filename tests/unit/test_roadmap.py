"""The roadmap as a table, its lights, and the report that is made of it."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.indicators import roadmap
from agreements.indicators.rules import DUE_SOON, judged, last_quarters, light, reached
from agreements.indicators.types import Figure, Indicator, Light, Report, RoadmapGoal
from agreements.report.content import report_text, sheet
from agreements.report.page import page
from agreements.sheets.layout import pdf
from i18n.messages import words
from offers import cells, tablefile, xlsxfile
from tests.printed import printed

TODAY = date(2027, 6, 1)


def goal(number: str = "2.2", **values: object) -> RoadmapGoal:
    given_ = {"field": "education", "text": "Ein Ziel", "responsible": "", "deadline": None,
              "indicator": "", "target": "", **values}  # fmt: skip
    return RoadmapGoal(number, **given_)  # type: ignore[arg-type]


def test_the_goals_quoted_in_public_are_shipped() -> None:
    found, errors = roadmap.read(roadmap.SAMPLE.read_bytes())
    assert errors == []
    goals = sorted((row.goal for row in found), key=roadmap.order)
    assert [goal.number for goal in goals] == ["1.2", "2.1", "2.2", "3.2.3", "4.2", "5.2", "5.9"]
    assert {goal.field for goal in goals} == {"housing", "education", "participation", "work", "public"}
    assert next(goal for goal in goals if goal.number == "2.1").deadline == date(2018, 6, 30)
    assert {goal.measure for goal in goals} >= {Indicator.EDUCATION_IN_TIME, Indicator.OFFERS_CHECKED}


def test_a_roadmap_with_errors_names_each() -> None:
    text = "number;field;text;measure;aim\nx;work;a\n1.1;sky;b\n1.2;work;\n1.3;work;c\n1.3;work;d\n1.4;work;e;luck;many\n"
    _, errors = roadmap.read(text.encode())
    assert [(error.row, error.column, error.message.key) for error in errors] == [
        (2, "number", "cw.error.roadmap_number"),
        (3, "field", "import.not_one_of"),
        (4, "text", "import.empty"),
        (6, "number", "import.double_id"),
        (7, "measure", "import.not_one_of"),
        (7, "aim", "import.bad_number"),
    ]
    assert errors[3].message.params["row"] == 5
    _, errors = roadmap.read(b"number;field\n1.1;work\n")
    assert [(error.row, error.column) for error in errors] == [(1, "text")]
    assert [error.message.key for error in roadmap.read(b"")[1]] == ["import.file_empty"]


def test_a_light_by_hand_needs_a_reason_and_a_day() -> None:
    cells = {"number": "1.1", "field": "work", "text": "a", "light": "green"}
    assert set(roadmap.cell_values(cells)[1]) == {"note", "judged_on"}
    made, wrong = roadmap.cell_values({**cells, "note": "Die Liste liegt vor.", "judged_on": "01.03.2027"})
    assert (wrong, made and made.judged_on) == ({}, date(2027, 3, 1))


_TEXT = st.text(st.sampled_from('aZäß9;"|=+@-,. '), min_size=1, max_size=12).map(cells.cleaned).filter(bool)
_GOALS = st.builds(
    goal,
    st.builds("{}.{}".format, st.integers(1, 9), st.integers(1, 99)),
    text=_TEXT | _TEXT.map("={}".format) | _TEXT.map("@{}".format),
    responsible=_TEXT,
    deadline=st.none() | st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    measure=st.sampled_from(["", *Indicator]),
    aim=st.none() | st.integers(0, 500),
)


@settings(deadline=None)
@given(st.lists(_GOALS, max_size=4, unique_by=lambda one: one.number))
def test_what_goes_out_comes_in_again_and_is_never_a_formula(goals: list[RoadmapGoal]) -> None:
    rows = roadmap.rows_of(goals)
    for file, content in (
        ("a.csv", tablefile.csv_bytes(rows)),
        ("a.xlsx", xlsxfile.workbook({"roadmap": rows})),
    ):
        found, errors = roadmap.read(content, file)
        assert errors == []
        assert [row.goal for row in found] == goals
    text = tablefile.csv_bytes(rows).decode("utf-8-sig")
    written = [cell for line in csv.reader(io.StringIO(text), delimiter=";") for cell in line]
    assert not any(cell[:1] in tuple("=+-@") for cell in written)


def test_columns_that_a_file_lacks_stay_as_they_are() -> None:
    before = goal(
        measure="education_in_time", aim=90, light="red", note="Es fehlt Personal.", judged_on=TODAY
    )
    (row,), _ = roadmap.read(b"number;field;text\n2.2;work;Neu\n")
    after = row.over(before)
    assert (after.field, after.text, after.aim, after.light) == ("work", "Neu", 90, "red")
    assert row.over(None) == row.goal


@pytest.mark.parametrize(
    ("aim", "value", "deadline", "expected"),
    [
        (90, 90, None, Light.GREEN),
        (90, 95, TODAY - timedelta(days=1), Light.GREEN),
        (90, 89, TODAY - timedelta(days=1), Light.RED),
        (90, 89, TODAY, Light.YELLOW),
        (100, 74, TODAY + DUE_SOON, Light.RED),
        (100, 75, TODAY + DUE_SOON, Light.YELLOW),
        (100, 1, TODAY + DUE_SOON + timedelta(days=1), Light.YELLOW),
        (100, 1, None, Light.YELLOW),
        (None, 50, TODAY - timedelta(days=1), Light.OPEN),
        (90, None, TODAY - timedelta(days=1), Light.OPEN),
        (0, 0, None, Light.GREEN),
    ],
)  # fmt: skip
def test_the_light_follows_aim_and_deadline(
    aim: int | None, value: int | None, deadline: date | None, expected: Light
) -> None:
    assert light(goal(aim=aim, deadline=deadline), value, TODAY) is expected


def test_a_share_is_not_rounded_up_to_its_aim() -> None:
    assert reached(Figure(Indicator.WOMEN, "", 899, 1000)) == 89
    assert reached(Figure(Indicator.WOMEN, "", None, None)) is None
    assert reached(Figure(Indicator.OFFERS_CHECKED, "", 0, 0)) is None
    assert reached(Figure(Indicator.PLACEMENTS, "", 12, None)) == 12


def test_the_word_of_a_lead_goes_before_the_figures() -> None:
    said = goal(aim=90, light="yellow", note="Bald.", judged_on=TODAY)
    found = judged(said, Figure(Indicator.EDUCATION_IN_TIME, "", 99, 100), TODAY)
    assert (found.light, found.computed, found.value, found.is_share) == (Light.YELLOW, Light.GREEN, 99, True)


def test_quarters_run_on_over_the_year() -> None:
    assert last_quarters("2027-Q2", 4) == ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"]


def report() -> Report:
    figure = Figure(Indicator.EDUCATION_IN_TIME, "", 92, 100)
    goals = [
        judged(goal("1.2", field="housing", text="Eine <b>Liste</b> von Maßnahmen", deadline=date(2027, 12, 31)), None, TODAY),
        judged(goal(aim=90, responsible="Integrationskoordination"), figure, TODAY),
        judged(goal("5.2", field="public", aim=9, light="red", note="Die Seite fehlt.", judged_on=TODAY), None, TODAY),
    ]  # fmt: skip
    quarters = last_quarters("2027-Q2", 4)
    shown = {
        "2027-Q1": Figure(Indicator.PLACEMENTS, "2027-Q1", 12, None),
        "2027-Q2": Figure(Indicator.PLACEMENTS, "2027-Q2", None, None),
    }
    return Report(
        "2027-Q2", datetime(2027, 6, 1, 9, tzinfo=UTC), goals, quarters, {Indicator.PLACEMENTS: shown}
    )


def test_the_report_is_printed(tmp_path: Path) -> None:
    text = report_text(report(), words("de"), "Landkreis Muster")
    paper = " ".join(printed(pdf(sheet(text), datetime(2027, 6, 1, tzinfo=UTC)), tmp_path).split())
    for said in ("Bericht, 2. Quartal 2027", "Grün: erreicht", "steht bei 92 % · Zielwert 90 %", "Die Seite fehlt.",
                 "1. Quartal 2027: 12 · 2. Quartal 2027: –", "Integrationskoordination"):  # fmt: skip
        assert said in paper


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_has_no_script_and_nothing_from_elsewhere(language: str) -> None:
    made = page(report_text(report(), words(language), "Landkreis Muster"), language).decode()
    assert not re.search(r"<script|<link|<img|\son\w+=|\sstyle=|https?://|url\(", made)
    assert "Eine &lt;b&gt;Liste&lt;/b&gt;" in made
    assert f'<html lang="{language}">' in made
    assert made.count('<th scope="col">') == 4
    assert "Landkreis Muster" in made
