"""What became of one date of an offer, for those whom it concerns."""

from datetime import date

from bot.screens import Screen, tap
from bot.views.cards import what
from bot.views.parts import lines, with_home
from i18n.messages import Words
from offers import dates, exceptions, facts
from offers.types import Occurrence, Offer


def news_screen(words: Words, offer: Offer, day: date, opens_at: str) -> Screen:
    """What became of one date of an offer."""
    exception = exceptions.of(offer, day, opens_at)
    start = dates.at(day, opens_at)
    planned = facts.date_line(words, Occurrence(start, start))
    moved = dates.moved_date(exception) if exception else None
    if exception is None and exceptions.takes_place(offer, day, opens_at):
        said = words("dates.as_planned", day=planned)
    elif moved is None:
        said = words("dates.cancelled", day=planned)
    else:
        said = words("dates.moved", day=planned, to=facts.date_line(words, moved))
    rows = [[tap(words.plain("card.more"), "offer", offer.id)]]
    return Screen(lines(what(words, offer), said), with_home(words, rows), edit=True)
