"""What is coded in an offer, said in a person's language, a line each with its pictogram: for the chat's cards and the printed pages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup

from i18n import dates as spoken
from i18n.bidi import isolate, left_to_right
from i18n.languages import SOURCE, name_in
from i18n.messages import Words
from i18n.messages import words as words_in
from offers import cells, dates
from offers.dates import is_planned
from offers.reviews.rules import AGAIN_AFTER
from offers.types import Occurrence, Offer, Status

TOPICS = (
    ("german_course", "🗣"),
    ("school", "🎒"),
    ("work", "💼"),
    ("training", "🛠"),
    ("housing", "🏠"),
    ("health", "🩺"),
    ("legal_advice", "⚖️"),
    ("money_help", "💶"),
    ("leisure", "⚽"),
    ("orientation", "🧭"),
    ("volunteer", "🤝"),
    ("office", "🏛"),
    ("return_advice", "✈️"),
)
"""Every topic with its pictogram, in the order in which people are shown them."""
PICTOGRAMS = dict(TOPICS)
# Who cares for the children matters where one stays for hours, also when nobody does.
_FOR_HOURS = frozenset({"german_course", "orientation", "training"})


def counter_sentence(offer: Offer) -> str:
    """A German sentence to show at a counter or on the telephone."""
    german = words_in(SOURCE)
    key = "counter.register" if offer.registration not in ("none", "") else "counter.ask"
    return german.plain(key, name=offer.name)


def title(words: Words, offer: Offer) -> str:
    """What the offer is, in the reader's language: `German course A1-A2`."""
    kind = words.plain("kind." + offer.kind)
    level = _levels(offer) if offer.topic == "german_course" else ""
    return f"{kind} {left_to_right(level)}" if level else kind


_CLOSED = {Status.PAUSED.value: "card.paused", Status.ENDED.value: "card.ended"}


def is_open(offer: Offer) -> bool:
    """Whether one can go there now; a paused or ended offer is shown to those who know it already."""
    return offer.status not in _CLOSED


def _closed(words: Words, offer: Offer) -> Markup:
    return words(_CLOSED[offer.status])


def when(words: Words, offer: Offer, dates: Sequence[Occurrence]) -> Markup:
    """On which days and when next; that it pauses or has ended."""
    if not is_open(offer):
        return _closed(words, offer)
    if not dates:
        return Markup("🕒 {}").format(
            words("card.by_appointment" if not offer.schedules else "card.no_more_dates")
        )
    days = _weekly_days(offer)
    if days and len(offer.schedules) == 1:
        schedule = offer.schedules[0]
        hours = spoken.hours(schedule.opens_at, schedule.closes_at)
        when = f"{spoken.weekdays(days, words.language)} {hours}"
        return Markup("🕒 {} · {}").format(when, _next(words, offer, dates[0]))
    return Markup("🕒 {}").format(date_line(words, dates[0]))


def hours(words: Words, offer: Offer, dates: Sequence[Occurrence], today: date) -> list[Markup]:
    """When an office is open, a line for each part of the week, and when next; holidays are no opening days."""
    if not is_open(offer):
        return [_closed(words, offer)]
    valid = [s for s in offer.schedules if s.valid_to is None or s.valid_to >= today]
    weekly = [s for s in valid if s.freq == "WEEKLY" and s.interval == 1]
    if not weekly or len(weekly) < len(valid):
        return [when(words, offer, dates)]
    found = [
        Markup("🕒 {} {}").format(
            spoken.weekdays(s.byday.split(","), words.language),
            spoken.hours(s.opens_at, s.closes_at),
        )
        for s in weekly
    ]
    return [*found, *(Markup("🕒 {}").format(_next(words, offer, d)) for d in dates[:1])]


def way(offer: Offer) -> Markup | None:
    """Lines and stops, where they are known."""
    return Markup("🚇 {}").format(isolate(offer.transportation)) if offer.transportation else None


def _weekly_days(offer: Offer) -> list[str]:
    if not offer.schedules or offer.schedules[0].freq != "WEEKLY" or offer.schedules[0].interval != 1:
        return []
    return [day for day in offer.schedules[0].byday.split(",") if day]


def _next(words: Words, offer: Offer, found: Occurrence) -> Markup:
    """The next date; one that was moved has hours of its own."""
    day = _day(words, found) if is_planned(offer, found) else date_line(words, found)
    return words("card.next", day=day)


def _day(words: Words, occurrence: Occurrence) -> str:
    return spoken.short_day(occurrence.starts_at.astimezone(spoken.BERLIN).date(), words.language)


def date_line(words: Words, occurrence: Occurrence) -> Markup:
    """One meeting: day and hours."""
    start = occurrence.starts_at.astimezone(spoken.BERLIN)
    end = occurrence.ends_at.astimezone(spoken.BERLIN)
    hours = spoken.hours(f"{start:%H:%M}", f"{end:%H:%M}" if end > start else "")
    return Markup("{} {}").format(spoken.short_day(start.date(), words.language), hours)


def cost(words: Words, offer: Offer) -> Markup:
    """Free or not, and the amount."""
    amount = f" · {spoken.euros(float(offer.cost_amount), words.language)}" if offer.cost_amount else ""
    return Markup("💶 {}{}").format(words("cost." + offer.cost), amount)


def _levels(offer: Offer) -> str:
    known = [level for level in (offer.level_min, offer.level_max) if level and level != "literacy"]
    return "-".join(dict.fromkeys(known))


def registration(words: Words, offer: Offer) -> Markup:
    """How one registers."""
    return Markup("📝 {}").format(words("registration." + offer.registration))


def register_until(words: Words, offer: Offer, now: datetime) -> Markup | None:
    """Until when one can register, where that is known; that it is over."""
    last = offer.registration_deadline
    if last is None:
        return None
    day = spoken.day(last, words.language)
    if last < dates.today(now):
        return Markup("🚫 {}").format(words("card.register_over", day=day))
    return Markup("⏳ {}").format(words("card.register_until", day=day))


def contacts(offer: Offer, *, on_page: bool = False) -> list[Markup]:
    """How to reach whoever offers it, a line each: their own telephone, e-mail and web page where the offer has none and they are needed.

    `on_page`: in a browser, which calls or writes only where that is a link; Telegram makes its own.
    """
    maker = offer.provider
    phone = offer.phone or maker.phone
    by = offer.registration
    email = offer.email or (maker.email if by == "email" or not (phone or offer.url) else "")
    url = offer.url or (maker.website if by == "online" or not (phone or email) else "")
    return [
        *([Markup("📞 {}").format(called(phone) if on_page else left_to_right(phone))] if phone else []),
        *([Markup("✉️ {}").format(_written_to(email) if on_page else left_to_right(email))] if email else []),
        *([Markup('🌐 <a href="{}">{}</a>').format(url, left_to_right(url))] if url else []),
    ]


def called(phone: str) -> Markup:
    """A telephone number that a tap in a browser calls."""
    number = cells.dialled(phone)
    shown = left_to_right(phone)
    return Markup('<a href="tel:{}">{}</a>').format(number, shown) if number else Markup("{}").format(shown)


def _written_to(email: str) -> Markup:
    return Markup('<a href="mailto:{}">{}</a>').format(quote(email, safe="@"), left_to_right(email))


def details(words: Words, offer: Offer, now: datetime, *, on_page: bool = False) -> list[Markup | None]:
    """Everything else that is coded, a line each; `on_page` as with `contacts`."""
    language = words.language

    def several(prefix: str, codes: Sequence[str]) -> str:
        return spoken.listed([words.plain(prefix + code) for code in codes], language)

    levels = [level for level in dict.fromkeys((offer.level_min, offer.level_max)) if level]
    childcare = offer.childcare != "no" or offer.topic in _FOR_HOURS
    return [
        Markup("📶 {}").format(" – ".join(words.plain("level." + level) for level in levels))
        if levels
        else None,
        Markup("👥 {}").format(several("audience.", offer.audience)) if offer.audience else None,
        Markup("👶 {}").format(words("childcare." + offer.childcare)) if childcare else None,
        Markup("💬 {}").format(
            spoken.listed([name_in(tag, words.language) for tag in offer.languages], language)
        )
        if len(offer.languages) > 1
        else None,
        Markup("♿ {}").format(words("barrier." + offer.barrier_free))
        if offer.barrier_free in {"yes", "no"}
        else None,
        Markup("🪪 {}").format(several("residence.", offer.residence_status))
        if offer.residence_status
        else None,
        registration(words, offer),
        register_until(words, offer, now),
        Markup("🎒 {}").format(several("bring.", offer.bring)) if offer.bring else None,
        Markup("🏢 {}").format(isolate(offer.provider.name)),
        *contacts(offer, on_page=on_page),
    ]


def address(offer: Offer) -> str:
    """Where exactly, as it stands on the door."""
    return ", ".join(
        part
        for part in (offer.location_name, offer.address_1, f"{offer.postal_code} {offer.place}".strip())
        if part
    )


def is_stale(offer: Offer, now: datetime, review_days: int) -> bool:
    """Whether nobody confirmed the entry in the `review_days` that the house gives, nor in the time in which it is asked about twice."""
    if offer.assured_date is None:
        return True
    return dates.today(now) - offer.assured_date > timedelta(days=review_days) + AGAIN_AFTER


def checked(words: Words, offer: Offer, now: datetime, review_days: int) -> Markup:
    """Source and day of the last check; `review_days` as for `is_stale`."""
    if offer.assured_date is None:
        return Markup("ℹ️ {}").format(words("card.source_unchecked", source=offer.source))
    day = spoken.day(offer.assured_date, words.language)
    mark = "⚠️" if is_stale(offer, now, review_days) else "ℹ️"
    return Markup("{} {}").format(mark, words("card.source", source=offer.source, day=day))
