"""Views of messages to many on the phone: whom, what, the exact text in each language, and how it stands."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from agreements import rules
from agreements.campaigns.types import Campaign, Delivery, Preview, Reply
from bot.screens import Button, Screen, tap
from bot.views.coordinator_asking import clock_rows, today_row
from bot.views.coordinator_dates import working_day_rows
from bot.views.coordinator_parts import back_row, cancel_row, case, menu_row
from bot.views.parts import bold, in_rows, lines, page_of, page_row
from delivery.types import OPEN_STATES, OutboxState
from i18n import dates as spoken
from i18n import phrases
from i18n.languages import SOURCE, name_in
from i18n.messages import Message, Words
from i18n.messages import words as words_in
from i18n.phrases import Phrase, SlotKind

_PAGE = 10
_UNREACHED = 12
LOST = (OutboxState.UNREACHABLE, OutboxState.REJECTED, OutboxState.UNKNOWN, OutboxState.STALE)


def list_screen(words: Words, found: Sequence[Delivery]) -> Screen:
    """What was sent or waits to be, the newest first."""
    text = lines(
        bold(words("cw.many.title")),
        *(
            ["", *(_line(words, n, each) for n, each in enumerate(found, 1))]
            if found
            else [words("cw.many.none")]
        ),
    )
    buttons = [tap(f"✉️ {n}", "cm.one", each.campaign.id) for n, each in enumerate(found, 1)]
    new = [tap(words.plain("cw.many.new"), "cm.new")]
    return Screen(text, [*in_rows(buttons, 5), new, menu_row(words)], edit=True)


def to_whom_screen(words: Words, *, clients: bool) -> Screen:
    """Whom? Clients of one's own, or volunteers of a place."""
    rows = [[tap(words.plain("cw.many.by.volunteers"), "cm.by", "volunteers")]]
    if clients:
        whole = [
            tap(words.plain("cw.many.to." + what), "cm.to", what) for what in ("all", "overdue", "unanswered")
        ]
        some = [
            tap(words.plain("cw.many.by." + what), "cm.by", what) for what in ("place", "language", "phrase")
        ]
        rows = [*in_rows(whole, 1), *in_rows(some, 1), *rows]
    return Screen(bold(words("cw.many.to_whom")), [*rows, cancel_row(words, "cm.stop")], edit=True)


def values_screen(words: Words, what: str, values: Sequence[str]) -> Screen:
    """Which place, language or topic?"""
    buttons = [tap(_value(words, what, value), "cm.pick", what, value) for value in values]
    text = lines(bold(words("cw.many.by." + what)), None if values else words("cw.many.nobody"))
    rows = in_rows(buttons, 1 if what == "phrase" else 2)
    return Screen(text, [*rows, back_row(words, "cm.new")], edit=True)


def phrases_screen(words: Words, every: Sequence[Phrase], page: int) -> Screen:
    """Which sentence of the phrase book?"""
    shown, page, pages = page_of(every, page, _PAGE)
    buttons = [tap(_open(words, phrase), "cm.phrase", phrase.id) for phrase in shown]
    rows = [*in_rows(buttons, 1), page_row(words, "cm.say", page, pages), cancel_row(words, "cm.stop")]
    return Screen(bold(words("cw.many.what")), rows, edit=True)


def slot_screen(words: Words, phrase: Phrase, slot: SlotKind, places: Sequence[str], today: date) -> Screen:
    """What fills the sentence: a day, a time, a place, a paper or an office."""
    match slot:
        case SlotKind.DATE:
            rows = [today_row(words, "cm.slot", today), *working_day_rows(words, "cm.slot", today)]
        case SlotKind.TIME:
            rows = clock_rows("cm.slot")
        case SlotKind.PLACE:
            rows = in_rows([tap(place, "cm.slot", place) for place in places], 2)
        case SlotKind.PAPER:
            rows = in_rows([tap(words.plain("paper." + one), "cm.slot", one) for one in phrases.PAPERS], 1)
        case _:
            rows = in_rows([tap(words.plain("office." + one), "cm.slot", one) for one in phrases.OFFICES], 1)
    text = lines(bold(_open(words, phrase)), words("cw.many.slot." + slot.value))
    return Screen(text, [*rows, cancel_row(words, "cm.stop")], edit=True)


def preview_screen(words: Words, found: Preview, mark: str, *, scheduled: bool) -> Screen:
    """To how many in which words, who is not reached, and when it leaves."""
    text = lines(
        bold(words("cw.many.preview", count=found.count)),
        *(part for each in found.spoken for part in _spoken(words, each.language, each.count, each.text)),
        *_unreached(words, found),
        "",
        Markup("🕒 {}").format(words("cw.many.goes_at", moment=spoken.moment(found.goes_at, words.language))),
    )
    send = [tap(words.plain("cw.many.schedule_it" if scheduled else "cw.many.send"), "cm.send", mark)]
    later = [tap(words.plain("cw.many.later"), "cm.later")]
    return Screen(text, [send if found.count else [], later, cancel_row(words, "cm.stop")], edit=True)


def correction_screen(words: Words, phrase: str, slots: Mapping[str, str], mark: str) -> Screen:
    """The new text, in German and in the sender's language, before it replaces the old one."""
    said = lines(
        bold(words("cw.many.correction")),
        *(
            part
            for tag in dict.fromkeys((SOURCE, words.language))
            for part in _spoken(words, tag, 0, phrases.message(phrase, slots, tag))
        ),
    )
    yes = [tap(words.plain("cw.many.correct_it"), "cm.send", mark)]
    return Screen(said, [yes, cancel_row(words, "cm.stop")], edit=True)


def day_screen(words: Words, today: date) -> Screen:
    """On which day shall it leave?"""
    rows = [today_row(words, "cm.day", today), *working_day_rows(words, "cm.day", today)]
    return Screen(bold(words("cw.many.later")), [*rows, cancel_row(words, "cm.stop")], edit=True)


def time_screen(words: Words, day: date) -> Screen:
    """At what time?"""
    text = lines(bold(words("cw.many.later")), Markup("📅 {}").format(spoken.day(day, words.language)))
    return Screen(text, [*clock_rows("cm.time"), cancel_row(words, "cm.stop")], edit=True)


def one_screen(words: Words, found: Delivery) -> Screen:
    """One message as it stands now; who did not get it stands there by case number."""
    campaign = found.campaign
    lost = [line for line in found.lines if line.state in LOST and line.client is not None]
    text = lines(
        Markup("✉️ {}").format(bold(_said(words, campaign))),
        words("cw.many.to_count", count=len(found.lines)),
        Markup("🕒 {}").format(
            words("cw.many.goes_at", moment=spoken.moment(campaign.send_at, words.language))
        ),
        words("cw.many.cancelled") if campaign.cancelled_at else None,
        words("cw.many.corrected") if len(campaign.texts) > 1 else None,
        "",
        *_numbers(words, found),
        *(Markup("📵 {}").format(case(line.client.case_number)) for line in lost if line.client),
    )
    rows: list[list[Button]] = [[tap(words.plain("cw.many.again"), "cm.one", campaign.id)]]
    if campaign.cancelled_at is None:
        rows.append(
            [
                tap(words.plain("cw.many.correct"), "cm.correct", campaign.id),
                tap(words.plain("cw.many.cancel"), "cm.cancel", campaign.id),
            ]
        )
    return Screen(text, [*rows, back_row(words, "cm")], edit=True)


def _numbers(words: Words, found: Delivery) -> list[Markup]:
    counted = (
        ("waiting", found.count(*OPEN_STATES)),
        ("arrived", found.arrived),
        ("forgotten", found.forgotten),
        ("opened", found.opened),
        ("yes", found.answered(Reply.YES)),
        ("no", found.answered(Reply.NO)),
        ("lost", found.count(*LOST)),
    )
    return [
        words("cw.many.n." + name, number=number) for name, number in counted if number or name == "arrived"
    ]


def _line(words: Words, number: int, found: Delivery) -> Markup:
    sign = "✖️" if found.campaign.cancelled_at else "✉️"
    when = spoken.short_day(rules.today(found.campaign.send_at), words.language)
    return Markup("{} {}. {} · {} · {}/{} 👁").format(
        sign, number, _said(words, found.campaign), when, found.opened, len(found.lines)
    )


def _said(words: Words, campaign: Campaign) -> Markup:
    newest = campaign.texts[0]
    return words.render(phrases.message(newest.phrase, newest.slots, words.language))


def _spoken(words: Words, language: str, count: int, text: Message) -> list[Markup]:
    times = f" × {count}" if count else ""
    head = Markup("🌍 {}{}").format(name_in(language, words.language), times)
    return [head, Markup("<blockquote>{}</blockquote>").format(words_in(language).render(text))]


def _unreached(words: Words, found: Preview) -> list[Markup | str]:
    if not found.unreached:
        return []
    shown = [
        Markup("❗️ {} · {}").format(case(each.client.case_number), words(each.why))
        for each in found.unreached[:_UNREACHED]
    ]
    more = len(found.unreached) - len(shown)
    return ["", bold(words("cw.many.unreached")), *shown, *([Markup("… +{}").format(more)] if more else [])]


def _open(words: Words, phrase: Phrase) -> str:
    """A sentence whose slots nothing fills yet."""
    return words.plain(phrase.key, **{slot.value: "…" for slot in phrase.slots})


def _value(words: Words, what: str, value: str) -> str:
    if what == "language":
        return name_in(value, words.language)
    return _open(words, phrases.PHRASES[value]) if what == "phrase" else value
