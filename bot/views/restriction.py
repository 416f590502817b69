"""Whether data is only stored, as a client reads it."""

from datetime import datetime

from markupsafe import Markup

from agreements import rules
from agreements.pictures import shown
from agreements.types import Client
from bot.screens import Button, Screen, tap
from bot.turn import House
from bot.views.parts import bold, lines, with_home
from i18n import dates
from i18n.messages import Words


def restriction_screen(words: Words, client: Client) -> Screen:
    """How it stands, and the one thing that can be done about it."""
    end = tap(words.plain("restrict.end"), "restrict.off", client.id)
    if (stored := is_on(words, client)) is not None:
        said, button = stored, end
    elif client.restriction_asked_at is not None:
        said, button = words("restrict.asked", day=_day(words, client.restriction_asked_at)), end
    else:
        said = words("restrict.what")
        button = tap(words.plain("restrict.ask"), "restrict.ask", client.id)
    text = lines(bold(words("restrict.title")), said, words("own.no_disadvantage"))
    return Screen(text, with_home(words, [[button]]), edit=True)


def refused_screen(words: Words, client: Client, house: House) -> Screen:
    """What was asked for reaches nobody while data is only stored: whom to call instead, and the button that ends it."""
    end = tap(words.plain("restrict.end"), "restrict.off", client.id)
    text = lines(
        is_on(words, client),
        words("human.counselling", contact=house.contact_name, phone=house.contact_phone),
    )
    return Screen(text, with_home(words, [[end]]))


def is_on(words: Words, client: Client) -> Markup | None:
    """Since when a case is only stored, if it is."""
    since = client.restricted_at
    return words("restrict.is_on", day=_day(words, since)) if since is not None else None


def button(words: Words, client: Client) -> Button:
    """The way there, with the picture of the case where there are several."""
    label = words.plain("restrict.title")
    return tap(f"{label} {shown(client.picture)}".rstrip(), "restrict", client.id)


def _day(words: Words, moment: datetime) -> str:
    return dates.day(rules.today(moment), words.language)
