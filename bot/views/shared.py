"""Views that every phone has: language, notice, menu, errors, and what to do with a picture."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from agreements.handover.types import OwnConsent
from agreements.holds.types import Hold
from agreements.pictures import shown
from agreements.types import Client
from bot.screens import Button, Screen, tap
from bot.turn import House
from bot.views.consent import button as consent_button
from bot.views.family import reminders_button
from bot.views.parts import bold, in_rows, lines, with_home
from bot.views.restriction import button as restriction_button
from i18n import dates
from i18n.bidi import isolate
from i18n.languages import LANGUAGES, SOURCE
from i18n.messages import Message, Words
from i18n.messages import words as words_in
from offers.facts import TOPICS
from people.types import Role

NOTICE_VERSION = "2026-11"


def language_screen(first: str | None) -> Screen:
    """Choose a language: each written in itself, the phone's own language first."""
    order = sorted(LANGUAGES.values(), key=lambda language: language.tag != first)
    buttons = [tap(language.name, "lang", language.tag) for language in order]
    return Screen(
        lines("🌍 " + " · ".join(words_in(tag).plain("language.word") for tag in LANGUAGES)),
        in_rows(buttons, 2),
    )


def offer_language(tag: str) -> Screen:
    """The language that somebody wrote in instead of the chosen one, said in it; never changed unasked."""
    return Screen(words_in(tag)("language.offer"), [[tap(LANGUAGES[tag].name, "lang", tag)]])


def notice_screen(words: Words, house: House) -> Screen:
    """What is stored, who reads it, that Telegram can, that all is voluntary; before anything else."""
    text = lines(
        Markup("👋 {}").format(bold(words("notice.title"))),
        Markup("💬 {}").format(words("notice.what", district=house.district)),
        Markup("🔎 {}").format(words("notice.stored")),
        Markup("👀 {}").format(words("notice.readers")),
        Markup("✈️ {}").format(words("notice.telegram")),
        Markup("🕊 {}").format(words("notice.voluntary")),
        Markup("🗑 {}").format(words("notice.rights", contact=house.contact_name, phone=house.contact_phone)),
    )
    rows = [
        [tap(words.plain("notice.button.go_on"), "notice", NOTICE_VERSION)],
        [tap(words.plain("notice.button.no"), "forget")],
    ]
    return Screen(text, rows, edit=True)


def invitation_screen(words: Words, role: Role) -> Screen:
    """What an invitation is for, and the button that takes it up."""
    rows = [[tap(words.plain("invitation.accept"), "join")], [tap(words.plain("invitation.refuse"), "menu")]]
    return Screen(lines(bold(words("invitation.title")), words("invitation.for." + role.value)), rows)


def menu_screen(
    words: Words,
    roles: frozenset[Role],
    *,
    linked: bool,
    kept: bool = False,
    title: str = "menu.title",
) -> Screen:
    """Everything there is, by pictogram; what a role adds comes first."""
    top: list[Button] = []
    if Role.COORDINATOR in roles or Role.LEAD in roles:
        top.append(tap(words.plain("cw.menu.day"), "day", "today"))
    if Role.COORDINATOR in roles:
        top += [tap(words.plain("menu.clients"), "cl.list"), tap(words.plain("menu.requests"), "rq.list")]
        top += [
            tap(words.plain("menu.new_client"), "cl.new"),
            tap(words.plain("menu.invite_volunteer"), "iv.role", "volunteer"),
            tap(words.plain("fr.menu"), "fr.list"),
        ]
    if Role.REVIEWER in roles or Role.COORDINATOR in roles:
        top.append(tap(words.plain("rv.menu"), "rv.langs"))
    if Role.PROVIDER in roles:
        top.append(tap(words.plain("ed.mine"), "ed.mine"))
    if Role.ADMINISTRATOR in roles:
        top.append(tap(words.plain("menu.invite_coordinator"), "iv.role", "coordinator"))
    if linked:
        top += [
            tap(words.plain("menu.appointments"), "my.appts"),
            tap(words.plain("menu.agreement"), "my.goals"),
        ]
        top.append(tap(words.plain("menu.papers"), "my.papers"))
    if kept:
        top.append(tap(words.plain("saved.offer.menu"), "kept.list"))
    topics = [
        tap(f"{icon} {words.plain('topic.' + topic)}", "topic", topic)
        for topic, icon in TOPICS
        if topic != "return_advice"
    ]
    foot = [
        tap(words.plain("menu.language"), "langs"),
        tap(words.plain("menu.settings"), "settings"),
        tap(words.plain("button.human"), "human"),
        tap(words.plain("menu.emergency"), "sos"),
    ]
    other = [tap(words.plain("other.menu"), "other")]
    if roles & {Role.VOLUNTEER, Role.CIRCLE_COORDINATOR, Role.COORDINATOR}:
        other = []
        top.append(tap(words.plain("filter.menu"), "filter.none"))
        top.append(tap(words.plain("helper.menu"), "vo"))
    text = lines(bold(words(title)), words("menu.hint"))
    return Screen(text, [*in_rows(top, 2), *in_rows(topics, 2), other, *in_rows(foot, 2)])


def media_screen(words: Words, house: House) -> Screen:
    """A voice message, photo or sticker: what can be tapped instead, and who reads letters with people."""
    text = lines(
        words("media.not_read"),
        Markup("📄 {}").format(words("media.letters", contact=house.contact_name, phone=house.contact_phone)),
    )
    topics = [tap(icon, "topic", topic) for topic, icon in TOPICS if topic != "return_advice"]
    return Screen(text, with_home(words, in_rows(topics, 6)))


def human_screen(words: Words, house: House) -> Screen:
    """Whom somebody without a coordinator can talk to."""
    text = lines(
        bold(words("human.title")),
        words("human.counselling", contact=house.contact_name, phone=house.contact_phone),
        words("human.say"),
        Markup("🇩🇪 <i>{}</i>").format(words_in(SOURCE).plain("counter.counselling")),
    )
    return Screen(text, [[tap(words.plain("button.menu"), "menu")]])


def paused_screen(words: Words) -> Screen:
    """No push comes any more, and how they come again."""
    return Screen(words("settings.paused"), with_home(words, [[_resume(words)]]))


def _resume(words: Words) -> Button:
    return tap(words.plain("settings.resume"), "pause", "off")


def settings_screen(words: Words, own: Sequence[Client], *, paused: bool, feedback: bool) -> Screen:
    """Pause, reminders, questions after courses, what is stored, delete; where the phone is a family's, each person behind their picture."""
    rows = [[_resume(words) if paused else tap(words.plain("settings.pause"), "pause", "on")]]
    if len(own) == 1 and not own[0].picture:
        rows.append([reminders_button(words, own[0])])
        rows.append([tap(words.plain("settings.unlink"), "unlink")])
    else:
        rows += in_rows([tap(f"👤 {shown(client.picture)}", "fam", client.id) for client in own], 4)
    rows.append([feedback_button(words, on=feedback)])
    rows.append([tap(words.plain("settings.hide"), "hide")])
    if own:
        rows.append([tap(words.plain("pin.menu"), "pin")])
    rows.append([tap(words.plain("settings.privacy"), "privacy")])
    rows.append([tap("📄 " + words.plain("command.mydata"), "mydata")])
    rows.append([tap(words.plain("settings.delete"), "forget")])
    state = words("settings.state_paused" if paused else "settings.state_active")
    return Screen(lines(bold(words("settings.title")), state), with_home(words, rows))


def feedback_button(words: Words, *, on: bool) -> Button:
    """Be asked after courses, or no longer."""
    return tap(words.plain("feedback.off" if on else "feedback.on"), "fb.wish", "off" if on else "on")


def privacy_screen(
    words: Words,
    house: House,
    consents: Sequence[OwnConsent],
    own: Sequence[Client],
    *,
    left: bool = False,
) -> Screen:
    """What is stored about the person who asks, with the way to what they agreed to; each case of a family behind its picture.

    `left`: the chat stood for a case once.
    """
    text = lines(
        bold(words("privacy.title")),
        words("privacy.stored_case" if own else "privacy.stored_chat"),
        words("privacy.stored_record") if own else None,
        words("own.case_stays") if left else None,
        words("notice.readers"),
        words("notice.rights", contact=house.contact_name, phone=house.contact_phone),
    )
    rows = [
        *([consent_button(words, found)] for found in consents),
        [tap("📄 " + words.plain("command.mydata"), "mydata")],
        *([restriction_button(words, client)] for client in own),
        [tap(words.plain("settings.delete"), "forget")],
    ]
    return Screen(text, with_home(words, rows))


def held(words: Words, hold: Hold, client: Client | None = None) -> Markup:
    """Why a case stays at the office for now, and until when; `client` says whose where there are several."""
    reason = words("hold.reason." + hold.reason.value)
    told = words("hold.told", day=dates.day(hold.until, words.language), reason=reason)
    return Markup("{} {}").format(isolate(whose(client)), told) if client else told


def whose(client: Client) -> str:
    """The picture of a case, or its number where it has none."""
    return shown(client.picture) if client.picture else client.case_number


def decides(words: Words, until: date, house: House) -> Markup:
    """Until when the office decides on a case whose chat is gone, and whom to ask about it."""
    who = {"contact": house.contact_name, "phone": house.contact_phone}
    return words("forget.decides", day=dates.day(until, words.language), **who)


def unlinked_screen(words: Words) -> Screen:
    """The chat has nothing to do with the case any more; what is at the office stays there."""
    return Screen(lines(words("settings.unlinked"), words("own.case_stays")), with_home(words, []))


def forget_screen(words: Words, stays: Sequence[Markup]) -> Screen:
    """Ask once before everything goes; what must stay is said."""
    rows = [[tap(words.plain("forget.yes"), "forget.yes")], [tap(words.plain("forget.no"), "menu")]]
    return Screen(lines(bold(words("forget.title")), words("forget.what"), *stays), rows)


def said(words: Words, key: str, **params: str) -> Screen:
    """One sentence, with the way home."""
    return Screen(words(key, **params), with_home(words, []))


def error_screen(words: Words, message: Message) -> Screen:
    """Why something cannot be done, with the way home."""
    return Screen(Markup("⚠️ {}").format(words.render(message)), with_home(words, []))


def one_moment(words: Words) -> Screen:
    """Something is slow; what was asked is kept."""
    return Screen(Markup("⏳ {}").format(words("error.one_moment")))


def too_fast(words: Words) -> Screen:
    """More came than is read; nothing of it is kept."""
    return Screen(Markup("⏳ {}").format(words("error.too_fast")))


def given_up(words: Words, house: House) -> Screen:
    """It did not work after several tries; here is a human."""
    text = words("error.given_up", contact=house.contact_name, phone=house.contact_phone)
    return Screen(Markup("⚠️ {}").format(text), with_home(words, []))


def unknown_tap(words: Words) -> Screen:
    """A button of an older message that leads nowhere now."""
    return Screen(words("error.old_button"), with_home(words, []))
