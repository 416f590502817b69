"""Charts as SVG inside the page: bars without scripts and styles of their own, coloured by the stylesheet."""

import re
import sys
from collections.abc import Sequence
from functools import lru_cache

import pygal
from markupsafe import Markup
from pygal.style import Style

# pygal puts an old-fashioned finder for plugins before every import of the process; we have none.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

WIDTH, BAR, MARGIN, LETTER = 560, 30, 34, 14
# The page allows no inline styles and scripts, and the table beside the chart says the numbers.
_UNWANTED = re.compile(
    r"<(style|script|title|desc)\b.*?</\1>|<!--.*?-->| style=\"[^\"]*\"| id=\"[^\"]*\"", re.DOTALL
)
_KEPT = 64
_STYLE = Style(label_font_size=LETTER, major_label_font_size=LETTER, font_family="inherit")


def bars(items: Sequence[tuple[str, float]], *, most: float | None = None) -> Markup:
    """Horizontal bars in the order given; `most` is where the scale ends, else the largest value."""
    return _drawn(tuple(items), most)


@lru_cache(_KEPT)
def _drawn(items: tuple[tuple[str, float], ...], most: float | None) -> Markup:
    # Drawing takes longer than counting, and what somebody wrote meanwhile changes few of the bars.
    chart = pygal.HorizontalBar(
        js=(),
        css=(),
        style=_STYLE,
        width=WIDTH,
        height=MARGIN + BAR * max(len(items), 1),
        margin=4,
        show_legend=False,
        disable_xml_declaration=True,
        range=(0, most or max((value for _, value in items), default=1) or 1),
        y_labels_major_every=1,
        max_scale=5,
        formatter=lambda value: f"{value:g}",
    )
    # Bars grow from below; a table is read from above.
    chart.x_labels = [name for name, _ in reversed(items)]
    chart.add("", [value for _, value in reversed(items)])
    drawn = _UNWANTED.sub("", str(chart.render(is_unicode=True)))
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 -- pygal escapes labels
