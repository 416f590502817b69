"""Methods that put something new into a chat: text, documents, photos, locations, actions."""

from typing import Any

from playground.constants import PHOTO_MAX, UPLOAD_MAX
from playground.errors import ApiError, bad_request
from playground.keyboards import parse_markup
from playground.methods.common import caption, find_chat, message_text, post, writable_chat
from playground.params import Params, Upload
from playground.types import Json, StoredFile
from playground.world import World

_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


async def send_message(world: World, params: Params) -> Json:
    content, markup = message_text(params), parse_markup(params.values.get("reply_markup"))
    return post(world, writable_chat(world, params), params, content, markup)


def _file(world: World, params: Params, name: str, limit: int) -> StoredFile:
    given = params.upload(name)
    if isinstance(given, Upload):
        if not given.content:
            raise bad_request("file must be non-empty")
        if len(given.content) > limit:
            raise ApiError(413, "Request Entity Too Large")
        return world.store_file(given.content, name=given.name, mime_type=given.mime_type, folder=f"{name}s")
    if given is None:
        raise bad_request(f"there is no {name} in the request")
    if given not in world.files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return world.files[given]


async def send_document(world: World, params: Params) -> Json:
    content, markup = caption(params), parse_markup(params.values.get("reply_markup"))
    file = _file(world, params, "document", UPLOAD_MAX)
    return post(
        world, writable_chat(world, params), params, {"document": document_wire(file)} | content, markup
    )


def document_wire(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_name": file.name,
        "mime_type": file.mime_type,
        "file_size": file.size,
    }


async def send_photo(world: World, params: Params) -> Json:
    content, markup = caption(params), parse_markup(params.values.get("reply_markup"))
    file = _file(world, params, "photo", PHOTO_MAX)
    return post(world, writable_chat(world, params), params, {"photo": photo_wire(file)} | content, markup)


def photo_wire(file: StoredFile) -> list[Json]:
    size = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}
    return [size | {"width": 320, "height": 320}]


async def send_location(world: World, params: Params) -> Json:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("invalid latitude or longitude specified")
    markup = parse_markup(params.values.get("reply_markup"))
    content = {"location": {"latitude": latitude, "longitude": longitude}}
    return post(world, writable_chat(world, params), params, content, markup)


async def send_chat_action(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    if world.users.get(chat.id) and world.users[chat.id].blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.hub.publish("action", {"chat_id": chat.id, "action": action})
    return True


METHODS: dict[str, Any] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendLocation": send_location,
    "sendChatAction": send_chat_action,
}
