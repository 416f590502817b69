"""Text direction: isolates around what must keep its own order inside a sentence of the other direction."""

_FSI, _LRI, _PDI = "\u2068", "\u2066", "\u2069"
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
