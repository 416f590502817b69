"""Views that only volunteers have."""

from collections.abc import Sequence

from bot.screens import Screen, tap
from bot.views.parts import bold, in_rows, lines, with_home
from i18n.messages import Words


def places_screen(words: Words, places: Sequence[str], chosen: str) -> Screen:
    """Where somebody helps: one place, which can be changed at any time."""
    buttons = [tap(f"☑️ {place}" if place == chosen else place, "vol.place", place) for place in places]
    text = lines(bold(words("volunteer.place")), words("volunteer.where"))
    return Screen(text, with_home(words, in_rows(buttons, 2)), edit=True)
