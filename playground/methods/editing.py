"""Methods that change or take away what is in a chat already."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playground.constants import DELETE_HOURS
from playground.errors import bad_request
from playground.keyboards import parse_markup
from playground.methods.common import caption, find_chat, find_message, message_text
from playground.params import Params
from playground.types import Chat, Json, Message
from playground.world import World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_STATE = ("edit_date", "reply_markup")


def _own(world: World, params: Params) -> tuple[Chat, Message]:
    chat = find_chat(world, params)
    message = find_message(chat, params, "edit")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _change(
    world: World, params: Params, chat: Chat, message: Message, content: Json, *, drop: tuple[str, ...]
) -> Json:
    """Telegram drops the inline keyboard unless the edit brings it again."""
    markup = parse_markup(params.values.get("reply_markup")).inline
    if markup and markup["inline_keyboard"]:
        content = content | {"reply_markup": markup}
    kept = {key: value for key, value in message.wire.items() if key not in (*_STATE, *drop)}
    old = {key: value for key, value in message.wire.items() if key != "edit_date"}
    if kept | content == old:
        raise bad_request(_NOT_MODIFIED)
    world.replace(chat, message, kept | content | {"edit_date": world.clock.timestamp()})
    return message.wire


async def edit_text(world: World, params: Params) -> Json:
    content = message_text(params)
    chat, message = _own(world, params)
    if "text" not in message.wire:
        raise bad_request("there is no text in the message to edit")
    return _change(world, params, chat, message, content, drop=("text", "entities"))


async def edit_caption(world: World, params: Params) -> Json:
    content = caption(params)
    chat, message = _own(world, params)
    if not {"document", "photo"} & message.wire.keys():
        raise bad_request("there is no caption in the message to edit")
    return _change(world, params, chat, message, content, drop=("caption", "caption_entities"))


async def edit_markup(world: World, params: Params) -> Json:
    chat, message = _own(world, params)
    return _change(world, params, chat, message, {}, drop=())


def _delete(world: World, chat: Chat, message: Message) -> None:
    sent = datetime.fromtimestamp(message.wire["date"], UTC)
    if world.clock.now() - sent > timedelta(hours=DELETE_HOURS):
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    world.touch(chat, message, "deleted")


async def delete_message(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    _delete(world, chat, find_message(chat, params, "delete"))
    return True


async def delete_messages(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    ids = params.json("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message identifiers are not specified")
    for message_id in ids:
        message = chat.messages.get(int(message_id))
        if message and not message.deleted:
            _delete(world, chat, message)
    return True


METHODS: dict[str, Any] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
