"""What the playground remembers of people, chats, messages, files and calls; no behaviour beyond views of itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    """A person with a phone; role is only the label of the page's three phones."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    role: str = ""
    blocked: bool = False
    deactivated: bool = False

    def wire(self) -> Json:
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        named = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return named | {key: value for key, value in optional.items() if value}

    def chat_wire(self) -> Json:
        optional = {"last_name": self.last_name, "username": self.username}
        named = {"id": self.id, "first_name": self.first_name, "type": "private"}
        return named | {key: value for key, value in optional.items() if value}

    def view(self) -> Json:
        state = {"role": self.role, "blocked": self.blocked, "deactivated": self.deactivated}
        return self.wire() | {"language_code": self.language_code} | state


@dataclass(slots=True)
class Message:
    """A message as the Bot API shows it, and what only the phone knows: earlier texts, deletion, its keyboard."""

    wire: Json
    from_bot: bool
    seq: int
    edits: list[Json] = field(default_factory=list)
    deleted: bool = False
    hidden: bool = False
    silent: bool = False
    reply_keyboard: Json | None = None

    def view(self) -> Json:
        extra = {"from_bot": self.from_bot, "seq": self.seq, "edits": self.edits, "deleted": self.deleted}
        return self.wire | extra | {"silent": self.silent, "reply_keyboard": self.reply_keyboard}


@dataclass(slots=True)
class Chat:
    """A chat the bot can write to; the id is the person's own in a private chat, negative in a group."""

    id: int
    kind: str = "private"
    title: str = ""
    keyboard: Json | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    seq: int = 0
    left: bool = False


@dataclass(slots=True)
class CallbackQuery:
    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    created: datetime
    answer: Json | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes
    size: int


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of the Bot API as the log shows it; at is virtual time."""

    n: int
    at: datetime
    method: str
    params: Json
    ok: bool
    error_code: int | None
    description: str | None
    result: Any
    fault: str | None

    def view(self) -> Json:
        return {
            "n": self.n,
            "at": self.at.isoformat(),
            "method": self.method,
            "params": self.params,
            "ok": self.ok,
            "error_code": self.error_code,
            "description": self.description,
            "result": self.result,
            "fault": self.fault,
        }
