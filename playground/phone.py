"""A person's phone in a program's hand: writes, taps and reads over the control API; for tests and scripts."""

import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from playground.types import Json


class Phone:
    """Remembers how far it has read: new() and wait() give what came or changed since."""

    def __init__(self, url: str, user_id: int) -> None:
        self.user_id = user_id
        self.seen = 0
        self._client = httpx.AsyncClient(base_url=url, timeout=70, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def do(self, what: str, **body: Any) -> Json:
        """POST /play/<what> for this person; AssertionError with the server's sentence when refused."""
        # ASCII JSON, so that a test can send even half a character.
        content = json.dumps({"user_id": self.user_id} | body)
        response = await self._client.post(f"/play/{what}", content=content)
        return _checked(response)

    async def say(self, text: str) -> Json:
        return await self.do("say", text=text)

    async def open(self, link_or_payload: str = "") -> Json:
        """Opens a t.me link, or the bot with a bare payload."""
        name = "link" if "/" in link_or_payload else "payload"
        return await self.do("open", **{name: link_or_payload})

    async def tap(self, button: str | None = None, *, wait: float = 10, **wanted: Any) -> Json:
        """An inline button by text, or data=, or row=/col=, of message_id= or the newest; with the answer."""
        named = {"button": button} if button is not None else {}
        return await self.do("tap", wait=wait, **named, **wanted)

    async def press(self, text: str) -> Json:
        return await self.do("press", text=text)

    async def send(self, kind: str, **spec: Any) -> Json:
        return await self.do("send", kind=kind, **spec)

    async def view(self) -> Json:
        """The whole phone: user, messages, keyboard, commands, bot, seq."""
        return _checked(await self._client.get(f"/play/users/{self.user_id}/messages"))

    async def messages(self) -> list[Json]:
        """All that is on the screen now."""
        found: list[Json] = (await self.view())["messages"]
        return [message for message in found if not message["deleted"]]

    async def new(self, seconds: float = 10) -> list[Json]:
        """The bot's messages that came or changed since the last call; waits for the first."""
        path = f"/play/users/{self.user_id}/messages"
        left = seconds
        while left > 0:
            step = min(left, 5)
            view = _checked(await self._client.get(path, params={"after": self.seen, "wait": step}))
            self.seen = max(self.seen, view["seq"])
            found = [message for message in view["messages"] if message["from_bot"]]
            if found:
                return sorted(found, key=lambda message: int(message["seq"]))
            left -= step if not view["messages"] else 0.05
        return []

    async def wait(self, matches: Callable[[Json], bool] | str, seconds: float = 10) -> Json:
        """The next message of the bot that holds the text or meets the condition; AssertionError after the time."""
        seen: list[str] = []
        for _ in range(1000):
            found = await self.new(seconds)
            if not found:
                break
            for message in found:
                text = body(message)
                seen.append(text)
                if (matches in text) if isinstance(matches, str) else matches(message):
                    return message
        raise AssertionError(f"no message on phone {self.user_id} with {matches!r}; there came {seen!r}")


def body(message: Json) -> str:
    """What a message says."""
    return str(message.get("text") or message.get("caption") or "")


def buttons(message: Json) -> list[str]:
    """The labels under a message, in reading order."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def _checked(response: httpx.Response) -> Json:
    found: Json = response.json()
    if response.is_error:
        raise AssertionError(f"{response.request.url.path}: {found.get('error')}")
    return found
