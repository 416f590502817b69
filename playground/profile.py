"""What the bot says of itself: name, descriptions, commands and menu button, by scope and language."""

import re
from dataclasses import dataclass, field
from typing import Any

from playground.constants import BOT_ID, BOT_USERNAME
from playground.errors import bad_request
from playground.types import Json

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
DEFAULT_NAME = "Lotse"
LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def bot_user() -> Json:
    """The bot as the sender of its messages."""
    return {"id": BOT_ID, "is_bot": True, "first_name": DEFAULT_NAME, "username": BOT_USERNAME}


def check_language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def parse_commands(raw: Any) -> list[Json]:
    if not isinstance(raw, list):
        raise bad_request("expected an Array of BotCommand")
    if len(raw) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for item in raw:
        if not isinstance(item, dict):
            raise bad_request("can't parse BotCommand: expected an Object")
        command = str(item.get("command", "")).removeprefix("/")
        description = str(item.get("description", ""))
        if not _COMMAND.fullmatch(command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": command, "description": description})
    return commands


def scope_key(raw: Any) -> str:
    """'default', 'all_private_chats', … or 'chat:7001'."""
    if not raw:
        return "default"
    if not isinstance(raw, dict) or "type" not in raw:
        raise bad_request("can't parse BotCommandScope: expected an Object")
    kind = str(raw["type"])
    if kind in {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}:
        return kind
    if kind == "chat":
        return f"chat:{raw.get('chat_id')}"
    raise bad_request("unsupported type of BotCommandScope specified")


@dataclass(slots=True)
class Profile:
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def set_text(self, kind: str, language: str, text: str) -> None:
        if len(text) > LENGTHS[kind]:
            raise bad_request(f"bot {kind.replace('_', ' ')} is too long")
        key = (kind, check_language(language))
        if text:
            self.texts[key] = text
        else:
            self.texts.pop(key, None)

    def text(self, kind: str, language: str) -> str:
        default = DEFAULT_NAME if kind == "name" else ""
        return self.texts.get((kind, language)) or self.texts.get((kind, ""), default)

    def commands_for(self, chat_id: int, language: str) -> list[Json]:
        """What the phone's menu shows: Telegram looks from the narrowest scope to the widest."""
        for scope in (f"chat:{chat_id}", "all_private_chats", "default"):
            for code in (language.split("-", maxsplit=1)[0], ""):
                if found := self.commands.get((scope, code)):
                    return found
        return []

    def view(self, language: str = "") -> Json:
        code = language.split("-", maxsplit=1)[0]
        return {kind: self.text(kind, code) for kind in LENGTHS} | {"username": BOT_USERNAME}
