"""getFile, and what a chat is: getChat, leaveChat."""

from typing import Any

from playground.constants import DOWNLOAD_MAX
from playground.errors import bad_request
from playground.methods.common import find_chat
from playground.params import Params
from playground.types import Json
from playground.world import World

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


async def get_file(world: World, params: Params) -> Json:
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_MAX:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


async def get_chat(world: World, params: Params) -> Json:
    chat = find_chat(world, params)
    fixed = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    return world.chat_wire(chat) | fixed


async def leave_chat(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.left = True
    return True


METHODS: dict[str, Any] = {"getFile": get_file, "getChat": get_chat, "leaveChat": leave_chat}
