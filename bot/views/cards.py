"""Offer cards: at most four icon lines first, everything else behind "more"; what is coded is said in the person's language."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from markupsafe import Markup

from bot.screens import Button, Screen, link, tap
from bot.turn import House
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import dates as spoken
from i18n.bidi import isolate, left_to_right
from i18n.languages import LANGUAGES, SOURCE
from i18n.messages import Words
from nlu.types import TOPICS as TOPIC_INTENTS
from nlu.types import Intent
from offers import facts
from offers.facts import PICTOGRAMS, TOPICS
from offers.translations.types import UNSPOKEN, Spoken
from offers.types import Hit, Occurrence, Offer, SearchResult, Topic

_MOST_TEXT = 1500
REPORT_REASONS = ("phone", "closed", "moved", "full", "other")


def short_card(
    words: Words,
    hit: Hit,
    dates: Sequence[Occurrence],
    now: datetime,
    said: Spoken = UNSPOKEN,
    *,
    review_days: int,
) -> Screen:
    """What, where, when, cost; what the offer lacks of the question is said. `said` is its name in the reader's language.

    Of an offer that nobody confirmed in `review_days` it is said.
    """
    offer = hit.offer
    missing = [words.plain("miss." + name) for name in hit.misses]
    text = lines(
        what(words, offer),
        Markup("<i>{}</i>").format(isolate(said.name)) if said.name else None,
        where(words, hit),
        facts.when(words, offer, dates),
        facts.cost(words, offer),
        Markup("❗️ {}").format(spoken.listed(missing, words.language)) if missing else None,
        _full(words, offer),
        facts.register_until(words, offer, now),
        _checked_short(words, offer, now, review_days),
    )
    want = [tap(words.plain("card.want"), "want", offer.id)] if facts.is_open(offer) else []
    return Screen(text, [[tap(words.plain("card.more"), "offer", offer.id), *want]])


def full_card(
    words: Words,
    offer: Offer,
    dates: Sequence[Occurrence],
    now: datetime,
    *,
    edit: bool,
    review_days: int,
    wanted_by: str = "",
    keeper: bool = False,
    share: str = "",
    page: str = "",
    kept: bool | None = None,
    said: Spoken = UNSPOKEN,
) -> Screen:
    """Everything about an offer, its German name and a German sentence to show, its source and the day of the last check.

    `said` is what there is of it in the reader's language.

    A `keeper` of the catalogue can change it from here; `share` is the address that opens the card on another phone, `page` that
    of a page for people without Telegram, which a paused or ended offer has not. `kept` is whether the reader remembers it, None where
    that is not theirs to choose.
    `wanted_by` is the case that the wish would be for, where that is known.
    """
    hit = Hit(offer, None, None, ())
    text = lines(
        what(words, offer),
        *_told(words, offer, said),
        where(words, hit),
        Markup("📍 {}").format(isolate(facts.address(offer))) if offer.address_1 else None,
        facts.way(offer),
        *_times(words, offer, dates, now),
        facts.cost(words, offer),
        _full(words, offer),
        *facts.details(words, offer, now),
        "",
        Markup("🇩🇪 <b>{}</b>").format(isolate(offer.name)),
        Markup("<blockquote>{}</blockquote>").format(facts.counter_sentence(offer)),
        facts.checked(words, offer, now, review_days),
    )
    want = ("want.for", offer.id, wanted_by) if wanted_by else ("want", offer.id)
    going = [tap(words.plain("card.want"), *want), tap(words.plain("card.dates"), "ics", offer.id)]
    rows = [
        *([going] if facts.is_open(offer) else []),
        [
            tap(words.plain("card.show_in"), "card.langs", offer.id),
            tap(words.plain("card.wrong"), "wrong", offer.id),
        ],
    ]
    if kept is not None:
        key, state = ("saved.offer.kept", "off") if kept else ("saved.offer.keep", "on")
        rows.append([tap(words.plain(key), "kept", offer.id, state)])
    passing = [link(words.plain("share.button"), _share(share, offer))] if share else []
    if page and facts.is_open(offer):
        passing.append(link(words.plain("share.page"), page))
    rows += [passing] if passing else []
    if keeper:
        rows.append([tap(words.plain("ed.menu"), "ed", offer.id)])
    return Screen(text, with_home(words, rows), edit=edit)


def _times(words: Words, offer: Offer, dates: Sequence[Occurrence], now: datetime) -> list[Markup]:
    """When it takes place; of an office all its hours."""
    if offer.topic != Topic.OFFICE:
        return [facts.when(words, offer, dates)]
    return facts.hours(words, offer, dates, now.astimezone(spoken.BERLIN).date())


def _told(words: Words, offer: Offer, said: Spoken) -> list[Markup | str | None]:
    """Its texts: translated ones with a word on who translated, the German ones for those who read German."""
    if words.language == SOURCE:
        return [isolate(offer.summary) if offer.summary else None, _at_length(offer.description)]
    return [
        Markup("<b>{}</b>").format(isolate(said.name)) if said.name else None,
        isolate(said.summary) if said.summary else None,
        _at_length(said.description),
        Markup("🤖 <i>{}</i>").format(words("card.by_machine")) if said.by_machine else None,
        Markup("🇩🇪 <i>{}</i>").format(words("card.german_only"))
        if (offer.summary or offer.description) and not (said.summary or said.description)
        else None,
    ]


def _at_length(text: str) -> Markup | None:
    """What is told of it, folded up by Telegram; as much as leaves the card one message."""
    if not text:
        return None
    cut = text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
    return Markup("<blockquote expandable>{}</blockquote>").format(lines(*map(isolate, cut.splitlines())))


def _share(address: str, offer: Offer) -> str:
    """Telegram's own page for passing something on to a chat."""
    return "https://t.me/share/url?" + urlencode({"url": address, "text": offer.name}, quote_via=quote)


def after_cards(
    words: Words, result: SearchResult, who: Button, whom: tuple[Markup, Button] | None = None
) -> Screen:
    """What can be asked next: elsewhere, at another time, which office answers, or a person; and for `whom` was asked."""
    left = max(result.total - len(result.hits), 0)
    text = words("search.more_found", count=left) if left else words("search.ask_on")
    rows = [[tap(words.plain("search.near_me"), "near"), tap(words.plain("filter.button"), "filter")], [who]]
    if whom is not None:
        text = lines(whom[0], text)
        rows.append([whom[1]])
    return Screen(text, with_home(words, rows), notify=False)


def nothing_found(words: Words, house: House) -> Screen:
    """No offer at all: a person helps on."""
    text = words("search.nothing", contact=house.contact_name, phone=house.contact_phone)
    topics = [tap(f"{icon} {words.plain('topic.' + topic)}", "topic", topic) for topic, icon in TOPICS[:6]]
    return Screen(text, with_home(words, in_rows(topics, 2)))


def guesses(words: Words, intents: Sequence[Intent], mark: str, text: str = "search.not_sure") -> Screen:
    """Not sure what was meant: the best guesses as buttons, instead of an answer or (`search.or_else`) after one.

    `mark` is which question they belong to.
    """
    buttons = [_guess(words, intent, mark) for intent in intents]
    return Screen(words(text), with_home(words, in_rows(buttons, 1)))


def _guess(words: Words, intent: Intent, mark: str) -> Button:
    if intent in TOPIC_INTENTS:
        topic = intent.value.removeprefix("find_")
        return tap(f"{PICTOGRAMS[topic]} {words.plain('topic.' + topic)}", "meant", topic, mark)
    return tap(words.plain("guess." + intent.value), "guess", intent.value)


def how_to_ask(words: Words, offer: Offer, now: datetime) -> Screen:
    """For somebody without a coordinator: whom to call and what to say in German."""
    text = lines(
        bold(words("want.how")),
        *facts.contacts(offer),
        facts.registration(words, offer),
        facts.register_until(words, offer, now),
        words("want.say"),
        Markup("<blockquote>{}</blockquote>").format(facts.counter_sentence(offer)),
    )
    return Screen(text, with_home(words, []))


def wish_kept(words: Words, offer: Offer) -> Screen:
    """The wish is with the coordinator."""
    text = lines(words("want.kept", name=offer.name), words("want.kept_who"))
    return Screen(text, with_home(words, [[tap(words.plain("card.more"), "offer", offer.id)]]))


def what_is_wrong(words: Words, offer: Offer) -> Screen:
    """Choose what is wrong with an entry."""
    buttons = [
        tap(words.plain("report." + reason), "wrong.as", offer.id, reason) for reason in REPORT_REASONS
    ]
    text = lines(bold(words("report.title")), isolate(offer.name))
    return Screen(
        text, [*in_rows(buttons, 1), [tap(words.plain("button.back"), "offer", offer.id)]], edit=True
    )


def report_kept(words: Words) -> Screen:
    """The report arrived."""
    return Screen(words("report.kept"), with_home(words, []), edit=True)


def choose_card_language(words: Words, offer: Offer) -> Screen:
    """In which language shall this card be shown?"""
    buttons = [tap(language.name, "card.in", offer.id, language.tag) for language in LANGUAGES.values()]
    return Screen(words("card.show_in_which"), in_rows(buttons, 2))


def no_dates(words: Words, offer: Offer) -> Screen:
    """There is no date to put into a calendar."""
    phone = offer.phone or offer.provider.phone
    return Screen(words("card.no_dates", phone=left_to_right(phone)), with_home(words, []))


def dates_text(words: Words, offer: Offer, dates: Sequence[Occurrence]) -> Markup:
    """The next dates, one a line, as caption of the calendar file."""
    return lines(isolate(offer.name), *(facts.date_line(words, occurrence) for occurrence in dates))


def what(words: Words, offer: Offer) -> Markup:
    """What it is, in the reader's language and by its German name."""
    title = facts.title(words, offer)
    icon = PICTOGRAMS.get(offer.topic, "•")
    german = None if words.language == SOURCE else isolate(offer.name)
    head = Markup("{} <b>{}</b>").format(icon, isolate(offer.name) if german is None else title)
    return head if german is None else lines(head, Markup("🇩🇪 {}").format(german))


def where(words: Words, hit: Hit) -> Markup:
    """The place, and how near it is."""
    offer = hit.offer
    place = isolate(offer.place)
    if hit.distance_km is not None and hit.near != "same":
        return Markup("📍 {} · {}").format(place, words("near.km", km=f"{hit.distance_km:.0f}"))
    if hit.near in ("neighbour", "line"):
        return Markup("📍 {} · {}").format(place, words("near." + hit.near))
    return Markup("📍 {}").format(place)


def _full(words: Words, offer: Offer) -> Markup | None:
    return Markup("🚫 {}").format(words("card.full")) if offer.free_places == 0 else None


def _checked_short(words: Words, offer: Offer, now: datetime, review_days: int) -> Markup | None:
    if not facts.is_stale(offer, now, review_days) or offer.assured_date is None:
        return None
    return Markup("⚠️ {}").format(
        words("card.not_confirmed", day=spoken.day(offer.assured_date, words.language))
    )
