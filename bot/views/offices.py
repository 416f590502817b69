"""Who is responsible: an office with its hours and the way there, what it can be about, and where somebody lives."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import dates as spoken
from i18n.bidi import isolate, left_to_right
from i18n.languages import SOURCE
from i18n.messages import Words
from offers import facts, places
from offers.responsible import matters
from offers.responsible.types import ADVICE, Directions, Office
from offers.types import Occurrence

_LONGEST = 55


def beside(words: Words, screen: Screen) -> Screen:
    """A screen with the way to the counselling service of one's place as its first button."""
    nearby = tap("📍 " + words.plain(matters.load()[ADVICE].name), "who.where", ADVICE)
    return replace(screen, rows=[[nearby], *screen.rows])


def which_screen(words: Words) -> Screen:
    """What is it about?"""
    buttons = [
        tap(words.plain(matter.name)[:_LONGEST], "who.for", matter.id) for matter in matters.load().values()
    ]
    return Screen(bold(words("who.which")), with_home(words, in_rows(buttons, 2)))


def where_screen(words: Words, matter: str) -> Screen:
    """Where do you live? Elsewhere it is another office."""
    buttons = [tap(name, "who.in", matter, str(number)) for number, name in enumerate(places.load().names)]
    text = lines(bold(_about(words, (matter,), None)), words("who.where"))
    return Screen(text, with_home(words, in_rows(buttons, 2)))


def office_screen(
    words: Words,
    directions: Directions,
    office: Office,
    dates: Sequence[Occurrence],
    now: datetime,
    review_days: int,
) -> Screen:
    """One office: for what and whom, where, when, how to get there, what to bring, and how sure that is."""
    offer = office.offer
    phone = offer.phone or offer.provider.phone
    today = now.astimezone(spoken.BERLIN).date()
    several = [words.plain("residence." + status) for status in office.residence_status]
    text = lines(
        None if directions.helps_on else bold(_about(words, office.matters, directions.place)),
        Markup("🪪 {}").format(spoken.listed(several, words.language)) if several else None,
        *_called(words, office),
        Markup("📍 {}").format(isolate(facts.address(offer))),
        facts.way(offer),
        *facts.hours(words, offer, dates, today),
        Markup("📝 {}").format(words("registration." + offer.registration)),
        Markup("📞 {}").format(left_to_right(phone)) if phone else None,
        Markup("✉️ {}").format(left_to_right(offer.email)) if offer.email else None,
        Markup("🌐 {}").format(left_to_right(offer.url)) if offer.url else None,
        Markup("🎒 {}").format(_listed(words, "bring.", offer.bring)) if offer.bring else None,
        facts.checked(words, offer, now, review_days),
    )
    buttons = [
        tap(words.plain("card.more"), "offer", offer.id),
        tap(words.plain("card.wrong"), "wrong", offer.id),
    ]
    return Screen(text, [buttons])


def before_screen(words: Words, directions: Directions) -> Screen:
    """Nobody is named for it: who helps on instead."""
    about = bold(_about(words, directions.matters, directions.place)) if directions.matters else None
    return Screen(lines(about, words("who.none")), [], notify=False)


def after_screen(words: Words, directions: Directions) -> Screen:
    """What can be asked next: another place, another matter, a person."""
    rows: list[list[Button]] = []
    if len(directions.matters) == 1:
        rows.append([tap(words.plain("who.elsewhere"), "who.where", directions.matters[0])])
    rows.append([button(words)])
    text = words("who.where") if directions.ask_place else words("search.ask_on")
    return Screen(text, with_home(words, rows), notify=False)


def button(words: Words, matter: str = "") -> Button:
    """Leads to the office for a matter, or to all there are."""
    if matter:
        name = words.plain(matters.load()[matter].name)
        return tap(f"🏛 {name}"[:_LONGEST], "who.for", matter)
    return tap(words.plain("who.button"), "who")


def _about(words: Words, named: Sequence[str], place: str | None) -> Markup:
    said = " · ".join(words.plain(matters.load()[matter].name) for matter in named)
    return Markup("🏛 {} · {}").format(said, isolate(place)) if place else Markup("🏛 {}").format(said)


def _called(words: Words, office: Office) -> list[Markup]:
    """Its German name, and what it is where that was not said above."""
    offer = office.offer
    if words.language == SOURCE:
        return [bold(isolate(offer.name))]
    said = {words.plain(matters.load()[matter].name) for matter in office.matters}
    kind = facts.title(words, offer)
    german = Markup("🇩🇪 <b>{}</b>").format(isolate(offer.name))
    return [german] if kind in said else [bold(kind), german]


def _listed(words: Words, prefix: str, codes: Sequence[str]) -> str:
    return spoken.listed([words.plain(prefix + code) for code in codes], words.language)
