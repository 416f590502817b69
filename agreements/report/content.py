"""From goals and figures to the sentences of a report, and to the sheet that is printed."""

from collections import Counter
from collections.abc import Sequence

from agreements import rules
from agreements.indicators.catalogue import WITHIN_A_YEAR
from agreements.indicators.types import Figure, Grouping, Indicator, Judged, Light, Report
from agreements.report.types import FieldText, GoalText, ReportText
from agreements.sheets.types import Block, Fact, Heading, Line, Mark, Pair, Sheet
from i18n import dates
from i18n.languages import SOURCE
from i18n.messages import Words
from offers.types import FIELDS_OF_ACTION

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
MARKS = {Light.GREEN: Mark.GREEN, Light.YELLOW: Mark.YELLOW, Light.RED: Mark.RED, Light.OPEN: Mark.OPEN}


def report_text(report: Report, said: Words, district: str) -> ReportText:
    """The report in the language of `said`: German, or English for who reads no German."""
    quarter = quarter_name(said, report.quarter)
    counted = Counter(judged.light for judged in report.goals)
    by_field = {
        field: [judged for judged in report.goals if judged.goal.field == field] for field in FIELDS_OF_ACTION
    }
    day = dates.day(rules.today(report.made_at), said.language)
    return ReportText(
        title=said.plain("desk.report.title", quarter=quarter),
        as_of=said.plain("desk.report.as_of", day=day),
        district=district,
        tally=[(light, said.plain("desk.roadmap.light." + light.value), counted[light]) for light in Light],
        fields=[
            FieldText(said.plain("desk.figures.field." + field), [_goal(judged, said) for judged in goals])
            for field, goals in by_field.items()
            if goals
        ],
        quarters=[quarter_name(said, name) for name in report.quarters],
        rows=[
            (
                indicator_name(said, indicator, Grouping.QUARTER),
                [figure_text(of.get(name), said) for name in report.quarters],
            )
            for indicator, of in report.figures.items()
        ],
        notes=[said.plain("desk.report.rule"), said.plain("desk.figures.hidden")],
        headings=(said.plain("desk.roadmap.title"), said.plain("desk.report.figures")),
    )


def sheet(text: ReportText) -> Sheet:
    """The report to print, with the layout of all sheets."""
    blocks: list[Block] = [
        Line(_own(text.as_of)),
        Line(_own(" · ".join(f"{said}: {number}" for _, said, number in text.tally))),
    ]
    for field in text.fields:
        blocks.append(Heading(_own(field.name)))
        for goal in field.goals:
            below = " · ".join((goal.said, *goal.lines))
            blocks.append(Line(_own(f"{goal.number} {goal.text}"), _own(below), MARKS[goal.light]))
    if text.rows:
        blocks.append(Heading(_own(text.headings[1])))
        blocks += [Fact(_own(name), _own(_in_a_line(text.quarters, cells))) for name, cells in text.rows]
    blocks += [Line(_own(note)) for note in text.notes]
    return Sheet(_own(text.title), SOURCE, blocks, text.district)


def quarter_name(said: Words, quarter: str) -> str:
    """`2027-Q1` as people say it."""
    year, _, number = quarter.partition("-Q")
    return said.plain("desk.figures.quarter", number=number, year=year)


def indicator_name(said: Words, indicator: Indicator, grouping: Grouping = Grouping.ALL) -> str:
    """How an indicator is called where it is broken down so; what is counted over a year says it."""
    within = "_year" if indicator is Indicator.MEETINGS and grouping in WITHIN_A_YEAR else ""
    return said.plain(f"desk.figures.is.{indicator.value}{within}")


def figure_text(figure: Figure | None, said: Words) -> str:
    """A figure in a cell: a number, a share with what it is of, a dash where it is hidden or nothing was counted."""
    if figure is None or figure.number is None:
        return "–"
    if figure.base is None:
        return str(figure.number)
    of = said.plain("desk.figures.of", number=figure.number, base=figure.base)
    return of if figure.share is None else f"{round(100 * figure.share)} % ({of})"


def goal_lines(judged: Judged, said: Words) -> list[str]:
    """What is known of a goal beside its text: where it stands, until when, whose it is, and what a lead said."""
    goal, language = judged.goal, said.language
    unit = " %" if judged.is_share else ""
    lines = []
    if goal.indicator or goal.target:
        lines.append(": ".join(part for part in (goal.indicator, goal.target) if part))
    if judged.value is not None:
        of_a_year = goal.measure == Indicator.MEETINGS.value
        stands = said.plain(
            "desk.roadmap.stands_year" if of_a_year else "desk.roadmap.stands", value=f"{judged.value}{unit}"
        )
        aim = said.plain("desk.roadmap.aims", value=f"{goal.aim}{unit}") if goal.aim is not None else ""
        lines.append(" · ".join(part for part in (stands, aim) if part))
    if goal.deadline is not None:
        lines.append(said.plain("desk.roadmap.until", day=dates.day(goal.deadline, language)))
    if goal.responsible:
        lines.append(goal.responsible)
    if goal.light and goal.judged_on is not None:
        day = dates.day(goal.judged_on, language)
        lines.append(said.plain("desk.roadmap.judged", day=day, note=goal.note))
    return lines


def _goal(judged: Judged, said: Words) -> GoalText:
    light = said.plain("desk.roadmap.light." + judged.light.value)
    return GoalText(judged.goal.number, judged.goal.text, judged.light, light, goal_lines(judged, said))


def _in_a_line(quarters: Sequence[str], cells: Sequence[str]) -> str:
    return " · ".join(f"{name}: {cell}" for name, cell in zip(quarters, cells, strict=True))


def _own(text: str) -> Pair:
    # German alone runs one way: what keeps words of two directions apart would only be in the way of a search.
    alone = text.translate(_ISOLATES)
    return Pair(alone, alone)
