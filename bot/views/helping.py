"""Views for those who help others: what there is for them."""

from bot.screens import Screen, tap
from bot.views.parts import bold, in_rows, with_home
from i18n.messages import Words
from people.types import Permission


def hub_screen(words: Words, may: frozenset[Permission]) -> Screen:
    """What there is, by what the person may do."""
    buttons = [
        tap(words.plain("filter.menu"), "filter.none"),
        tap(words.plain("meeting.menu"), "mt.list", "0"),
    ]
    buttons.append(tap(words.plain("volunteer.place"), "vol.places"))
    if Permission.WRITE_TO_VOLUNTEERS in may:
        buttons.append(tap(words.plain("cw.many.button"), "cm"))
    if Permission.INVITE_VOLUNTEER in may:
        buttons.append(tap(words.plain("menu.invite_volunteer"), "iv.role", "volunteer"))
    return Screen(bold(words("helper.menu")), with_home(words, in_rows(buttons, 1)), edit=True)
