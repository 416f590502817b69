"""Administration: the settings of the house, and who changed settings, roles and accounts; nothing here says anything of a case."""

from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.house.errors import SettingsInvalidError
from people.house.types import Setting
from people.types import Permission as May

_EVENTS = 20
"""So many lines about accounts stand on a page."""


async def settings(turn: Turn) -> Answer:
    """Every setting with its default, and what was changed."""
    return await _page(turn)


async def change(turn: Turn) -> Answer:
    """Write what differs."""
    given = {setting: turn.typed(setting.value)[:120] for setting in Setting if setting.value in turn.form}
    try:
        changed = await turn.services.house.change(turn.tx, turn.actor, given, turn.wall)
    except SettingsInvalidError as error:
        return await _page(turn, given, error)
    return Go("/settings", "settings_saved" if changed else "nothing_changed")


async def _page(
    turn: Turn, given: dict[Setting, str] | None = None, error: SettingsInvalidError | None = None
) -> Page:
    house, page = turn.services.house, turn.query("page")
    number = int(page) if page.isdecimal() and len(page) < 6 else 0
    events = await turn.services.accounts.events(turn.tx, turn.actor)
    begins = number * _EVENTS
    lines = await house.look(turn.tx, turn.actor)
    values = {
        "lines": lines,
        "given": given or {line.setting: line.value for line in lines},
        "wrong": error.wrong if error else {},
        "changes": await house.changes(turn.tx, turn.actor),
        "roles": await house.role_changes(turn.tx, turn.actor),
        "events": events[begins : begins + _EVENTS],
        "newer": number - 1 if number else None,
        "older": number + 1 if len(events) > begins + _EVENTS else None,
        "names": await turn.services.accounts.shown_names(turn.tx),
    }
    return Page("settings.html", values, 422 if error else 200)


ROUTES = (
    DeskRoute("GET", "/settings", settings, May.KEEP_SETTINGS, "how Lotse works here, and who changed it"),
    DeskRoute("POST", "/settings", change, May.KEEP_SETTINGS, "change it"),
)
