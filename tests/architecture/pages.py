"""The reference pages in docs/ that are written from the code: `make docs` writes them, a test keeps them true."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import typer.main
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.routes import Route, RouteKind
from bot.table import ROUTES
from lotse.cli import app
from lotse.settings import PROJECT, Settings
from people.rules import POLICY
from people.types import Permission

DOCS = PROJECT / "docs"
_KINDS = {
    RouteKind.LINK: ("Deep links", "`/start {name}_<code>`"),
    RouteKind.COMMAND: ("Commands", "`/{name}`"),
    RouteKind.TAP: ("Taps", "`{name}`"),
    RouteKind.MEMBERSHIP: ("What Telegram tells by itself", "{name}"),
    RouteKind.LOCATION: ("Messages", "{name}"),
    RouteKind.TEXT: ("Messages", "{name}"),
    RouteKind.MEDIA: ("Messages", "{name}"),
}


def settings_page() -> str:
    """Every setting with its default."""
    rows = [
        f"| `{name}` | {field.description} | {_default(field.default, field.annotation)} |"
        for name, field in _settings(Settings, "LOTSE_")
    ]
    return _page(
        "Settings",
        "Environment variables, or lines of a file `.env` in the project's folder. A wrong value stops the start with a sentence that names it.",
        "| variable | what it is | default |",
        "| --- | --- | --- |",
        *rows,
    )


def handlers_page() -> str:
    """Every way into the bot and who may take it."""
    parts: list[str] = []
    for title in dict.fromkeys(title for title, _ in _KINDS.values()):
        routes = [route for route in ROUTES if _KINDS[route.kind][0] == title]
        parts += [
            f"## {title}",
            "",
            "| way in | what it does | who may | handler |",
            "| --- | --- | --- | --- |",
        ]
        parts += [_route_row(route) for route in routes]
        parts.append("")
    return _page(
        "Handlers",
        "Every way into the bot, in the order in which it is tried. The permission is checked before the handler runs; whose record an id points at is checked by the services.",
        *parts[:-1],
    )


def commands_page() -> str:
    """Every command of the command line."""
    rows = [f"| `{name}` | {text} |" for name, text in _commands(typer.main.get_command(app), "lotse")]
    return _page(
        "Command line",
        "The program is `.venv/bin/lotse`. `--help` after any command names its options.",
        "| command | what it does |",
        "| --- | --- |",
        *rows,
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "handlers.md": handlers_page,
    "commands.md": commands_page,
}


def write() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


def _page(title: str, intro: str, *lines: str) -> str:
    return "\n".join((f"# {title}", "", intro, "", *lines)) + "\n"


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Every variable with its field; a group of settings is a prefix of its own."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _settings(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", field


def _default(value: Any, annotation: Any) -> str:
    if isinstance(value, Path):
        return f"`{value.relative_to(PROJECT)}`"
    if value in (None, "") or NoneType in get_args(annotation) or annotation is SecretStr:
        return "–"
    return f"`{value}`"


def _route_row(route: Route) -> str:
    # What follows the name of a link is its code, which stands in the pattern already.
    parts = 0 if route.kind is RouteKind.LINK else route.args
    name = _KINDS[route.kind][1].format(name=":".join((route.name, *["…"] * parts)))
    handler = f"{route.handler.__module__}.{route.handler.__qualname__}"
    return f"| {name} | {route.what} | {_who(route.permission)} | `{handler}` |"


def _who(permission: Permission) -> str:
    return ", ".join(sorted(role.value for role in POLICY[permission])) or "everybody"


def _commands(command: Any, path: str) -> Iterator[tuple[str, str]]:
    for name, sub in getattr(command, "commands", {}).items():
        yield from _commands(sub, f"{path} {name}")
    if not hasattr(command, "commands"):
        arguments = [f" {p.name.upper()}" for p in command.params if p.param_type_name == "argument"]
        yield path + "".join(arguments), (command.help or "").strip().split("\n")[0]


if __name__ == "__main__":
    write()
