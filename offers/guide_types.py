"""What a guide page and an answer found in one look like; holds no searching and no storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class GuidePage:
    """One page of a guide in one language, as lines of text without markup."""

    id: str
    region: str
    language: str
    title: str
    lines: tuple[str, ...]
    url: str
    source: str
    last_updated: date | None
    path: str = ""


@dataclass(frozen=True)
class GuideHit:
    """A page that was found and the lines of it that answer best."""

    page: GuidePage
    passage: str
    score: float
    # False means: show it as a suggestion to read, never as the answer.
    confident: bool
