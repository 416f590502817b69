"""Reads the pages of an Integreat region (API v3, `/api/v3/{region}/{language}/pages/`); fetching them is the edge's business."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from i18n.messages import Message
from offers.errors import EntryError
from offers.guide_types import GuidePage
from offers.guides.html import clean, lines_and_links
from offers.rules import stable_id
from offers.types import LANGUAGE_CODES, RowError

MAX_BYTES = 30_000_000
MAX_PAGES = 5_000
_MAX_CHARACTERS = 200_000
_MAX_LINES = 2_000
_MAX_LINE = 4_000
_MAX_PATH = 900
_MAX_TITLE = 400
_SITE = "https://integreat.app"
"""Where people read the pages; the API names the editors' host instead."""
_EDITORS = frozenset({"admin.integreat-app.de", "cms.integreat-app.de", "integreat.app"})


def parse(name: str, content: bytes) -> tuple[tuple[GuidePage, ...], int, tuple[RowError, ...]]:
    """Pages, how many pages hold no text of their own, and what is wrong; entries count from 1.

    A page without a translation holds nothing but links to the languages it exists in: it is left out.
    """
    try:
        found = entries(content)
    except ValueError as error:
        return (), 0, (RowError(name, 0, "", Message(str(error), {"limit": MAX_BYTES // 1_000_000})),)
    pages: dict[str, GuidePage] = {}
    errors, empty = [], 0
    for number, entry in enumerate(found, 1):
        if not is_page(entry):
            continue
        try:
            page = _page(entry)
        except EntryError as error:
            errors.append(RowError(name, number, error.field, Message("import.guide_field", {})))
            continue
        if page is None:
            empty += 1
        elif page.id in pages:
            errors.append(RowError(name, number, "path", Message("import.guide_double", {})))
        else:
            pages[page.id] = page
    return tuple(pages.values()), empty, tuple(errors)


def entries(content: bytes) -> list[Any]:
    """What a file lists. Raises ValueError with the id of a sentence."""
    if len(content) > MAX_BYTES:
        raise ValueError("import.file_too_big")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("import.guide_no_json") from None
    if not isinstance(found, list) or len(found) > MAX_PAGES:
        raise ValueError("import.guide_no_list")
    return found


def is_page(entry: Any) -> bool:
    """Whether it is none of the locations and events, which hold more than a page does."""
    return not isinstance(entry, dict) or not ("event" in entry or "location" in entry)


def text_of(entry: Mapping[str, Any], field: str, limit: int) -> str:
    """A field that is text. Raises EntryError."""
    value = entry.get(field)
    if not isinstance(value, str) or len(value) > limit:
        raise EntryError(field)
    return value


def whose(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """Region, language and path. Raises EntryError."""
    path = text_of(entry, "path", _MAX_PATH).strip()
    parts = path.strip("/").split("/")
    if len(parts) < 2 or not is_plain(path):
        raise EntryError("path")
    return parts[0], parts[1], path


def _page(entry: Any) -> GuidePage | None:
    if not isinstance(entry, dict):
        raise EntryError("")
    region, language, path = whose(entry)
    if language not in LANGUAGE_CODES:
        return None
    title = clean(text_of(entry, "title", _MAX_TITLE))
    lines, links = lines_and_links(text_of(entry, "content", _MAX_CHARACTERS))
    if not title or not lines or _is_untranslated(lines, links, region, language):
        return None
    return GuidePage(
        id=stable_id("guide", path.strip("/")),
        region=region,
        language=language,
        title=title,
        lines=tuple(line[:_MAX_LINE] for line in lines[:_MAX_LINES]),
        url=address(entry),
        source=f"Integreat ({region})",
        last_updated=_day(entry.get("last_updated") or entry.get("modified_gmt")),
        path=path,
    )


def _is_untranslated(lines: tuple[str, ...], links: tuple[str, ...], region: str, language: str) -> bool:
    """One sentence, and then a link for each language that has the page."""
    if not links or len(lines) > len(links) + 1:
        return False
    languages = []
    for link in links:
        address = _split(link)
        if address is None:
            return False
        parts = address.path.strip("/").split("/")
        if parts[0] != region or len(parts) < 2:
            return False
        languages.append(parts[1])
    return language not in languages


def is_plain(address: str) -> bool:
    """Whether nothing in it ends an address, hides or turns it around; letters of any script are nothing special."""
    return clean(address) == unicodedata.normalize("NFC", address) and not any(c in ' <>"\\' for c in address)


def _split(address: str) -> SplitResult | None:
    """The parts of an address, None where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def address(entry: Mapping[str, Any]) -> str:
    """Where people read it; the API may name the editors' host. Raises EntryError."""
    path = whose(entry)[2]
    url = entry.get("url")
    parts = _split(url) if isinstance(url, str) and len(url) <= _MAX_PATH and is_plain(url) else None
    host = parts.hostname if parts else None
    if host is None or parts is None or parts.scheme not in {"http", "https"} or host in _EDITORS:
        return f"{_SITE}/{path.strip('/')}"
    return parts.geturl()


def _day(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None
