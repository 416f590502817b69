"""Methods about the bot itself: commands, name, descriptions, menu button."""

from collections.abc import Awaitable, Callable
from typing import Any

from playground.errors import bad_request
from playground.params import Params
from playground.profile import check_language, parse_commands, scope_key
from playground.types import Json
from playground.world import World


def _key(params: Params) -> tuple[str, str]:
    return scope_key(params.json("scope")), check_language(params.text("language_code"))


def _changed(world: World) -> bool:
    world.hub.publish("profile", {"bot": world.profile.view()})
    return True


async def set_commands(world: World, params: Params) -> bool:
    world.profile.commands[_key(params)] = parse_commands(params.json("commands"))
    return _changed(world)


async def get_commands(world: World, params: Params) -> list[Json]:
    return world.profile.commands.get(_key(params), [])


async def delete_commands(world: World, params: Params) -> bool:
    world.profile.commands.pop(_key(params), None)
    return _changed(world)


def _setter(kind: str) -> Callable[[World, Params], Awaitable[bool]]:
    async def set_text(world: World, params: Params) -> bool:
        world.profile.set_text(kind, params.text("language_code"), params.text(kind))
        return _changed(world)

    return set_text


def _getter(kind: str) -> Callable[[World, Params], Awaitable[Json]]:
    async def get_text(world: World, params: Params) -> Json:
        return {kind: world.profile.text(kind, check_language(params.text("language_code")))}

    return get_text


async def set_menu_button(world: World, params: Params) -> bool:
    button = params.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button")
    world.profile.menu_buttons[params.integer("chat_id")] = button
    return _changed(world)


async def get_menu_button(world: World, params: Params) -> Json:
    buttons = world.profile.menu_buttons
    return buttons.get(params.integer("chat_id")) or buttons.get(0) or {"type": "commands"}


METHODS: dict[str, Any] = {
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
