"""What people do on their phones, and the updates it makes: writing, tapping, sending, blocking; no HTTP."""

from typing import Any

from playground.errors import ControlError
from playground.keyboards import ACTIONS
from playground.links import start_payload, valid_payload
from playground.profile import bot_user
from playground.samples import SAMPLES
from playground.text import clean, detect, split
from playground.types import CallbackQuery, Chat, Json, Message, User
from playground.world import World


def _active(world: World, user_id: int) -> User:
    user = world.user(user_id)
    if user.blocked:
        raise ControlError(f"{user.first_name} blocked the bot; unblock it first", 409)
    return user


def _receive(world: World, chat: Chat, user: User, content: Json) -> Message:
    message = world.add_message(chat, content, sender=user.wire())
    world.announce("message", chat, message)
    world.emit("message", message.wire)
    return message


def _text(text: str) -> Json:
    entities = detect(text)
    return {"text": text} | ({"entities": entities} if entities else {})


def say(world: World, user_id: int, text: str) -> list[Message]:
    """Text as typed; longer than one message holds, it goes out in parts, as Telegram's apps do."""
    user = _active(world, user_id)
    parts = split(clean(text).strip())
    if not parts:
        raise ControlError("an empty message cannot be sent")
    chat = world.private_chat(user_id)
    return [_receive(world, chat, user, _text(part)) for part in parts]


def start(world: World, user_id: int, *, payload: str = "", link: str = "") -> Message:
    """Opens the bot by a link or payload; a payload Telegram would drop becomes a bare /start; it unblocks."""
    found = start_payload(link) if link else valid_payload(payload)
    if found is None:
        raise ControlError("that link does not lead to this bot")
    if world.user(user_id).blocked:
        set_blocked(world, user_id, blocked=False)
    return say(world, user_id, f"/start {found}".strip())[0]


def send(world: World, user_id: int, kind: str, spec: Json) -> Message:
    """A sticker, photo, voice, video, document, location or contact; spec may name caption, name, latitude, …"""
    if kind not in SAMPLES:
        raise ControlError(f"no kind {kind!r}; there are {', '.join(SAMPLES)}")
    user = _active(world, user_id)
    return _receive(world, world.private_chat(user_id), user, SAMPLES[kind](world, user, spec))


def forward(world: World, user_id: int, text: str, sender: str) -> Message:
    user = _active(world, user_id)
    origin = {"type": "hidden_user", "sender_user_name": sender, "date": world.clock.timestamp()}
    return _receive(world, world.private_chat(user_id), user, _text(clean(text)) | {"forward_origin": origin})


def edit(world: World, user_id: int, message_id: int, text: str) -> Message:
    _active(world, user_id)
    chat = world.private_chat(user_id)
    message = _visible(chat, message_id)
    if message.from_bot or "text" not in message.wire:
        raise ControlError("only one's own text messages can be edited")
    kept = {key: value for key, value in message.wire.items() if key not in {"text", "entities"}}
    world.replace(chat, message, kept | _text(clean(text)) | {"edit_date": world.clock.timestamp()})
    world.emit("edited_message", message.wire)
    return message


def group(world: World, user_id: int, text: str, chat_id: int, title: str) -> Message:
    user = world.user(user_id)
    chat = world.chats.setdefault(chat_id, Chat(chat_id, kind="supergroup", title=title))
    return _receive(world, chat, user, _text(clean(text)))


def _visible(chat: Chat, message_id: int) -> Message:
    message = chat.messages.get(message_id)
    if message is None or message.deleted or message.hidden:
        raise ControlError(f"no message {message_id} on this phone", 404)
    return message


def _buttons(message: Message) -> list[list[Json]]:
    rows: list[list[Json]] = message.wire.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def _matches(button: Json, wanted: Json) -> bool:
    if "data" in wanted:
        return bool(button.get("callback_data") == wanted["data"])
    return bool(button["text"] == wanted.get("button"))


def find_button(world: World, user_id: int, wanted: Json) -> tuple[Message, Json]:
    """wanted: button (its text), data or row and col; message_id, or the newest message that has such a button."""
    chat = world.private_chat(user_id)
    if "message_id" in wanted:
        messages = [_visible(chat, int(wanted["message_id"]))]
    else:
        messages = [m for m in reversed(chat.messages.values()) if not m.deleted and not m.hidden]
    for message in messages:
        rows = _buttons(message)
        if "row" in wanted:
            row, col = int(wanted["row"]), int(wanted.get("col", 0))
            if 0 <= row < len(rows) and 0 <= col < len(rows[row]):
                return message, rows[row][col]
            continue
        for button in (button for row in rows for button in row):
            if _matches(button, wanted):
                return message, button
    raise ControlError("no such button on this phone", 404)


def tap(world: World, user_id: int, wanted: Json) -> Json:
    """Taps an inline button: makes a callback query, or tells where an address leads."""
    user = _active(world, user_id)
    message, button = find_button(world, user_id, wanted)
    action = next(name for name in button if name != "text" and name in ACTIONS)
    if action != "callback_data":
        return {"action": action, "value": button[action]}
    return _query(world, user, message, button["callback_data"])


def tap_raw(world: World, user_id: int, message_id: int, data: str) -> Json:
    """A callback query with data no button carries: what a tampered client could send."""
    user = _active(world, user_id)
    chat = world.private_chat(user_id)
    message = chat.messages.get(message_id)
    if message is None:
        raise ControlError(f"no message {message_id} on this phone", 404)
    return _query(world, user, message, data)


def _query(world: World, user: User, message: Message, data: str) -> Json:
    query_id = str(world.random.getrandbits(62) + 1)
    chat_id = user.id
    query = CallbackQuery(query_id, user.id, chat_id, message.wire["message_id"], data, world.clock.now())
    world.queries[query_id] = query
    content = {
        "id": query_id,
        "from": user.wire(),
        "message": message.wire,
        "chat_instance": str(chat_id * 7919),
        "data": data,
    }
    update_id = world.emit("callback_query", content)
    return {"action": "callback_data", "callback_query_id": query_id, "update_id": update_id}


def press(world: World, user_id: int, text: str) -> Message:
    """Taps a button of the keyboard that replaced the phone's own."""
    chat = world.private_chat(user_id)
    rows = (chat.keyboard or {}).get("keyboard", [])
    button = next((button for row in rows for button in row if button["text"] == text), None)
    if button is None:
        raise ControlError("no such button on this phone", 404)
    if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
        chat.keyboard = None
    if button.get("request_contact"):
        return send(world, user_id, "contact", {})
    if button.get("request_location"):
        return send(world, user_id, "location", {})
    return say(world, user_id, text)[0]


def set_blocked(world: World, user_id: int, *, blocked: bool) -> None:
    """Blocks or unblocks the bot; it hears of it as my_chat_member."""
    user = world.user(user_id)
    if user.blocked == blocked:
        return
    user.blocked = blocked
    chat = world.private_chat(user_id)
    bot: Json = bot_user()
    member: Json = {"user": bot, "status": "member"}
    kicked: Json = {"user": bot, "status": "kicked", "until_date": 0}
    old, new = (member, kicked) if blocked else (kicked, member)
    content: dict[str, Any] = {
        "chat": world.chat_wire(chat),
        "from": user.wire(),
        "date": world.clock.timestamp(),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    world.hub.publish("user", user.view())
    world.emit("my_chat_member", content)


def set_language(world: World, user_id: int, code: str) -> User:
    user = world.user(user_id)
    user.language_code = code
    world.hub.publish("user", user.view() | {"commands": world.profile.commands_for(user_id, code)})
    return user


def delete_chat(world: World, user_id: int) -> None:
    """Empties the phone; the bot keeps what it has, and hears nothing of it."""
    chat = world.private_chat(user_id)
    for message in chat.messages.values():
        message.hidden = True
    chat.keyboard = None
    chat.seq += 1
    world.hub.publish("cleared", {"chat_id": user_id})
