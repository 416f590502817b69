"""The indicators: computed from the records, as charts with the numbers beside them; few people are never shown."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from agreements.indicators.types import Figure, Grouping, Indicator
from agreements.report.content import indicator_name, quarter_name
from desk import charts
from desk.routes import DeskRoute
from desk.turn import CSV, XLSX, Answer, File, Page, Turn
from i18n import dates
from offers import tablefile, xlsxfile
from people.types import Permission as May

_HEADER = ("indicator", "group", "number", "of", "percent")


async def figures(turn: Turn) -> Answer:
    """Every indicator that can be broken down as asked."""
    grouping = _grouping(turn)
    name = partial(group_name, turn, grouping)
    found = await turn.services.cases.indicators.figures(turn.tx, turn.actor, grouping, turn.now)
    groups = {indicator: [f for f in found if f.indicator is indicator] for indicator in Indicator}
    values = {
        "by": grouping,
        "groupings": tuple(Grouping),
        "figures": {indicator: some for indicator, some in groups.items() if some},
        # All together is one number each, which needs no bar.
        "charts": {}
        if grouping is Grouping.ALL
        else {indicator: _chart(some, name) for indicator, some in groups.items()},
        "name": name,
        "called": partial(indicator_name, turn.words, grouping=grouping),
    }
    return Page("figures.html", values)


async def export(turn: Turn) -> Answer:
    """The same as CSV, or all of it as an Excel workbook; what is hidden on the page is empty there."""
    indicators, asked = turn.services.cases.indicators, _grouping(turn)
    day = turn.now.astimezone(dates.BERLIN).date().isoformat()
    if turn.query("format") == "xlsx":
        every = await indicators.every(turn.tx, turn.actor, turn.now)
        sheets = {_sheet(turn, grouping): _rows(turn, grouping, some) for grouping, some in every.items()}
        return File(xlsxfile.workbook(sheets), XLSX, f"lotse-figures-{day}.xlsx")
    found = await indicators.figures(turn.tx, turn.actor, asked, turn.now)
    rows = [[str(cell) for cell in row] for row in _rows(turn, asked, found)]
    return File(tablefile.csv_bytes(rows), CSV, f"lotse-figures-{asked.value}-{day}.csv")


def _rows(turn: Turn, grouping: Grouping, found: Sequence[Figure]) -> list[list[str | int]]:
    head: list[str | int] = [turn.words.plain("desk.figures.column." + column) for column in _HEADER]
    return [head, *(_row(turn, figure, grouping) for figure in found)]


def _sheet(turn: Turn, grouping: Grouping) -> str:
    return turn.words.plain("desk.figures.by." + grouping.value)


def _grouping(turn: Turn) -> Grouping:
    asked = turn.query("by")
    return Grouping(asked) if asked in set(Grouping) else Grouping.ALL


def group_name(turn: Turn, grouping: Grouping, figure: Figure) -> str:
    """How a group is called on the page: a quarter, a month, a place, a field of action."""
    if not figure.group:
        return turn.words.plain("desk.figures.all" if grouping is Grouping.ALL else "desk.figures.unknown")
    match grouping:
        case Grouping.MONTH:
            return dates.month(date.fromisoformat(f"{figure.group}-01"), turn.language)
        case Grouping.QUARTER:
            return quarter_name(turn.words, figure.group)
        case Grouping.FIELD:
            return turn.words.plain("desk.figures.field." + figure.group)
        case _:
            return figure.group


def _chart(found: Sequence[Figure], name: Callable[[Figure], str]) -> str:
    """Shares in percent of a hundred, counts as they are; what is hidden has no bar, and nothing to show no chart."""
    shown = [figure for figure in found if figure.number is not None]
    if not shown:
        return ""
    if any(figure.base is not None for figure in shown):
        return charts.bars([(name(f), round(100 * (f.share or 0))) for f in shown], most=100)
    return charts.bars([(name(f), float(f.number or 0)) for f in shown])


def _row(turn: Turn, figure: Figure, grouping: Grouping) -> list[str | int]:
    numbers = [figure.number, figure.base, None if figure.share is None else round(100 * figure.share)]
    said = indicator_name(turn.words, figure.indicator, grouping)
    return [
        said,
        group_name(turn, grouping, figure),
        *("" if number is None else number for number in numbers),
    ]


ROUTES = (
    DeskRoute("GET", "/figures", figures, May.SEE_FIGURES, "the indicators"),
    DeskRoute("GET", "/figures/export", export, May.SEE_FIGURES, "the indicators as CSV or Excel workbook"),
)
