"""Every file of the published catalogue as text by path; writing them is the edge's business."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.languages import LANGUAGES, SOURCE
from i18n.messages import Words, words
from offers import dates, facts, ics, kinds
from offers.responsible import matters
from offers.responsible.types import DISTRICT, Matter, Responsibility
from offers.types import Offer, Status

PER_PAGE = 50
"""Offers on a page of a topic, offices on one of a matter: with it the page stays far below 50 KB."""
_HERE = Path(__file__).parent
_MOST_TEXT = 5000
_MATTERS = "responsible.html"
_Shown = TypeVar("_Shown")


@dataclass(frozen=True)
class _Entry:
    """An offer with what is said of it in one language."""

    offer: Offer
    title: str
    when: Markup
    cost: Markup
    next_dates: tuple[Markup, ...]


@dataclass(frozen=True)
class _Office:
    """An office that answers for a matter: where one lives for it, and with which papers; both empty where it is for all."""

    entry: _Entry
    places: tuple[str, ...]
    residence_status: tuple[str, ...]

    @property
    def address(self) -> str:
        return facts.address(self.entry.offer)

    @property
    def phone(self) -> str:
        return self.entry.offer.phone or self.entry.offer.provider.phone


def files(
    offers: Sequence[Offer], duties: Sequence[Responsibility], district: str, now: datetime
) -> Iterator[tuple[str, bytes]]:
    """Path below the folder → content: pages in every language, calendars, the style sheet.

    Drafts, paused and ended offers are not published. An offer that nobody should meet unasked has a page but stands in no list.
    """
    shown = [offer for offer in offers if offer.status == Status.PUBLISHED]
    duties = [duty for duty in duties if duty.offer_id in {o.id for o in shown if _is_listed(o)}]
    yield "style.css", (_HERE / "style.css").read_bytes()
    yield "index.html", _page("languages.html", words(SOURCE), "", district, now)
    for language in LANGUAGES:
        yield from _in_language(words(language), shown, bool(duties), district, now)
        yield from _responsible(words(language), {offer.id: offer for offer in shown}, duties, district, now)
    by_topic = _by_topic(shown)
    for topic, some in by_topic.items():
        name = f"{words(SOURCE).plain('topic.' + topic)} · {district}"
        yield f"calendar/{topic}.ics", ics.feed(some, now, name)
    for offer in shown:
        if offer.schedules:
            yield f"calendar/offer-{offer.id}.ics", ics.calendar(offer, now)


def _in_language(
    said: Words, shown: Sequence[Offer], has_offices: bool, district: str, now: datetime
) -> Iterator[tuple[str, bytes]]:
    folder = said.language
    by_topic = _by_topic(shown)
    topics = [(topic, icon, len(by_topic[topic])) for topic, icon in facts.TOPICS if topic in by_topic]
    yield (
        f"{folder}/index.html",
        _page("topics.html", said, "index.html", district, now, topics=topics, has_offices=has_offices),
    )
    for topic, icon in facts.TOPICS:
        some = sorted(by_topic.get(topic, ()), key=lambda offer: (offer.place, offer.name, offer.id))
        pages = _paged(some)
        for number, chunk in enumerate(pages, 1):
            name = _numbered(topic, number)
            entries = [_entry(said, offer, now) for offer in chunk]
            yield f"{folder}/{name}", _page(
                "topic.html", said, name, district, now, topic=topic, icon=icon, entries=entries, number=number,
                pages=[(other, _numbered(topic, other)) for other in range(1, len(pages) + 1)],
            )  # fmt: skip
    for offer in shown:
        name = f"offer-{offer.id}.html"
        lines = [line for line in facts.details(said, offer) if line is not None]
        yield f"{folder}/{name}", _page(
            "offer.html", said, name, district, now, entry=_entry(said, offer, now), lines=lines,
            icon=facts.PICTOGRAMS[offer.topic], address=facts.address(offer),
            sentence=facts.counter_sentence(offer), checked=facts.checked(said, offer, now),
            text=offer.description[:_MOST_TEXT].split("\n") if offer.description else [],
            listed=_is_listed(offer),
        )  # fmt: skip


def _responsible(
    said: Words, offers: Mapping[str, Offer], duties: Sequence[Responsibility], district: str, now: datetime
) -> Iterator[tuple[str, bytes]]:
    """Who is responsible: the matters, and for each a list of its offices."""
    folder, named = said.language, {duty.matter for duty in duties}
    some = [matter for matter in matters.load().values() if matter.id in named]
    if some:
        yield f"{folder}/{_MATTERS}", _page("matters.html", said, _MATTERS, district, now, matters=some)
    for matter in some:
        pages = _paged(_offices(said, matter, offers, duties, now))
        for number, chunk in enumerate(pages, 1):
            name = _numbered(f"responsible-{matter.id}", number)
            yield f"{folder}/{name}", _page(
                "matter.html", said, name, district, now, matter=matter, offices=chunk, number=number,
                everywhere=DISTRICT, matters_page=_MATTERS,
                pages=[(other, _numbered(f"responsible-{matter.id}", other)) for other in range(1, len(pages) + 1)],
            )  # fmt: skip


def _offices(
    said: Words, matter: Matter, offers: Mapping[str, Offer], duties: Sequence[Responsibility], now: datetime
) -> list[_Office]:
    """The offices for a matter: those for one's own town first, by its name, then those for the district, then those for everywhere."""
    found = [
        _Office(
            _entry(said, offers[duty.offer_id], now),
            duty.places,
            () if "any" in duty.residence_status else duty.residence_status,
        )
        for duty in duties
        if duty.matter == matter.id
    ]
    return sorted(
        found,
        key=lambda o: (not o.places, DISTRICT in o.places, o.places, o.entry.offer.name, o.entry.offer.id),
    )


def _entry(said: Words, offer: Offer, now: datetime) -> _Entry:
    upcoming = dates.next_dates(offer, now, 6)
    return _Entry(
        offer,
        offer.name if said.language == SOURCE else facts.title(said, offer),
        facts.when(said, offer, upcoming),
        facts.cost(said, offer),
        tuple(facts.date_line(said, occurrence) for occurrence in upcoming),
    )


def _paged(some: Sequence[_Shown]) -> list[Sequence[_Shown]]:
    return [some[start : start + PER_PAGE] for start in range(0, len(some), PER_PAGE)]


def _numbered(name: str, number: int) -> str:
    return f"{name}.html" if number == 1 else f"{name}-{number}.html"


def _is_listed(offer: Offer) -> bool:
    return kinds.load()[offer.kind].unasked != "never"


def _by_topic(offers: Sequence[Offer]) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        if _is_listed(offer):
            found[offer.topic].append(offer)
    return found


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["isolate"] = lambda text: isolate(escape(text))
    return environment


def _page(template: str, said: Words, name: str, district: str, now: datetime, **values: Any) -> bytes:
    language = LANGUAGES[said.language]
    day = spoken.day(now.astimezone(spoken.BERLIN).date(), said.language)
    text = _templates().get_template(template).render(
        words=said, language=language, languages=LANGUAGES.values(), page=name, district=district, day=day,
        root="../" if name else "", **values,
    )  # fmt: skip
    return text.encode()
