"""Text direction: isolates around what must keep its own order inside a sentence of the other direction."""

import re
import unicodedata

_FSI, _LRI, _PDI = "\u2068", "\u2066", "\u2069"
_RLM = "\u200f"
_UNHEARD = re.compile(r"<[^>]*>|&[a-z#0-9]+;|[\u2066-\u2068][^\u2066-\u2069]*\u2069")
"""What has no say in the direction of a line: tags, entities, isolates."""
_PICTURE = re.compile("[\U0001f100-\U0001f1ad]\ufe0f?|.\ufe0f")
"""Signs that Unicode counts among the letters: 🆘, 🆕, ℹ️. Flags are left out: a German title stands behind them."""
_CONTROLS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C))


def isolate(text: str) -> str:
    """`text` between FSI and PDI; markup stays markup, and what is isolated already or is pure ASCII digits stays as it is."""
    if not text or (text.isascii() and text.isdigit()) or text[0] in (_FSI, _LRI):
        return text
    return f"{_FSI}{text}{_PDI}" if type(text) is str else _FSI + text + _PDI


def left_to_right(text: str) -> str:
    """`text` between LRI and PDI: telephone numbers, times, amounts."""
    return f"{_LRI}{text}{_PDI}" if text else text


def strip_controls(text: str) -> str:
    """`text` without direction controls: nobody's input may turn around what stands beside it."""
    return text.translate(_CONTROLS)


def one_side(markup: str) -> str:
    """HTML text whose lines all stand on one side when it begins right-to-left.

    Apps take each line's direction from its first letter outside isolates. A line that holds nothing but an isolated German
    place has none, and would stand on the left of an Arabic card; so would one that begins with a sign like 🆘.
    """
    if _leans(_PICTURE.sub("", markup)) != "R":
        return markup
    return "\n".join(map(_to_the_right, markup.split("\n")))


def _to_the_right(line: str) -> str:
    meant = _leans(_PICTURE.sub("", line))
    return line if not line or (meant and meant == _leans(line)) else _RLM + line


def _leans(markup: str) -> str:
    """L or R by the first letter outside isolates; empty where there is none."""
    heard = markup
    # From the inside out: an isolate may hold others.
    while (less := _UNHEARD.sub("", heard)) != heard:
        heard = less
    for character in heard:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "L" if kind == "L" else "R"
    return ""
