"""Delivery of updates to a webhook on this machine: one at a time, again and again until it answers 2xx."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
import structlog

from playground.errors import bad_request
from playground.events import Hub
from playground.types import Json
from playground.updates import UpdateQueue, conflict

_log = structlog.get_logger("playground")
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
_SECRET_LETTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Webhook:
    def __init__(self, updates: UpdateQueue, hub: Hub) -> None:
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.last_error = ""
        self.last_error_date = 0
        self._updates = updates
        self._hub = hub

    def set(self, url: str, secret: str, max_connections: int) -> None:
        """An empty url removes it; getUpdates works only without one."""
        if url and (
            urlsplit(url).scheme not in {"http", "https"} or not is_loopback(urlsplit(url).hostname or "")
        ):
            raise bad_request("bad webhook: the playground delivers to addresses of this machine only")
        if secret and not (len(secret) <= 256 and set(secret) <= _SECRET_LETTERS):
            raise bad_request("secret token contains unallowed characters")
        if url:
            self._updates.terminate("terminated by setWebhook request")
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.last_error, self.last_error_date = "", 0
        self._updates.arrived.set()

    def refuse_polling(self) -> None:
        if self.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )

    def info(self) -> Json:
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
        }
        if self.url:
            info |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"}
        if self.last_error:
            info |= {"last_error_date": self.last_error_date, "last_error_message": self.last_error}
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    async def deliver_forever(self, timestamp: Callable[[], int]) -> None:
        """Runs as long as the server; an update leaves the queue only when the other side took it."""
        async with httpx.AsyncClient(timeout=60, trust_env=False, verify=False) as client:  # noqa: S501  this machine
            pause = _FIRST_PAUSE
            while not self._hub.closed:
                self._updates.arrived.clear()
                if not self.url or not self._updates.pending:
                    await self._updates.arrived.wait()
                elif await self._deliver(client, self._updates.pending[0], timestamp):
                    pause = _FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)

    async def _deliver(self, client: httpx.AsyncClient, update: Json, timestamp: Callable[[], int]) -> bool:
        headers = {_SECRET: self.secret} if self.secret else {}
        try:
            response = await client.post(self.url, json=update, headers=headers)
        except httpx.HTTPError as error:
            problem = type(error).__name__
        else:
            if response.is_success:
                if update in self._updates.pending:
                    self._updates.pending.remove(update)
                return True
            problem = f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
        self.last_error, self.last_error_date = problem, timestamp()
        _log.warning("webhook refused an update", update_id=update.get("update_id"), problem=problem)
        return False
