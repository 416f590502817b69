"""Reads the parameters of a Bot API call from query, JSON, form or multipart; types only, no meaning, and the one fault that a method must know of."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from playground.constants import UPLOAD_MAX
from playground.errors import ApiError, bad_request
from playground.types import Json

_BODY_MAX = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime_type: str
    content: bytes


class Params:
    def __init__(self, values: Json, files: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.files = files or {}
        self.confirm_lost = False

    def has(self, name: str) -> bool:
        return (
            self.values.get(name) not in {None, ""}
            if not isinstance(self.values.get(name), list | dict)
            else True
        )

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def number(self, name: str) -> float:
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            raise bad_request(f"{name} is empty or invalid") from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """An object or list that came as JSON text or, in a JSON body, as itself; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | str | None:
        """The file itself, or the text that names one (a file_id or an address)."""
        if name in self.files:
            return self.files[name]
        value = self.text(name)
        if value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return value or None

    def loggable(self) -> Json:
        files = {
            name: {"name": file.name, "size": len(file.content), "mime_type": file.mime_type}
            for name, file in self.files.items()
        }
        return self.values | files


async def read_params(request: Request) -> Params:
    """ApiError when the body is none that Telegram would read."""
    values: Json = dict(request.query_params)
    if request.method == "GET":
        return Params(values)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, values)
    body = await _body(request)
    if kind == "application/json" and body:
        return Params(values | _json_body(body))
    if kind in {"application/x-www-form-urlencoded", ""} and body:
        try:
            pairs = parse_qsl(
                body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000
            )
        except ValueError:
            raise bad_request("strings must be encoded in UTF-8") from None
        return Params(values | dict(pairs))
    return Params(values)


async def _body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _BODY_MAX:
            raise ApiError(413, "Request Entity Too Large")
        chunks.append(chunk)
    return b"".join(chunks)


def _json_body(body: bytes) -> Json:
    try:
        parsed = json.loads(body)
        json.dumps(parsed, ensure_ascii=False).encode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        raise bad_request("strings must be encoded in UTF-8") from None
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(parsed, dict):
        raise bad_request("object expected")
    return parsed


async def _multipart(request: Request, values: Json) -> Params:
    if int(request.headers.get("content-length", "0")) > UPLOAD_MAX + _BODY_MAX:
        raise ApiError(413, "Request Entity Too Large")
    files: dict[str, Upload] = {}
    try:
        async with request.form(max_part_size=_BODY_MAX) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    content = await value.read()
                    mime_type = value.content_type or "application/octet-stream"
                    files[name] = Upload(value.filename or "file", mime_type, content)
                else:
                    values[name] = value
    except MultiPartException as error:
        raise bad_request(f"can't parse the form: {error.message}") from None
    return Params(values, files)
