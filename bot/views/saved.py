"""Views of what people keep: offers, profiles by their colour, searches and what is new for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views import narrow
from bot.views.cards import what
from bot.views.parts import bold, in_rows, lines, page_of, page_row, with_home
from bot.views.shared import feedback_button
from i18n.bidi import isolate
from i18n.languages import SOURCE
from i18n.messages import Words
from offers import facts
from offers.saved.types import News, Profile, SavedSearch
from offers.types import Hit, Offer, Status

MARKS = ("🔵", "🟢", "🟡", "🟠", "🔴", "🟣", "🟤", "⚫", "⚪", "🔶")
"""What tells one profile from another instead of a name."""
_SHOWN, _OF_ONE = 30, 8


def said_filters(words: Words, filters: Mapping[str, Any]) -> str:
    """Filters in words, in the order of the keyboard: `Haar · A1 · parents`."""
    return " · ".join(_values(words, filters))


def _values(words: Words, filters: Mapping[str, Any]) -> list[str]:
    chosen = [_short(words, name, str(filters[name])) for name in narrow.CHOICES if filters.get(name)]
    chosen += [words.plain("filter." + name) for name in narrow.SWITCHES if filters.get(name)]
    text = str(filters.get("text") or "")
    return [*([f"„{text}“"] if text else []), *chosen]


def profile_line(words: Words, profile: Mapping[str, Any] | None) -> Markup | None:
    """Which profile is in use."""
    if profile is None:
        return None
    values = Markup(" · ").join(map(isolate, _values(words, profile["filters"])))
    return Markup("{} <b>{}</b>").format(MARKS[int(profile["mark"])], values)


def asked_for(
    words: Words, profile: Mapping[str, Any] | None, *, other: bool
) -> tuple[Markup, Button] | None:
    """For whom is asked, by the profile in use or for somebody `other`, with the button that ends it; None for oneself."""
    line = profile_line(words, profile)
    if line is not None:
        return line, tap(words.plain("saved.profile.stop"), "pr.stop")
    if not other:
        return None
    return Markup("🤝 {}").format(bold(words("other.on"))), tap(words.plain("other.off"), "other.off")


def profiles_screen(words: Words, found: Sequence[Profile], used: Mapping[str, Any] | None) -> Screen:
    """The profiles, each with its way out."""
    rows: list[Sequence[Button]] = [
        [
            tap(f"{MARKS[each.mark]} {said_filters(words, each.filters)}"[:60], "pr.use", each.id),
            tap("🗑", "pr.drop", each.id),
        ]
        for each in found
    ]
    if used is not None:
        rows.append([tap(words.plain("saved.profile.stop"), "pr.stop")])
    rows += [[tap(words.plain("filter.menu"), "filter.none")], [tap(words.plain("button.back"), "vo")]]
    text = lines(bold(words("saved.profile.menu")), profile_line(words, used), words("saved.profile.hint"))
    return Screen(text, with_home(words, rows), edit=True)


def searches_screen(words: Words, found: Sequence[SavedSearch], *, note: Markup | None = None) -> Screen:
    """The searches that tell of new offers, each with its way out."""
    rows: list[Sequence[Button]] = [
        [_open(words, each), tap(words.plain("saved.search.stop"), "ss.drop", each.id)] for each in found
    ]
    rows += [[tap(words.plain("filter.menu"), "filter.none")], [tap(words.plain("button.back"), "vo")]]
    text = lines(note, bold(words("saved.search.menu")), words("saved.search.hint"))
    return Screen(text, with_home(words, rows), edit=True)


def news_screen(words: Words, found: Sequence[News]) -> Screen:
    """What is new, search by search."""
    if not found:
        return Screen(words("saved.search.nothing"), with_home(words, [[_all_searches(words)]]), edit=True)
    parts: list[Markup | str] = [bold(words("saved.search.news"))]
    rows: list[Sequence[Button]] = []
    number = 0
    for news in found:
        parts += ["", Markup("🔔 <i>{}</i>").format(isolate(_said(words, news.search)))]
        shown = news.hits[:_OF_ONE]
        parts += [_entry(words, at, hit) for at, hit in enumerate(shown, number + 1)]
        rows += in_rows(_numbered(shown, number + 1), 4)
        number += len(shown)
        stop = tap(words.plain("saved.search.stop"), "ss.drop", news.search.id)
        left = len(news.hits) - len(shown)
        more = [tap(f"+{left} ▶️", "ss.more", news.search.id, _stamp(news.since))] if left else []
        rows.append([*more, stop])
    rows.append([_all_searches(words)])
    return Screen(lines(*parts), with_home(words, rows), edit=True)


def since_screen(words: Words, news: News, page: int, *, edit: bool) -> Screen:
    """A page of what was new for one search, where it was too much to be told beside the others."""
    shown, page, pages = page_of(news.hits, page, _OF_ONE)
    first = page * _OF_ONE + 1
    text = lines(
        Markup("🔔 <i>{}</i>").format(isolate(_said(words, news.search))),
        *(_entry(words, at, hit) for at, hit in enumerate(shown, first)),
    )
    turns = [
        tap(label, "ss.since", news.search.id, _stamp(news.since), str(other))
        for label, other in (("◀️", page - 1), ("▶️", page + 1))
        if 0 <= other < pages
    ]
    rows = [*in_rows(_numbered(shown, first), 4), turns, [_all_searches(words)]]
    return Screen(text, with_home(words, rows), edit=edit)


def _numbered(hits: Sequence[Hit], first: int) -> list[Button]:
    return [tap(str(at), "card", hit.offer.id) for at, hit in enumerate(hits, first)]


def _stamp(since: datetime) -> str:
    return str(int(since.timestamp()))


def kept_screen(words: Words, found: Sequence[Offer], page: int, *, feedback: bool) -> Screen:
    """A page of remembered offers, a button each; whether to be asked after their dates."""
    shown, number, pages = page_of(found, page, _SHOWN)
    rows = [[_remembered(words, offer)] for offer in shown]
    rows.append(page_row(words, "kept.page", number, pages))
    if found:
        rows.append([feedback_button(words, on=feedback)])
    text = lines(
        bold(words("saved.offer.menu")),
        words("saved.offer.hint") if found else words("saved.offer.none"),
    )
    return Screen(text, with_home(words, rows), edit=True)


def _remembered(words: Words, offer: Offer) -> Button:
    """The way to its card; of one that nobody may read yet only what kind it is, and the way out."""
    if offer.status == Status.DRAFT:
        return tap(f"🗑 {facts.title(words, offer)}"[:60], "kept", offer.id, "off")
    return tap(_name(words, offer)[:60], "card", offer.id)


def _short(words: Words, name: str, code: str) -> str:
    """A value in words; a level by its letters, which fit on a button."""
    return code if name == "level" and code != "literacy" else narrow.value(words, name, code)


def _all_searches(words: Words) -> Button:
    return tap(words.plain("saved.search.menu"), "ss.list")


def _open(words: Words, search: SavedSearch) -> Button:
    return tap(f"🔎 {_said(words, search)}"[:60], "ss", search.id)


def _said(words: Words, search: SavedSearch) -> str:
    return said_filters(words, vars(search.query))


def _entry(words: Words, number: int, hit: Hit) -> Markup:
    return lines(
        Markup("{}. {}").format(number, what(words, hit.offer)),
        Markup("📍 {}").format(isolate(hit.offer.place)),
    )


def _name(words: Words, offer: Offer) -> str:
    title = offer.name if words.language == SOURCE else f"{facts.title(words, offer)} · {offer.name}"
    return f"{facts.PICTOGRAMS.get(offer.topic, '•')} {title}"
