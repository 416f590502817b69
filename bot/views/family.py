"""Views of a phone that stands for several cases: whose something is, and the pictures that tell them apart."""

from collections.abc import Collection, Sequence

from markupsafe import Markup

from agreements.pictures import free, shown
from agreements.types import Client
from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines, with_home
from i18n.messages import Words

_PER_ROW = 4


def whose_screen(words: Words, clients: Sequence[Client], route: str, *args: str) -> Screen:
    """Whose? Each person is a picture."""
    buttons = [tap(shown(client.picture), route, *args, client.id) for client in clients]
    return Screen(Markup("👪 {}").format(words("family.whose")), with_home(words, in_rows(buttons, _PER_ROW)))


def pictures_screen(words: Words, key: str, taken: Collection[str], route: str, *args: str) -> Screen:
    """Choose a picture that nobody on the phone has; `key` says for whom."""
    buttons = [tap(shown(picture), route, *args, picture) for picture in free(taken)]
    return Screen(bold(words(key)), with_home(words, in_rows(buttons, _PER_ROW)), edit=True)


def reminders_button(words: Words, client: Client) -> Button:
    """Reminders on or off, the other way round than they are."""
    on = client.reminders
    label = words.plain("settings.reminders_off" if on else "settings.reminders_on")
    return of_case(label, "remind", "off" if on else "on", client)


def sheet_button(words: Words, what: str, client: Client) -> Button:
    """A sheet of the case to print."""
    label = words.plain("logbook.pdf." + what)
    return tap(label, "whose", what, client.id) if client.picture else tap(label, "lb.pdf", what)


def of_case(text: str, route: str, arg: str, client: Client) -> Button:
    """A button for what is done for one case: whose it is must be said only where the chat stands for several."""
    return tap(text, f"{route}.for", arg, client.id) if client.picture else tap(text, route, arg)


def one_screen(words: Words, client: Client) -> Screen:
    """What can be set for one person of the phone."""
    rows = [
        [reminders_button(words, client)],
        [tap(words.plain("family.other_picture"), "fam.picture", client.id)],
        [tap(words.plain("family.leave"), "fam.leave", client.id)],
    ]
    return Screen(bold(words("settings.title")), with_home(words, rows), edit=True)


def leave_screen(words: Words, client: Client) -> Screen:
    """What happens when a person is taken off the phone."""
    rows = [[tap(words.plain("family.leave"), "fam.leave.yes", client.id)]]
    return Screen(lines(words("family.leave_what")), with_home(words, rows), edit=True)


def left_screen(words: Words) -> Screen:
    """It is done."""
    return Screen(Markup("✅ {}").format(words("family.left")), with_home(words, []), edit=True)
