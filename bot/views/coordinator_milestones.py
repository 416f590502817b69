"""Views of milestones on the coordinator's phone: agreeing on one step by step, one with its history, moving, dropping, pushing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from agreements.rules import ACTIVE, FINAL, today
from agreements.types import Client, Milestone, MilestoneEvent, PushPreview
from bot.screens import Button, Screen, tap
from bot.views.coordinator_asking import reminded
from bot.views.coordinator_dates import due_rows, problem
from bot.views.coordinator_parts import back_row, cancel_row, case
from bot.views.own import STATUS_ICONS, goal_screen, milestone_title
from bot.views.parts import bold, in_rows, lines, page_of, page_row
from bot.views.pushes import PUSH_VIEWS
from i18n import dates as spoken
from i18n import phrases
from i18n.bidi import isolate
from i18n.languages import SOURCE, name_in
from i18n.messages import Message, Words
from i18n.messages import words as words_in
from i18n.text import shorten
from offers.types import Offer

_LATEST_EVENTS = 8
_BUTTON_LENGTH = 48


def phrases_screen(words: Words, client: Client, page: int) -> Screen:
    """What is agreed? One page of the phrase book."""
    every = phrases.of_category(phrases.Category.MILESTONE)
    shown, page, pages = page_of(every, page)
    buttons = [tap(_open_phrase(words, phrase), "ms.phrase", phrase.id) for phrase in shown]
    rows = [*in_rows(buttons, 1), page_row(words, "ms.list", page, pages), cancel_row(words, "ms.cancel")]
    return Screen(_head(client, words("ms.which")), rows, edit=True)


def papers_screen(words: Words, client: Client) -> Screen:
    """Which paper?"""
    buttons = [tap(words.plain("paper." + paper), "ms.paper", paper) for paper in phrases.PAPERS]
    rows = [*in_rows(buttons, 1), _back(words, "phrase")]
    return Screen(_head(client, words("ms.which_paper")), rows, edit=True)


def offices_screen(words: Words, client: Client) -> Screen:
    """Which office?"""
    buttons = [tap(words.plain("office." + office), "ms.office", office) for office in phrases.OFFICES]
    rows = [*in_rows(buttons, 1), _back(words, "phrase")]
    return Screen(_head(client, words("rq.which_office")), rows, edit=True)


def places_screen(words: Words, client: Client, places: Sequence[str]) -> Screen:
    """Which place?"""
    buttons = [tap(place, "ms.place", str(index)) for index, place in enumerate(places)]
    rows = [*in_rows(buttons, 2), _back(words, "phrase")]
    return Screen(_head(client, words("ms.which_place")), rows, edit=True)


def due_screen(
    words: Words, client: Client, title: Markup, now: datetime, back: str, message: Message | None = None
) -> Screen:
    """Until when? A button, or a typed date."""
    text = lines(
        _head(client, title),
        problem(words, message),
        words("ms.until_when"),
        words("date.or_type"),
    )
    rows = [*due_rows(words, "ms.due", today(now)), _back(words, back)]
    return Screen(text, rows, edit=True)


def offers_screen(
    words: Words, client: Client, title: Markup, found: Sequence[Offer], message: Message | None = None
) -> Screen:
    """Is there an offer for it? Those that fit, or typed words to look for others."""
    text = lines(
        _head(client, title),
        problem(words, message),
        words("ms.which_offer"),
        words("ms.offer_hint"),
    )
    buttons = [tap(_offer(offer), "ms.offer", offer.id) for offer in found]
    none = [tap(words.plain("ms.button.no_offer"), "ms.offer", "none")]
    return Screen(text, [*in_rows(buttons, 1), none, _back(words, "due")], edit=True)


def preview_screen(
    words: Words,
    client: Client,
    planned: Milestone,
    offer: Offer | None,
    mark: str,
    times: Sequence[datetime],
) -> Screen:
    """What the client will read, in the client's language and in German, and what is sent; `times` are those of the reminders."""
    text = lines(
        _head(client, words("ms.preview")),
        *_shown_to(words, client, goal_screen(words_in(client.language), planned).text),
        *_in_german(client, planned),
        Markup("🔎 {}").format(isolate(offer.name)) if offer else None,
        *_what_is_sent(words, client, times),
    )
    rows = [[tap(words.plain("ms.button.save"), "ms.save", mark)], _back(words, "offer")]
    return Screen(text, rows, edit=True)


def milestone_screen(
    words: Words, client: Client, milestone: Milestone, events: Sequence[MilestoneEvent]
) -> Screen:
    """One milestone: how it stands, what became of it, and what can be done."""
    text = lines(
        Markup("👤 {}").format(case(client.case_number)),
        Markup("{} {}").format(STATUS_ICONS[milestone.status], bold(milestone_title(words, milestone))),
        Markup("📅 {}").format(words("own.until", day=spoken.day(milestone.due_on, words.language))),
        Markup("ℹ️ {}").format(words("milestone.status." + milestone.status.value)),
        "",
        *(_event_line(words, client, event) for event in events[-_LATEST_EVENTS:]),
    )
    rows = [*_actions(words, milestone), back_row(words, "cl", client.id)]
    return Screen(text, rows, edit=True)


def move_screen(
    words: Words, client: Client, milestone: Milestone, now: datetime, message: Message | None = None
) -> Screen:
    """To which day?"""
    text = lines(
        _head(client, milestone_title(words, milestone)),
        Markup("📅 {}").format(words("own.until", day=spoken.day(milestone.due_on, words.language))),
        problem(words, message),
        words("ms.move.when"),
        words("date.or_type"),
    )
    rows = [*due_rows(words, "ms.to", today(now), milestone.id), _keep(words, milestone)]
    return Screen(text, rows, edit=True)


def move_preview(words: Words, client: Client, moved: Milestone, times: Sequence[datetime]) -> Screen:
    """Ask once before the client is told of another day; `times` are those of the reminders."""
    text = lines(
        _head(client, words("ms.preview")),
        *_shown_to(words, client, goal_screen(words_in(client.language), moved).text),
        *_in_german(client, moved),
        *_what_is_sent(words, client, times),
    )
    yes = tap(words.plain("ms.move.yes"), "ms.move.yes", moved.id, moved.due_on.isoformat())
    return Screen(text, [[yes], back_row(words, "ms.move", moved.id)], edit=True)


def drop_screen(words: Words, client: Client, milestone: Milestone) -> Screen:
    """Ask once before a milestone is dropped."""
    text = lines(_head(client, milestone_title(words, milestone)), words("ms.drop.sure"))
    yes = tap(words.plain("ms.drop.yes"), "ms.drop.yes", milestone.id)
    return Screen(text, [[yes], _keep(words, milestone)], edit=True)


def push_screen(
    words: Words, client: Client, milestone: Milestone, preview: PushPreview, now: datetime
) -> Screen:
    """To how many, when, and the very words: of the message, and of what opens after the tap."""
    if preview.obstacle is not None:
        text = lines(_head(client, words("ms.push.title")), Markup("⚠️ {}").format(words(preview.obstacle)))
        return Screen(text, [back_row(words, "ms", milestone.id)], edit=True)
    theirs = words_in(preview.language)
    push, opened = PUSH_VIEWS["reminder"](theirs, milestone.id), goal_screen(theirs, milestone)
    text = lines(
        _head(client, words("ms.push.title")),
        words("ms.push.to", count=preview.count, language=name_in(preview.language, words.language)),
        Markup("🕒 {}").format(_goes(words, preview, now)),
        "",
        words("ms.push.message"),
        _as_sent(push),
        words("ms.push.opens"),
        _as_sent(opened),
        *_in_german(client, milestone),
    )
    yes = tap(words.plain("ms.push.yes"), "ms.push.yes", milestone.id)
    return Screen(text, [[yes], back_row(words, "ms", milestone.id)], edit=True)


def pushed(words: Words, client: Client, preview: PushPreview, now: datetime) -> Screen:
    """The reminder is on its way."""
    text = Markup("✅ {}").format(words("ms.push.done", case=case(client.case_number)))
    return Screen(lines(text, Markup("🕒 {}").format(_goes(words, preview, now))), edit=True)


def told(words: Words, key: str, client: Client) -> Screen:
    """One sentence about what was just done for a case."""
    return Screen(Markup("✅ {}").format(words(key, case=case(client.case_number))), edit=True)


def title_of(words: Words, phrase_id: str, slots: Mapping[str, str]) -> Markup:
    """What is being agreed on, in the coordinator's language."""
    return words.render(phrases.message(phrase_id, slots, words.language))


def _head(client: Client, title: Markup) -> Markup:
    return lines(Markup("👤 {}").format(case(client.case_number)), bold(title))


def _back(words: Words, step: str) -> list[Button]:
    return [tap(words.plain("button.back"), "ms.back", step), *cancel_row(words, "ms.cancel")]


def _keep(words: Words, milestone: Milestone) -> list[Button]:
    return cancel_row(words, "ms", milestone.id)


def _open_phrase(words: Words, phrase: phrases.Phrase) -> str:
    """A phrase of the list, its slots still dots."""
    return words.plain(phrase.key, **{slot.value: "…" for slot in phrase.slots})


def _offer(offer: Offer) -> str:
    return f"{shorten(offer.name, _BUTTON_LENGTH)} · {offer.place}"


def _what_is_sent(words: Words, client: Client, times: Sequence[datetime]) -> list[Markup]:
    """Whether the client is told, and the very times of the reminders."""
    if not client.linked:
        return [Markup("✂️ {}").format(words("ms.told.not_linked"))]
    if client.paused or not client.reachable:
        return [Markup("📵 {}").format(words("ms.told.not_reached"))]
    told = Markup("✉️ {}").format(words("ms.told.message"))
    if not client.reminders:
        return [told, Markup("🔕 {}").format(words("ms.told.no_reminders"))]
    return [told, *reminded(words, times)]


def _shown_to(words: Words, client: Client, text: Markup) -> list[Markup]:
    heading = words("ms.shown_in", language=name_in(client.language, words.language))
    return [heading, Markup("<blockquote>{}</blockquote>").format(text)]


def _in_german(client: Client, milestone: Milestone) -> list[Markup]:
    if client.language == SOURCE:
        return []
    german = words_in(SOURCE)
    until = german("own.until", day=spoken.day(milestone.due_on, SOURCE))
    text = lines(milestone_title(german, milestone), until)
    return [Markup("🇩🇪 <blockquote>{}</blockquote>").format(text)]


def _as_sent(screen: Screen) -> Markup:
    """A screen as it arrives, its own buttons in brackets below; the way home is on every screen and left out."""
    own = [button.text for row in screen.rows for button in row if button.data not in ("menu", "human")]
    buttons = " ".join(f"[{text}]" for text in own)
    return Markup("<blockquote>{}</blockquote>").format(lines(screen.text, buttons or None))


def _goes(words: Words, preview: PushPreview, now: datetime) -> Markup:
    if preview.goes_at <= now:
        return words("ms.push.now")
    return words("ms.push.at", moment=spoken.moment(preview.goes_at, words.language))


def _event_line(words: Words, client: Client, event: MilestoneEvent) -> Markup:
    day = spoken.short_day(today(event.at), words.language)
    what = words("milestone.status." + event.status.value)
    why = Markup(" ({})").format(words("help." + event.reason.value)) if event.reason else ""
    by_client = event.actor_id is not None and event.actor_id == client.person_id
    return Markup("{} {}: {}{}").format("💬" if by_client else "•", day, what, why)


def _actions(words: Words, milestone: Milestone) -> list[list[Button]]:
    if milestone.status in FINAL:
        return []
    rows = [[tap(words.plain("ms.button.confirm"), "ms.ok", milestone.id)]]
    if milestone.status in ACTIVE:
        rows.append([tap(words.plain("ms.button.push"), "ms.push", milestone.id)])
    rows.append(
        [
            tap(words.plain("ms.button.move"), "ms.move", milestone.id),
            tap(words.plain("ms.button.drop"), "ms.drop", milestone.id),
        ]
    )
    return rows
