"""Keeping the catalogue true on the coordinator's phone: what should be looked at, one offer, and what it became."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from agreements.feedback.types import Counts
from bot import date_stamp
from bot.screens import Button, Screen, tap
from bot.views.coordinator_editing import reported
from bot.views.coordinator_parts import back_row, menu_row
from bot.views.parts import bold, lines, page_row
from i18n import dates as spoken
from i18n.bidi import isolate
from i18n.languages import name_in
from i18n.messages import Words
from offers import facts
from offers.responsible import matters
from offers.responsible.types import Responsibility
from offers.types import FILTERS, Answered, DueOffer, Gap, Status

_GAPS = 30


def list_screen(
    words: Words,
    listed: Sequence[tuple[Markup, DueOffer]],
    page: int,
    pages: int,
    *,
    count: int,
    drafts: int,
    review_days: int,
) -> Screen:
    """A page of the offers that nobody has confirmed for long or that somebody complained about, each with whose it is; `count` is how many there are in all.

    `review_days` is how long a confirmation holds.
    """
    more = [
        [tap(words.plain("ed.new"), "ed.new"), _drafts(words, drafts)],
        [tap(words.plain("fr.gaps"), "fr.gaps")],
    ]
    if not listed:
        return Screen(words("fr.none", days=review_days), [*more, menu_row(words)], edit=True)
    rows = [
        [tap(f"{'❗️' if due.reports else '🕓'} {due.offer.name}"[:60], "fr", due.offer.id)]
        for _, due in listed
    ]
    text = lines(bold(words("fr.title", count=count)), words("fr.hint", days=review_days), *_by_owner(listed))
    return Screen(text, [*rows, page_row(words, "fr.page", page, pages), *more, menu_row(words)], edit=True)


def _by_owner(listed: Sequence[tuple[Markup, DueOffer]]) -> list[Markup | str]:
    """The offers of each owner below whose they are."""
    found: list[Markup | str] = []
    for whose, some in groupby(listed, key=lambda each: each[0]):
        found += ["", bold(whose), *(Markup("• {}").format(isolate(due.offer.name)) for _, due in some)]
    return found


def whose(words: Words, owner: str, person_id: str | None, me: str, names: Mapping[str, str]) -> Markup:
    """Who looks after an offer: the name in the catalogue, and the person, `me` or another, whose name is told where there is one."""
    person: str | Markup
    if person_id is None:
        person = words("fr.nobody")
    elif person_id == me:
        person = words("fr.by_you")
    else:
        person = isolate(names[person_id]) if person_id in names else words("fr.by_other")
    return Markup("{} · {}").format(isolate(owner), person) if owner else Markup("{}").format(person)


def gaps_screen(words: Words, found: Sequence[Gap]) -> Screen:
    """What people ask for and the catalogue has not, the most frequent first."""
    text = lines(
        bold(words("fr.gaps_title")),
        *(
            words(
                "fr.gap",
                number=gap.count,
                topic=words.plain("topic." + gap.topic) if gap.topic != "-" else "–",
                place=gap.place if gap.place != "-" else "–",
                lacking=words.plain("miss." + gap.lacking)
                if gap.lacking in FILTERS
                else words.plain("fr.lacks_everything"),
                language=name_in(gap.language, words.language),
            )
            for gap in found[:_GAPS]
        ),
        None if found else words("fr.no_gaps"),
    )
    return Screen(text, [back_row(words, "fr.list")], edit=True)


def offer_screen(
    words: Words,
    due: DueOffer,
    duties: Sequence[Responsibility] = (),
    *,
    whose: Markup,
    mine: bool,
    counts: Counts | None = None,
) -> Screen:
    """One offer with what people say of it; a tap settles it. `whose` is who looks after it, `mine` whether that is the reader.

    `counts` is how often it helped, where enough people said so.
    """
    offer = due.offer
    day = spoken.day(offer.assured_date, words.language) if offer.assured_date else None
    text = lines(
        bold(isolate(offer.name)),
        isolate(offer.provider.name),
        f"📍 {facts.address(offer)}",
        f"📞 {offer.phone or offer.provider.phone}" if offer.phone or offer.provider.phone else None,
        words("fr.responsible", matters=_matters(words, duties)) if duties else None,
        words("fr.checked", day=day) if day else words("fr.never_checked"),
        words("fr.owner", owner=whose),
        words("fr.is_" + offer.status) if offer.status != Status.PUBLISHED else None,
        words("fr.feedback", helped=counts.helped, so_so=counts.so_so, not_helped=counts.not_)
        if counts
        else None,
        *(reported(words, report) for report in due.reports),
    )
    rows = [
        [tap(words.plain("fr.still"), "fr.is", offer.id, "still")],
        [tap(words.plain("ed.menu"), "ed", offer.id)],
    ]
    if offer.status == Status.PUBLISHED:
        rows.append(
            [
                tap(words.plain("fr.pause"), "fr.is", offer.id, "pause"),
                tap(words.plain("fr.end"), "fr.is", offer.id, "end"),
            ]
        )
    text_key, on = ("fr.not_mine", "off") if mine else ("fr.mine", "on")
    rows.append([tap(words.plain(text_key), "fr.mine", offer.id, on)])
    return Screen(text, [*rows, back_row(words, "fr.list")], edit=True)


def answered_screen(words: Words, answered: Answered, note: Markup | None = None) -> Screen:
    """What became of it, with the way back to how it was and on to the next; `note` stands below."""
    offer = answered.offer
    before = f"{answered.assured_before:%Y%m%d}" if answered.assured_before else "0"
    text = lines(bold(isolate(offer.name)), words("fr.now_" + offer.status), note)
    was = answered.status_before, before, date_stamp.write_moment(answered.at)
    undo = tap(words.plain("fr.undo"), "fr.undo", offer.id, *was)
    return Screen(text, [[tap(words.plain("fr.next"), "fr.list")], [undo], menu_row(words)], edit=True)


def _matters(words: Words, duties: Sequence[Responsibility]) -> str:
    named = dict.fromkeys(entry.matter for entry in duties)
    return ", ".join(words.plain(matters.load()[matter].name) for matter in named)


def _drafts(words: Words, count: int) -> Button:
    return tap(words.plain("ed.drafts", count=count), "ed.drafts")
