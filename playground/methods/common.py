"""What several methods share: finding chat and message, checking texts, and putting a message of the bot into a chat."""

from typing import Any

from playground.constants import CAPTION_MAX, TEXT_MAX, TEXT_RAW_MAX
from playground.errors import ApiError, bad_request
from playground.keyboards import Markup, parse_markup
from playground.markup import cannot_parse, parse_html
from playground.params import Params
from playground.profile import bot_user
from playground.text import clean, detect, trim, utf16_length
from playground.types import Chat, Json, Message
from playground.world import World


def find_chat(world: World, params: Params) -> Chat:
    """The chat a call names; 400 when the bot never met it, 403 when it may not write there."""
    if not params.has("chat_id"):
        raise bad_request("chat_id is empty")
    raw = params.text("chat_id")
    chat = world.chats.get(int(raw)) if raw.lstrip("-").isdecimal() else None
    if chat is None:
        raise bad_request("chat not found")
    if chat.left:
        raise ApiError(403, f"Forbidden: bot is not a member of the {chat.kind} chat")
    user = world.users.get(chat.id)
    if user and user.deactivated:
        raise ApiError(403, "Forbidden: user is deactivated")
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    chat = find_chat(world, params)
    user = world.users.get(chat.id)
    if user and user.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    world.limits.check(chat.id, world.clock.now().timestamp())
    return chat


def find_message(chat: Chat, params: Params, doing: str) -> Message:
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request(f"message to {doing} not found")
    return message


def _entities(raw: Any, text: str) -> list[Json]:
    if not isinstance(raw, list):
        raise cannot_parse("expected an Array of MessageEntity")
    end = utf16_length(text)
    for entity in raw:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise cannot_parse("expected a MessageEntity")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            raise bad_request("entity offset and length are invalid")
        if offset + length > end:
            raise bad_request(f"entity at offset {offset} and length {length} lies outside the text")
    return raw


def formatted(params: Params, name: str, entities_name: str) -> tuple[str, list[Json]]:
    """Text and entities of a parameter after parse mode, cleaning and Telegram's own detection."""
    raw = params.text(name)
    if len(raw.encode("utf-8", "replace")) > TEXT_RAW_MAX:
        raise bad_request("text is too long")
    text = clean(raw)
    mode = params.text("parse_mode").lower()
    entities: list[Json] = []
    if mode == "html":
        text, entities = parse_html(text)
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request("the playground understands parse_mode HTML only, not Markdown")
    elif mode:
        raise bad_request("unsupported parse_mode")
    elif params.has(entities_name):
        entities = _entities(params.json(entities_name), text)
    text, entities = trim(text, entities)
    found = entities + detect(text, entities)
    return text, sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def message_text(params: Params) -> Json:
    text, entities = formatted(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT_MAX:
        raise bad_request("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def caption(params: Params) -> Json:
    text, entities = formatted(params, "caption", "caption_entities")
    if utf16_length(text) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def _reply(chat: Chat, params: Params) -> Json:
    options = params.json("reply_parameters") or {}
    if not isinstance(options, dict):
        raise bad_request("object expected as reply parameters")
    message_id = options.get("message_id") or params.integer("reply_to_message_id")
    if not message_id:
        return {}
    target = chat.messages.get(int(message_id))
    if target is None or target.deleted:
        if options.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {
        "reply_to_message": {key: value for key, value in target.wire.items() if key != "reply_to_message"}
    }


def post(world: World, chat: Chat, params: Params, content: Json, markup: Markup | None = None) -> Json:
    """Puts the bot's message into the chat and onto the phone; the answer is the message as the Bot API shows it."""
    markup = markup or parse_markup(params.values.get("reply_markup"))
    extra: Json = _reply(chat, params)
    if markup.inline and markup.inline["inline_keyboard"]:
        extra["reply_markup"] = markup.inline
    if params.flag("protect_content"):
        extra["has_protected_content"] = True
    message = world.add_message(
        chat, content | extra, sender=bot_user(), silent=params.flag("disable_notification")
    )
    if markup.reply is not None:
        chat.keyboard = markup.reply or None
        message.reply_keyboard = markup.reply or None
    world.announce("message", chat, message)
    return message.wire
