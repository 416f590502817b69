"""Searching with buttons: what is chosen, what a choice would leave, and the results as a list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.cards import where
from bot.views.parts import bold, home, in_rows, lines
from i18n import dates as spoken
from i18n.bidi import isolate, left_to_right
from i18n.languages import SOURCE, name_in
from i18n.messages import Words
from offers import facts
from offers.types import Hit, Occurrence, Query

PAGE = 8
CHOICES = ("topic", "place", "level", "audience", "daytime", "weekday", "spoken", "residence")
"""Filters of which one value is chosen."""
SWITCHES = ("childcare", "free")
"""Filters that are on or off."""


def filters_screen(
    words: Words,
    query: Query,
    count: int,
    switches: Mapping[str, int],
    *,
    whom: tuple[Markup, Button] | None = None,
    helper: bool = False,
    note: Markup | None = None,
) -> Screen:
    """What is chosen so far and how many offers that leaves; `switches` is how many would be left with one of them on.

    `whom` says for whom it is and ends that, where it is not for oneself; a `helper` may keep what is chosen. `note` stands below.
    """
    chosen = [
        Markup("• {}: {}").format(words("filter." + name), value(words, name, str(getattr(query, name))))
        for name in CHOICES
        if getattr(query, name) is not None
    ]
    chosen += [Markup("• {}").format(words("filter." + name)) for name in SWITCHES if getattr(query, name)]
    said = Markup("• „{}“").format(isolate(query.text)) if query.text else None
    near = Markup("• 📍") if query.location else None
    nothing = None if count else words("filter.nothing")
    line = whom[0] if whom else None
    text = lines(line, bold(words("filter.title")), said, near, *chosen, nothing, note)
    pick = [tap(_label(words, query, name), "filter.by", name) for name in CHOICES]
    flip = [_switch(words, query, name, switches.get(name, 0)) for name in SWITCHES]
    show = [tap(words.plain("filter.show", count=count), "filter.list", "0")] if count else []
    keep = [
        tap(words.plain("saved.search.keep"), "ss.keep"),
        tap(words.plain("saved.profile.keep"), "pr.keep"),
    ]
    away = [whom[1]] if whom else []
    reset = [tap(words.plain("filter.reset"), "filter.none")]
    rows = [
        show,
        *in_rows(pick, 2),
        flip,
        keep if helper and (chosen or said) else [],
        [*reset, *away],
        home(words),
    ]
    return Screen(text, [row for row in rows if row], edit=True)


def other_note(words: Words, contact: str, phone: str, *, helper: bool) -> Markup:
    """What asking for somebody else means, and how one becomes a volunteer who is not one yet."""
    how = None if helper else words("other.helper", contact=contact, phone=left_to_right(phone))
    return lines(words("other.text"), how)


def values_screen(
    words: Words, name: str, counts: Mapping[str, int], codes: Mapping[str, str], *, chosen: bool
) -> Screen:
    """The values of a filter with how many offers each leaves; `codes` are what their buttons send."""
    buttons = [
        tap(f"{value(words, name, each)} ({count})", "filter.set", name, codes[each])
        for each, count in counts.items()
    ]
    rows = in_rows(buttons, 2)
    if chosen:
        rows.append([tap(words.plain("filter.any"), "filter.set", name, "-")])
    text = lines(bold(words("filter." + name)), None if counts else words("filter.nothing"))
    return Screen(text, [*rows, [tap(words.plain("button.back"), "filter")]], edit=True)


def first_of(hits: Sequence[Hit], page: int) -> int:
    """How many results stand before those of a page; of one that there is not, before the last ones."""
    return max(0, min(page * PAGE, (len(hits) - 1) // PAGE * PAGE))


def list_screen(
    words: Words,
    hits: Sequence[Hit],
    dates: Sequence[Sequence[Occurrence]],
    page: int,
    now: datetime,
    review_days: int,
) -> Screen:
    """A page of results, a short entry each with a button of the same number."""
    pages = max(1, -(-len(hits) // PAGE))
    first = first_of(hits, page)
    page = first // PAGE
    shown = hits[first : first + PAGE]
    entries = [
        _entry(words, number, hit, when, facts.is_stale(hit.offer, now, review_days))
        for number, hit, when in zip(
            range(first + 1, first + 1 + len(shown)), shown, dates[first:], strict=False
        )
    ]
    numbers = [tap(str(first + at), "card", hit.offer.id) for at, hit in enumerate(shown, 1)]
    turns = [
        tap(label, "filter.list", str(other))
        for label, other in (("◀️", page - 1), ("▶️", page + 1))
        if 0 <= other < pages
    ]
    text = lines(bold(words("filter.found", count=len(hits))), *entries)
    rows = [*in_rows(numbers, 4), turns, [tap(words.plain("filter.button"), "filter")], home(words)]
    return Screen(text, [row for row in rows if row], edit=True)


def over_screen(words: Words) -> Screen:
    """What was chosen is forgotten; the list or the filters of then stay above."""
    return Screen(
        words("error.dialogue_over"), [[tap(words.plain("filter.reset"), "filter.none")], home(words)]
    )


def value(words: Words, name: str, code: str) -> str:
    """A value of a filter in words."""
    match name:
        case "place":
            return code
        case "weekday":
            return spoken.weekdays([code], words.language)
        case "spoken":
            return name_in(code, words.language)
        case "daytime":
            return words.plain("daytime." + code)
        case _:
            return words.plain(f"{name}.{code}")


def _label(words: Words, query: Query, name: str) -> str:
    chosen = getattr(query, name)
    said = f"✅ {value(words, name, str(chosen))}" if chosen is not None else words.plain("filter." + name)
    return said[:60]


def _switch(words: Words, query: Query, name: str, count: int) -> Button:
    said = words.plain("filter." + name)
    if getattr(query, name):
        return tap(f"✅ {said}", "filter.set", name, "-")
    return tap(f"{said} ({count})", "filter.set", name, "yes")


def _entry(words: Words, number: int, hit: Hit, dates: Sequence[Occurrence], is_stale: bool) -> Markup:
    offer = hit.offer
    title = isolate(offer.name) if words.language == SOURCE else facts.title(words, offer)
    stale = Markup(" ⚠️") if is_stale else ""
    return lines(
        Markup("<b>{}. {}</b>{}").format(number, title, stale),
        Markup("{} {}").format(where(words, hit), facts.when(words, offer, dates)),
    )
