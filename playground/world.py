"""Everybody and everything of the playground in memory: people, chats, messages, files, queries; no HTTP."""

from collections import deque
from typing import Any

from playground.clock import Clock
from playground.constants import BOT_ID
from playground.dice import dice
from playground.errors import ControlError
from playground.events import Hub
from playground.faults import Faults
from playground.limits import Limits
from playground.profile import Profile
from playground.types import ApiCall, CallbackQuery, Chat, Json, Message, StoredFile, User
from playground.updates import UpdateQueue
from playground.webhook import Webhook

PHONES = (
    User(7001, "Amira", language_code="ar", role="client"),
    User(7002, "Jonas", language_code="de", role="volunteer"),
    User(7003, "Katrin", language_code="de", role="coordinator"),
)
_LOG_MAX = 50_000


class World:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.hub = Hub()
        self.updates = UpdateQueue()
        self.webhook = Webhook(self.updates, self.hub)
        self.bot_seen = False
        self._clear()

    def _clear(self) -> None:
        self.faults = Faults()
        self.limits = Limits()
        self.profile = Profile()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, CallbackQuery] = {}
        self.files: dict[str, StoredFile] = {}
        self.calls: deque[ApiCall] = deque(maxlen=_LOG_MAX)
        self.call_count = 0
        self.notes: list[Json] = []
        self.last_message_id = 0
        self.random = dice(20270101)
        for phone in PHONES:
            self.add_user(
                User(phone.id, phone.first_name, language_code=phone.language_code, role=phone.role)
            )

    def reset(self) -> None:
        """As freshly started; whoever polls keeps polling, and update ids go on so that no old offset hides a new update."""
        self._clear()
        self.clock.reset()
        self.updates.pending.clear()
        self.hub.publish("reset", {})

    def add_user(self, user: User) -> User:
        if user.id in self.users:
            raise ControlError(f"user {user.id} exists already", 409)
        self.users[user.id] = user
        return user

    def user(self, user_id: int) -> User:
        try:
            return self.users[user_id]
        except KeyError:
            raise ControlError(f"no user {user_id}", 404) from None

    def private_chat(self, user_id: int) -> Chat:
        """The person's chat with the bot, opened by this when it was not there."""
        return self.chats.setdefault(user_id, Chat(user_id))

    def chat_wire(self, chat: Chat) -> Json:
        if chat.kind == "private":
            return self.users[chat.id].chat_wire()
        return {"id": chat.id, "type": chat.kind, "title": chat.title}

    def add_message(self, chat: Chat, content: Json, *, sender: Json, silent: bool = False) -> Message:
        """Puts a message into the chat; content is everything but id, sender, chat and date."""
        self.last_message_id += 1
        head = {"message_id": self.last_message_id, "from": sender, "chat": self.chat_wire(chat)}
        chat.seq += 1
        message = Message(
            wire=head | {"date": self.clock.timestamp()} | content,
            from_bot=sender["id"] == BOT_ID,
            seq=chat.seq,
            silent=silent,
        )
        chat.messages[self.last_message_id] = message
        return message

    def announce(self, event: str, chat: Chat, message: Message) -> None:
        self.hub.publish(event, {"chat_id": chat.id, "message": message.view(), "keyboard": chat.keyboard})

    def touch(self, chat: Chat, message: Message, event: str) -> None:
        """Marks a message as changed, for those who wait for changes and for the page."""
        chat.seq += 1
        message.seq = chat.seq
        self.announce(event, chat, message)

    def replace(self, chat: Chat, message: Message, wire: Json) -> None:
        """An edit: the earlier form is kept for tests and history."""
        message.edits.append(message.wire)
        message.wire = wire
        self.touch(chat, message, "edited")

    def emit(self, kind: str, content: Json) -> int | None:
        """Sends the bot an update; None when it did not ask for that kind."""
        return self.updates.put(kind, content)

    def store_file(self, content: bytes, *, name: str, mime_type: str, folder: str) -> StoredFile:
        number = len(self.files) + 1
        suffix = name.rsplit(".", 1)[-1] if "." in name else "bin"
        file = StoredFile(
            file_id=f"PLAY{number:08d}{self.random.getrandbits(64):016x}",
            unique_id=f"AQ{number:08d}",
            path=f"{folder}/file_{number}.{suffix}",
            name=name,
            mime_type=mime_type,
            content=content,
            size=len(content),
        )
        self.files[file.file_id] = file
        return file

    def log_call(self, method: str, params: Json, **outcome: Any) -> None:
        self.call_count += 1
        if not self.bot_seen:
            self.bot_seen = True
            self.hub.publish("bot", {})
        entry: Json = {
            "ok": True,
            "error_code": None,
            "description": None,
            "result": None,
            "fault": None,
        } | outcome
        self.calls.append(ApiCall(self.call_count, self.clock.now(), method, params, **entry))

    def messages(self, chat_id: int, after: int = 0) -> list[Message]:
        """What the phone shows and what was deleted from it, in order; only what changed after that number."""
        chat = self.chats.get(chat_id)
        return [m for m in chat.messages.values() if m.seq > after and not m.hidden] if chat else []

    def phone_view(self, user: User, after: int = 0) -> Json:
        chat = self.chats.get(user.id)
        return {
            "user": user.view(),
            "messages": [message.view() for message in self.messages(user.id, after)],
            "keyboard": chat.keyboard if chat else None,
            "commands": self.profile.commands_for(user.id, user.language_code),
            "bot": self.profile.view(user.language_code),
            "seq": chat.seq if chat else 0,
        }

    def clock_view(self) -> Json:
        return {"now": self.clock.now().isoformat(), "offset_seconds": self.clock.offset.total_seconds()}

    def state_view(self) -> Json:
        phones = [self.phone_view(user) for user in self.users.values() if user.role]
        return {
            "clock": self.clock_view(),
            "phones": phones,
            "notes": self.notes,
            "bot": self.profile.view(),
            "bot_seen": self.bot_seen,
            "event": self.hub.count,
        }
