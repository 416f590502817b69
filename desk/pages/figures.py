"""The indicators: computed from the records, as charts with the numbers beside them; few people are never shown."""

from collections.abc import Callable, Sequence
from datetime import date

from agreements.indicators.types import Figure, Grouping, Indicator
from desk import charts
from desk.routes import DeskRoute
from desk.turn import Answer, File, Page, Turn
from i18n import dates
from offers import tablefile
from people.types import Permission as May

_HEADER = ("indicator", "group", "number", "of", "percent")


async def figures(turn: Turn) -> Answer:
    """Every indicator that can be broken down as asked."""
    grouping, name = _grouping(turn), _group_name(turn)
    found = await turn.services.cases.indicators.figures(turn.tx, turn.actor, grouping, turn.now)
    groups = {indicator: [f for f in found if f.indicator is indicator] for indicator in Indicator}
    values = {
        "by": grouping,
        "groupings": tuple(Grouping),
        "figures": {indicator: some for indicator, some in groups.items() if some},
        "charts": {indicator: _chart(some, name) for indicator, some in groups.items() if len(some) > 1},
        "name": name,
        "goals": await turn.services.cases.indicators.goals(turn.tx),
    }
    return Page("figures.html", values)


async def export(turn: Turn) -> Answer:
    """The same as CSV; what is hidden on the page is empty there."""
    grouping, name = _grouping(turn), _group_name(turn)
    found = await turn.services.cases.indicators.figures(turn.tx, turn.actor, grouping, turn.now)
    rows = [_row(turn, figure, name) for figure in found]
    head = [turn.words.plain("desk.figures.column." + column) for column in _HEADER]
    content = tablefile.csv_bytes([head, *rows])
    day = turn.now.astimezone(dates.BERLIN).date().isoformat()
    return File(content, "text/csv; charset=utf-8", f"lotse-figures-{grouping.value}-{day}.csv")


def _grouping(turn: Turn) -> Grouping:
    asked = turn.query("by")
    return Grouping(asked) if asked in set(Grouping) else Grouping.ALL


def _group_name(turn: Turn) -> Callable[[Figure], str]:
    """How a group is called on the page: a month, a place, a field of action."""
    grouping = _grouping(turn)

    def name(figure: Figure) -> str:
        if not figure.group:
            return turn.words.plain(
                "desk.figures.all" if grouping is Grouping.ALL else "desk.figures.unknown"
            )
        match grouping:
            case Grouping.MONTH:
                return dates.month(date.fromisoformat(f"{figure.group}-01"), turn.language)
            case Grouping.FIELD:
                return turn.words.plain("desk.figures.field." + figure.group)
            case _:
                return figure.group

    return name


def _chart(found: Sequence[Figure], name: Callable[[Figure], str]) -> str:
    """Shares in percent of a hundred, counts as they are; what is hidden has no bar, and nothing to show no chart."""
    shown = [figure for figure in found if figure.number is not None]
    if not shown:
        return ""
    if any(figure.base is not None for figure in shown):
        return charts.bars([(name(f), round(100 * (f.share or 0))) for f in shown], most=100)
    return charts.bars([(name(f), float(f.number or 0)) for f in shown])


def _row(turn: Turn, figure: Figure, name: Callable[[Figure], str]) -> list[str]:
    numbers = [figure.number, figure.base, None if figure.share is None else round(100 * figure.share)]
    said = turn.words.plain("desk.figures.is." + figure.indicator.value)
    return [said, name(figure), *("" if number is None else str(number) for number in numbers)]


ROUTES = (
    DeskRoute("GET", "/figures", figures, May.SEE_FIGURES, "the indicators"),
    DeskRoute("GET", "/figures/export", export, May.SEE_FIGURES, "the indicators as CSV"),
)
