"""What is kept of an update: an allow-list of fields; names, titles and files never pass this module."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telegram import Bot, Update

from delivery.types import Incoming
from i18n.text import utf16_length

MAX_STORED_TEXT = 10_000
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
_ALARM = "alarm_owed"
_MEDIA = (
    "animation",
    "audio",
    "contact",
    "dice",
    "document",
    "game",
    "photo",
    "poll",
    "sticker",
    "story",
    "venue",
    "video",
    "video_note",
    "voice",
)


def minimise(update: Mapping[str, Any]) -> Incoming | None:
    """The allow-list of a raw update as it is kept, or None for what nobody asked us: groups, channels, bots, edits.

    The payload is a valid update again, with an empty name, so that python-telegram-bot can read it.
    """
    for kind, take in (("message", _message), ("callback_query", _tap), ("my_chat_member", _membership)):
        part = update.get(kind)
        if isinstance(part, Mapping):
            taken = take(part)
            if taken is None:
                return None
            chat_id, what, payload = taken
            update_id = int(update["update_id"])
            return Incoming(update_id, chat_id, what, {"update_id": update_id, kind: payload})
    return None


def revive(payload: Mapping[str, Any], bot: Bot) -> Update:
    """The update that `minimise` kept, received by `bot`. Raises ValueError when it is not one."""
    update = Update.de_json({name: part for name, part in payload.items() if name != _ALARM}, bot)
    if update is None:
        raise ValueError("not an update")
    return update


def owing_alarm(item: Incoming, language: str, kind: str) -> Incoming:
    """The update of somebody in danger whom the numbers may not have reached: `alarm_owed` says so to whoever answers it."""
    return replace(item, payload={**item.payload, _ALARM: {"language": language, "kind": kind}})


def alarm_owed(payload: Mapping[str, Any]) -> tuple[str, str] | None:
    """Language and kind of danger of the numbers that the reply to a kept update must say; None when it owes none."""
    alarm = payload.get(_ALARM)
    return (str(alarm["language"]), str(alarm["kind"])) if isinstance(alarm, Mapping) else None


def words_in(update: Mapping[str, Any]) -> str:
    """What somebody wrote, as a message or below a picture, for the emergency rule alone: of a caption nothing is kept."""
    message = update.get("message")
    written = (message.get("text") or message.get("caption")) if isinstance(message, Mapping) else None
    return written[:MAX_STORED_TEXT] if isinstance(written, str) else ""


def _person(source: Any) -> dict[str, Any] | None:
    if not isinstance(source, Mapping) or source.get("is_bot") or not isinstance(source.get("id"), int):
        return None
    kept: dict[str, Any] = {"id": source["id"], "is_bot": False, "first_name": ""}
    code = source.get("language_code")
    if isinstance(code, str) and len(code) <= 12:
        kept["language_code"] = code
    return kept


def _private(chat: Any) -> dict[str, Any] | None:
    if isinstance(chat, Mapping) and chat.get("type") == "private" and isinstance(chat.get("id"), int):
        return {"id": chat["id"], "type": "private"}
    return None


def _message(message: Mapping[str, Any]) -> tuple[int, str, dict[str, Any]] | None:
    chat, person = _private(message.get("chat")), _person(message.get("from"))
    if chat is None or person is None:
        return None
    kept: dict[str, Any] = {
        "message_id": message["message_id"],
        "date": message["date"],
        "chat": chat,
        "from": person,
    }
    forwarded = "forward_origin" in message or "forward_date" in message
    if isinstance(message.get("text"), str):
        text = message["text"][:MAX_STORED_TEXT]
        kept["text"] = text
        entities = message.get("entities")
        # A forwarded command is somebody else's text, never a command.
        if isinstance(entities, list) and not forwarded:
            kept["entities"] = [e for e in entities if _is_command(e, text)]
        return chat["id"], "text", kept
    location = message.get("location")
    if isinstance(location, Mapping):
        kept["location"] = {"latitude": location["latitude"], "longitude": location["longitude"]}
        return chat["id"], "location", kept
    # The picture itself is never looked at, and its caption by the emergency rule alone.
    if any(name in message for name in _MEDIA):
        return chat["id"], "media", kept
    return None


def _is_command(entity: Any, text: str) -> bool:
    return (
        isinstance(entity, Mapping)
        and entity.get("type") == "bot_command"
        and entity.get("offset") == 0
        and isinstance(entity.get("length"), int)
        and 0 < entity["length"] <= utf16_length(text)
    )


def _tap(query: Mapping[str, Any]) -> tuple[int, str, dict[str, Any]] | None:
    message = query.get("message")
    person = _person(query.get("from"))
    chat = _private(message.get("chat")) if isinstance(message, Mapping) else None
    if person is None or chat is None or not isinstance(message, Mapping):
        return None
    kept_message = {"message_id": message["message_id"], "date": message.get("date", 0), "chat": chat}
    kept = {
        "id": str(query["id"]),
        "from": person,
        "chat_instance": "",
        "data": str(query.get("data", ""))[:64],
        "message": kept_message,
    }
    return chat["id"], "tap", kept


def _membership(change: Mapping[str, Any]) -> tuple[int, str, dict[str, Any]] | None:
    chat, person = _private(change.get("chat")), _person(change.get("from"))
    new = change.get("new_chat_member")
    if chat is None or person is None or not isinstance(new, Mapping):
        return None
    us = {"id": 1, "is_bot": True, "first_name": ""}

    def member(status: object) -> dict[str, Any]:
        blocked = status in ("kicked", "left")
        return (
            {"status": "kicked", "until_date": 0, "user": us} if blocked else {"status": "member", "user": us}
        )

    old = change.get("old_chat_member")
    before = old.get("status") if isinstance(old, Mapping) else "member"
    kept = {
        "chat": chat,
        "from": person,
        "date": change["date"],
        "old_chat_member": member(before),
        "new_chat_member": member(new.get("status")),
    }
    return chat["id"], "membership", kept
