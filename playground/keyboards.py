"""Reply markup as Telegram checks it: inline keyboards, reply keyboards, removal and force reply."""

import json
from dataclasses import dataclass
from typing import Any

from playground.constants import BUTTONS_PER_KEYBOARD, BUTTONS_PER_ROW, CALLBACK_DATA_MAX
from playground.errors import bad_request
from playground.links import is_web_address
from playground.types import Json

ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
"""What a button under a message may do; each has exactly one."""
_REPLY_ACTIONS = (
    "request_contact",
    "request_location",
    "request_poll",
    "request_users",
    "request_chat",
    "web_app",
)


@dataclass(frozen=True, slots=True)
class Markup:
    """inline: the keyboard under the message; reply: what replaces the phone's keyboard ({} removes it)."""

    inline: Json | None = None
    reply: Json | None = None


NO_MARKUP = Markup()


def parse_markup(raw: Any) -> Markup:
    if raw is None or raw == "":
        return NO_MARKUP
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError as error:
            raise bad_request("can't parse reply keyboard markup JSON object") from error
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in raw:
        rows = _rows(raw["inline_keyboard"], "inline_keyboard")
        keyboard = [[_inline_button(button) for button in row] for row in rows]
        return Markup(inline={"inline_keyboard": keyboard})
    if "keyboard" in raw:
        keyboard = [[_reply_button(button) for button in row] for row in _rows(raw["keyboard"], "keyboard")]
        if not keyboard:
            raise bad_request("reply keyboard must be non-empty")
        if len(str(raw.get("input_field_placeholder", ""))) > 64:
            raise bad_request("reply keyboard input field placeholder is too long")
        return Markup(reply={**raw, "keyboard": keyboard})
    if raw.get("remove_keyboard"):
        return Markup(reply={})
    return NO_MARKUP


def _rows(raw: Any, name: str) -> list[list[Any]]:
    if not isinstance(raw, list):
        raise bad_request(f'field "{name}" of the reply markup must be of type Array')
    if not all(isinstance(row, list) for row in raw):
        raise bad_request(f'field "{name}" of the reply markup must be an Array of Arrays')
    rows = [row for row in raw if row]
    if any(len(row) > BUTTONS_PER_ROW for row in rows):
        raise bad_request(f"too many buttons in a row of the reply markup, the maximum is {BUTTONS_PER_ROW}")
    if sum(map(len, rows)) > BUTTONS_PER_KEYBOARD:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return rows


def _text(button: Json, prefix: str) -> str:
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f"can't parse {prefix}: Can't find field \"text\"")
    if not text.strip():
        raise bad_request(f"can't parse {prefix}: Text must be non-empty")
    return text


def _inline_button(button: Any) -> Json:
    prefix = "inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {prefix}: Expected an Object")
    _text(button, prefix)
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise bad_request(f"can't parse {prefix}: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(
            f"can't parse {prefix}: Exactly one action is allowed, found {' and '.join(actions)}"
        )
    _check_action(actions[0], button[actions[0]])
    return button


def _check_action(action: str, value: Any) -> None:
    if action == "callback_data" and (
        not isinstance(value, str) or not 1 <= len(value.encode("utf-8", "replace")) <= CALLBACK_DATA_MAX
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and (not isinstance(value, str) or not is_web_address(value)):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "copy_text" and not (
        isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= 256
    ):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _reply_button(button: Any) -> Json:
    prefix = "keyboard button"
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {prefix}: Expected an Object or a String")
    _text(button, prefix)
    actions = [name for name in _REPLY_ACTIONS if button.get(name)]
    if len(actions) > 1:
        raise bad_request(
            f"can't parse {prefix}: Exactly one action is allowed, found {' and '.join(actions)}"
        )
    return button
