"""Every file of the published catalogue as text by path; writing them is the edge's business."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
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
from offers.translations.types import UNSPOKEN, Spoken, TextField
from offers.types import Offer, Status

PER_PAGE = 50
"""Offers on a page of a topic, offices on one of a matter: with it the page stays far below 50 KB."""
_HERE = Path(__file__).parent
_MOST_TEXT = 5000
_MOST_NAME = 100
_MATTERS = "responsible.html"
_OFFER = "offer-"
_Shown = TypeVar("_Shown")
Translated = Mapping[str, Mapping[str, Spoken]]
"""Language → id of an offer → what there is of it in that language; nothing for what is said in German."""
_NOTHING: Translated = MappingProxyType({})


@dataclass(frozen=True)
class _Entry:
    """An offer with what is said of it in one language; `said` are its translated texts."""

    offer: Offer
    title: str
    said: Spoken
    when: Markup
    cost: Markup
    next_dates: tuple[Markup, ...]

    @property
    def name(self) -> str:
        """The translated name as far as a list shows it."""
        return _cut(self.said.name, _MOST_NAME)

    @property
    def name_by_machine(self) -> bool:
        """Whether no person has read the translated name."""
        return TextField.NAME in self.said.machine


@dataclass(frozen=True)
class _Office:
    """An office that answers for a matter: where one lives for it, and with which papers; both empty where it is for all."""

    entry: _Entry
    places: tuple[str, ...]
    residence_status: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where the office is."""
        return facts.address(self.entry.offer)

    @property
    def phone(self) -> Markup | None:
        """The office's own telephone, else its provider's, to be tapped."""
        phone = self.entry.offer.phone or self.entry.offer.provider.phone
        return facts.called(phone) if phone else None


@dataclass(frozen=True)
class _Telling:
    """One language: its sentences, and what is translated of the offers."""

    words: Words
    translated: Mapping[str, Spoken]

    @property
    def language(self) -> str:
        """The language's tag."""
        return self.words.language

    def entry(self, offer: Offer, now: datetime) -> _Entry:
        """An offer as pages in this language show it."""
        upcoming = dates.next_dates(offer, now, 6)
        return _Entry(
            offer,
            offer.name if self.language == SOURCE else facts.title(self.words, offer),
            self.translated.get(offer.id, UNSPOKEN),
            facts.when(self.words, offer, upcoming),
            facts.cost(self.words, offer),
            tuple(facts.date_line(self.words, occurrence) for occurrence in upcoming),
        )


def files(
    offers: Sequence[Offer],
    duties: Sequence[Responsibility],
    district: str,
    now: datetime,
    translated: Translated = _NOTHING,
    *,
    review_days: int,
) -> Iterator[tuple[str, bytes]]:
    """Path below the folder → content: pages in every language, calendars, the style sheet.

    Drafts, paused and ended offers are not published. An offer that nobody should meet unasked has a page but stands in no list.
    """
    shown = [offer for offer in offers if offer.status == Status.PUBLISHED]
    duties = [duty for duty in duties if duty.offer_id in {o.id for o in shown if _is_listed(o)}]
    yield "style.css", (_HERE / "style.css").read_bytes()
    yield "index.html", _page("languages.html", words(SOURCE), "", district, now)
    for language in LANGUAGES:
        told = _Telling(words(language), translated.get(language, {}))
        yield from _in_language(told, shown, bool(duties), district, now, review_days)
        yield from _responsible(told, {offer.id: offer for offer in shown}, duties, district, now)
    by_topic = _by_topic(shown)
    for topic, some in by_topic.items():
        yield f"calendar/{topic}.ics", ics.feed(some, now, ics.feed_name(topic, district))
    for offer in shown:
        if offer.schedules:
            yield f"calendar/offer-{offer.id}.ics", ics.calendar(offer, now)


def offers_in(names: Collection[str]) -> set[str]:
    """The ids of the offers that have a page among the written files."""
    pages = (PurePosixPath(name) for name in names)
    return {page.stem.removeprefix(_OFFER) for page in pages if page.match(f"{SOURCE}/{_OFFER}*.html")}


def _in_language(
    told: _Telling,
    shown: Sequence[Offer],
    has_offices: bool,
    district: str,
    now: datetime,
    review_days: int,
) -> Iterator[tuple[str, bytes]]:
    said, folder = told.words, told.language
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
            entries = [told.entry(offer, now) for offer in chunk]
            yield f"{folder}/{name}", _page(
                "topic.html", said, name, district, now, topic=topic, icon=icon, entries=entries, number=number,
                pages=[(other, _numbered(topic, other)) for other in range(1, len(pages) + 1)],
            )  # fmt: skip
    for offer in shown:
        name = f"{_OFFER}{offer.id}.html"
        lines = [line for line in facts.details(said, offer, now, on_page=True) if line is not None]
        yield f"{folder}/{name}", _page(
            "offer.html", said, name, district, now, entry=told.entry(offer, now), lines=lines,
            icon=facts.PICTOGRAMS[offer.topic], address=facts.address(offer),
            sentence=facts.counter_sentence(offer), checked=facts.checked(said, offer, now, review_days),
            **_texts(told, offer),
            listed=_is_listed(offer),
        )  # fmt: skip


def _texts(told: _Telling, offer: Offer) -> dict[str, object]:
    """The offer in a line and at length, each in the language or else as it stands in German, with the language it is in."""
    there = told.translated.get(offer.id, UNSPOKEN)
    summary, text = there.summary or offer.summary, there.description or offer.description
    return {
        "summary": summary,
        "summary_in": told.language if there.summary else SOURCE,
        "text": text[:_MOST_TEXT].split("\n") if text else [],
        "text_in": told.language if there.description else SOURCE,
        "only_german": told.language != SOURCE
        and bool(summary or text)
        and not (there.summary or there.description),
    }


def _responsible(
    told: _Telling,
    offers: Mapping[str, Offer],
    duties: Sequence[Responsibility],
    district: str,
    now: datetime,
) -> Iterator[tuple[str, bytes]]:
    """Who is responsible: the matters, and for each a list of its offices."""
    said, folder, named = told.words, told.language, {duty.matter for duty in duties}
    some = [matter for matter in matters.load().values() if matter.id in named]
    if some:
        yield f"{folder}/{_MATTERS}", _page("matters.html", said, _MATTERS, district, now, matters=some)
    for matter in some:
        pages = _paged(_offices(told, matter, offers, duties, now))
        for number, chunk in enumerate(pages, 1):
            name = _numbered(f"responsible-{matter.id}", number)
            yield f"{folder}/{name}", _page(
                "matter.html", said, name, district, now, matter=matter, offices=chunk, number=number,
                everywhere=DISTRICT, matters_page=_MATTERS,
                pages=[(other, _numbered(f"responsible-{matter.id}", other)) for other in range(1, len(pages) + 1)],
            )  # fmt: skip


def _offices(
    told: _Telling,
    matter: Matter,
    offers: Mapping[str, Offer],
    duties: Sequence[Responsibility],
    now: datetime,
) -> list[_Office]:
    """The offices for a matter: those for one's own town first, by its name, then those for the district, then those for everywhere."""
    found = [
        _Office(
            told.entry(offers[duty.offer_id], now),
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


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _paged(some: Sequence[_Shown]) -> list[Sequence[_Shown]]:
    return [some[start : start + PER_PAGE] for start in range(0, len(some), PER_PAGE)]


def _numbered(name: str, number: int) -> str:
    return f"{name}.html" if number == 1 else f"{name}-{number}.html"


def _is_listed(offer: Offer) -> bool:
    return not kinds.load()[offer.kind].delicate


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
    day = spoken.day(dates.today(now), said.language)
    text = _templates().get_template(template).render(
        words=said, language=language, languages=LANGUAGES.values(), page=name, district=district, day=day,
        root="../" if name else "", **values,
    )  # fmt: skip
    return text.encode()
