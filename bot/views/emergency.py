"""What somebody in danger reads: whom to call, the right number first."""

from collections.abc import Mapping

from markupsafe import Markup

from bot.screens import Screen
from bot.views.parts import bold as in_bold
from bot.views.parts import lines, with_home
from i18n.bidi import left_to_right
from i18n.messages import Words

_ALL = ("112", "110", "116 117", "116 016", "0800 111 0 111", "0800 655 3000")
_FIRST: Mapping[str, tuple[str, ...]] = {
    "violence": ("110", "116 016", "112"),
    "fire": ("112",),
    "medical": ("112", "116 117"),
    "suicide": ("112", "0800 655 3000", "0800 111 0 111"),
    "other": ("112", "110"),
}


def emergency_screen(words: Words, kind: str) -> Screen:
    """The numbers for this kind of danger in large, the others below; all are free of charge."""
    first = _FIRST.get(kind, _FIRST["other"])
    urgent = [_line(words, number, bold=True) for number in first]
    others = [_line(words, number, bold=False) for number in _ALL if number not in first]
    return Screen(
        lines(
            Markup("🆘 <b>{}</b>").format(words("emergency.title")),
            *urgent,
            "",
            words("emergency.say"),
            "",
            *others,
            "",
            words("emergency.not_watched"),
        ),
        with_home(words, []),
    )


def _line(words: Words, number: str, *, bold: bool) -> Markup:
    shown = in_bold(left_to_right(number)) if bold else left_to_right(number)
    return Markup("📞 {} – {}").format(shown, words("emergency.number." + number.replace(" ", "")))
