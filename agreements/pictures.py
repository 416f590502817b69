"""The pictures that tell the cases of one chat apart: seen by everybody who holds the phone, they say nothing about anybody."""

from collections.abc import Collection, Mapping

PICTURES: Mapping[str, str] = {
    "sun": "☀️",
    "fish": "🐟",
    "tree": "🌳",
    "bird": "🐦",
    "apple": "🍎",
    "bicycle": "🚲",
    "flower": "🌻",
    "boat": "⛵",
    "key": "🔑",
    "umbrella": "☂️",
    "elephant": "🐘",
    "kite": "🪁",
}
MOST = 8
"""Cases in one chat."""


def free(taken: Collection[str]) -> list[str]:
    """The pictures that nobody in the chat has."""
    return [picture for picture in PICTURES if picture not in taken]


def shown(picture: str) -> str:
    """The picture itself; empty for a case that has none, because it is alone in its chat."""
    return PICTURES.get(picture, "")
