"""Addresses in buttons and texts: which ones Telegram takes, and what a t.me link of the bot opens."""

import re
from urllib.parse import parse_qs, urlsplit

from playground.constants import BOT_USERNAME

_HOST = re.compile(r"^(?=.{4,253}$)[^\s/?#@:.]+(\.[^\s/?#@:.]+)*\.[^\s/?#@:.\d][^\s/?#@:.]+$")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_web_address(url: str, *, any_scheme: bool = False) -> bool:
    """Whether Telegram would take it: http(s) with a dotted host (a bare host counts), tg: and, in texts, tel: and mailto:."""
    if any(char.isspace() for char in url) or not url:
        return False
    scheme = url.split(":", 1)[0].lower() if re.match(r"^[a-zA-Z][\w+-]*:(?!\d)", url) else "http"
    if scheme == "tg":
        return len(url) > len("tg://")
    if any_scheme and scheme in {"tel", "mailto"}:
        return True
    if scheme not in {"http", "https"}:
        return False
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (bool(_HOST.match(str(host))) or _is_ipv4(str(host)))


def _is_ipv4(host: str) -> bool:
    numbers = host.split(".")
    return len(numbers) == 4 and all(number.isdigit() and int(number) < 256 for number in numbers)


def start_payload(link: str) -> str | None:
    """The payload of a link to the bot ('' when it has none or Telegram would drop it), None for any other address."""
    parts = urlsplit(link if "://" in link else f"https://{link}")
    query = parse_qs(parts.query)
    if parts.scheme == "tg" and parts.netloc == "resolve":
        name = query.get("domain", [""])[0]
    elif parts.hostname in {"t.me", "telegram.me"}:
        name = parts.path.strip("/")
    else:
        return None
    if name.lower() != BOT_USERNAME:
        return None
    return valid_payload(query.get("start", [""])[0])


def valid_payload(payload: str) -> str:
    """The payload itself, or nothing: Telegram opens the chat with a bare /start then."""
    return payload if _PAYLOAD.fullmatch(payload) else ""
