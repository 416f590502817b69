"""Small pieces that many views are put together from."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from bot.screens import Button, tap
from i18n.messages import Words


def lines(*parts: str | Markup | None) -> Markup:
    """Lines one below the other; None is left out, an empty string is an empty line."""
    return Markup("\n").join(escape(part) for part in parts if part is not None)


def bold(text: str | Markup) -> Markup:
    """`text` in bold."""
    return Markup("<b>{}</b>").format(text)


def in_rows(buttons: Iterable[Button], per_row: int) -> list[list[Button]]:
    """Buttons in rows of `per_row`."""
    every = list(buttons)
    return [every[start : start + per_row] for start in range(0, len(every), per_row)]


def home(words: Words) -> list[Button]:
    """The row that leads back: menu, and a human being."""
    return [tap(words.plain("button.menu"), "menu"), tap(words.plain("button.human"), "human")]


def with_home(words: Words, rows: Sequence[Sequence[Button]]) -> list[Sequence[Button]]:
    """Rows with the way home below them: no screen is a dead end."""
    return [*rows, home(words)]
