"""Logging for every process: structured, without personal data, and with every secret taken out of every line."""

import base64
import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog

# In the address of a call the number stands right behind "bot", so that no word begins there.
_TOKEN = re.compile(r"(?<!\d)\d{6,12}(?::|%(?:25)*3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
_HIDDEN = "[hidden]"
_LOWER = re.compile(r"%[0-9A-F]{2}")
_CONTROLS = {code: ascii(chr(code))[1:-1] for code in (*range(32), *range(127, 160))}
# The Base64 of a shorter one is found by chance.
_BASE64_FROM = 8
_URL_SAFE = str.maketrans("+/", "-_")


class Redactor:
    """Takes secrets out of text: what looks like a bot token, and the given values in every spelling they travel in."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
        spellings |= {json.dumps(spelling)[1:-1] for spelling in spellings}
        self._known = (
            re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))))
            if spellings
            else None
        )

    def __call__(self, text: str) -> str:
        """`text` without secrets."""
        text = _TOKEN.sub(_HIDDEN, text)
        return self._known.sub(_HIDDEN, text) if self._known else text


def _spellings(secret: str) -> Iterator[str]:
    quoted = quote(secret, safe="")
    yield from (secret, quoted, _LOWER.sub(lambda found: found[0].lower(), quoted), repr(secret)[1:-1])
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    # Inside a longer text that is Base64 the same secret looks different at each of three positions.
    raw = secret.encode("utf-8", "surrogatepass")
    for before in range(3) if len(raw) >= _BASE64_FROM else ():
        coded = base64.b64encode(b"\0" * before + raw).decode()
        inner = coded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield from (inner, inner.translate(_URL_SAFE))


def configure(*, level: str, style: str, secrets: Iterable[str] = ()) -> None:
    """Send structlog and the standard library's logging to stderr through one redactor."""
    redactor = Redactor(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[Any] = (
        [structlog.processors.JSONRenderer()]
        if style == "json"
        else [_visible_controls, structlog.dev.ConsoleRenderer(colors=False)]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _safe_exception, *renderer],
    )
    handler = _RedactingHandler(sys.stderr, redactor)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # httpx's INFO lines name addresses with the token in the path; the others say nothing that an operator needs.
    for noisy in ("httpx", "httpcore", "alembic", "aiosqlite", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # python-telegram-bot quotes what it cannot read, and that is what people wrote; its errors are raised and logged here.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _RedactingHandler(logging.StreamHandler[Any]):
    def __init__(self, stream: Any, redactor: Redactor) -> None:
        super().__init__(stream)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor(super().format(record))


def _visible_controls(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Nothing that is logged can look like another line or paint the terminal; JSON sees to that by itself."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = value.translate(_CONTROLS)
    return event


def _safe_exception(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the exception and where it was raised, never its text: that may quote what somebody wrote."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None
    if info is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """The chain of exception classes with file and line, without their texts."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < 6:
        trace = current.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        parts.append(type(current).__name__ + where)
        current = current.__cause__ or current.__context__
    return " <- ".join(parts)
