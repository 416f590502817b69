"""Views of a client's own record: goals, appointments, reminders and what the coordinator answered."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

from markupsafe import Markup

from agreements.rules import FINAL
from agreements.sharing.types import Share
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Client,
    HelpReason,
    Instead,
    Milestone,
    MilestoneStatus,
    OpenedReminder,
    Receipt,
    Request,
)
from bot.screens import Button, Screen, closing, link, tap
from bot.turn import House
from bot.views.family import of_case
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import dates as spoken
from i18n import phrases
from i18n.bidi import isolate
from i18n.messages import Words

REASON_ICONS = {
    HelpReason.PAPER: "📄",
    HelpReason.LANGUAGE: "🗣",
    HelpReason.CHILDCARE: "👶",
    HelpReason.MONEY: "💶",
    HelpReason.TIME: "⏳",
    HelpReason.ILLNESS: "🤒",
    HelpReason.DONT_UNDERSTAND: "❓",
    HelpReason.OTHER: "💬",
}
STATUS_ICONS = {
    MilestoneStatus.OPEN: "🎯",
    MilestoneStatus.MOVED: "🎯",
    MilestoneStatus.NEEDS_TIME: "⏳",
    MilestoneStatus.NEEDS_HELP: "🙋",
    MilestoneStatus.REPORTED_DONE: "☑️",
    MilestoneStatus.CONFIRMED: "✅",
    MilestoneStatus.DROPPED: "➖",
}


def milestone_title(words: Words, milestone: Milestone) -> Markup:
    """What was agreed, in the language."""
    return words.render(phrases.message(milestone.phrase, milestone.slots, words.language))


def not_linked(words: Words, house: House) -> Screen:
    """Nothing is known of this person: how the link comes about, and who helps until then."""
    text = lines(
        words("own.not_linked"),
        words("human.counselling", contact=house.contact_name, phone=house.contact_phone),
    )
    return Screen(text, with_home(words, []))


def goals_screen(words: Words, milestones: Sequence[Milestone], client: Client) -> Screen:
    """All goals, the next one first, each a button."""
    if not milestones:
        return Screen(words("own.no_goals"), with_home(words, []))
    ordered = sorted(milestones, key=lambda m: (m.status in FINAL, m.due_on))
    parts: list[Markup | str] = [bold(words("own.goals_title"))]
    buttons: list[Button] = []
    for number, milestone in enumerate(ordered, 1):
        icon = STATUS_ICONS[milestone.status]
        until = words("own.until", day=spoken.day(milestone.due_on, words.language))
        parts += [
            "",
            Markup("{} {}. <b>{}</b>").format(icon, number, milestone_title(words, milestone)),
            until,
        ]
        if milestone.status not in FINAL:
            buttons.append(tap(f"{icon} {number}", "goal", milestone.id))
    sheet = [tap("📜 " + words.plain("sheet.agreement"), "agree", client.id)]
    return closing(Screen(lines(*parts), with_home(words, [*in_rows(buttons, 5), sheet])), "my.goals")


def goal_screen(words: Words, milestone: Milestone, *, edit: bool = False) -> Screen:
    """One goal, until when, and the three answers."""
    text = lines(
        Markup("{} <b>{}</b>").format(STATUS_ICONS[milestone.status], milestone_title(words, milestone)),
        Markup("📅 {}").format(words("own.until", day=spoken.day(milestone.due_on, words.language))),
        Markup("ℹ️ {}").format(words("milestone.status." + milestone.status.value)),
    )
    rows: list[list[Button]] = []
    if milestone.status not in FINAL:
        rows.append([tap(words.plain("own.done"), "goal.is", milestone.id, "done")])
        rows.append(
            [
                tap(words.plain("own.more_time"), "goal.is", milestone.id, "time"),
                tap(words.plain("own.help"), "goal.is", milestone.id, "help"),
            ]
        )
    if milestone.offer_id is not None:
        rows.append([tap(words.plain("own.linked_offer"), "offer", milestone.offer_id)])
    return closing(Screen(text, with_home(words, rows), edit=edit), "goal", milestone.id)


def why_screen(words: Words, milestone: Milestone) -> Screen:
    """Which help is needed, by pictures."""
    buttons = [_reason(words, reason, "goal.why", milestone.id) for reason in HelpReason]
    return Screen(words("own.why"), with_home(words, in_rows(buttons, 2)), edit=True)


def why_talk_screen(words: Words, client: Client) -> Screen:
    """What somebody wants to talk about, by pictures."""
    buttons = [_talk_about(words, reason, client) for reason in HelpReason]
    return Screen(words("own.why_talk"), [*in_rows(buttons, 2), [tap(words.plain("button.menu"), "menu")]])


def why_not_screen(words: Words, appointment: Appointment) -> Screen:
    """Why somebody cannot come, by pictures."""
    buttons = [_reason(words, reason, "appt.why", appointment.id) for reason in HelpReason]
    text = lines(appointment_line(words, appointment), words("own.why_not"))
    return closing(Screen(text, with_home(words, in_rows(buttons, 2)), edit=True), "appt", appointment.id)


def receipt_screen(words: Words, receipt: Receipt, *, done: bool = False) -> Screen:
    """It arrived, and by when somebody answers."""
    text = lines(
        words("own.well_done") if done else None,
        _arrived(words, receipt),
        words("own.no_disadvantage"),
    )
    return Screen(text, with_home(words, []), edit=True)


def _arrived(words: Words, receipt: Receipt) -> Markup:
    if receipt.answer_by is None:
        return words("own.arrived_open")
    key = "own.arrived_deputy" if receipt.deputy else "own.arrived"
    return words(key, day=spoken.day(receipt.answer_by, words.language))


def appointments_screen(
    words: Words, appointments: Sequence[Appointment], recent: Sequence[Appointment] = ()
) -> Screen:
    """The next appointments, each a button; and those just past, for what was brought along."""
    ticks = [tap(f"🎒 {_title_of(words, found)}", "appt", found.id) for found in recent]
    if not appointments:
        none = Screen(words("own.no_appointments"), with_home(words, in_rows(ticks, 1)))
        return closing(none, "my.appts") if ticks else none
    parts: list[Markup | str] = [bold(words("own.appointments_title"))]
    for number, appointment in enumerate(appointments, 1):
        parts += ["", Markup("{}. {}").format(number, appointment_line(words, appointment))]
    buttons = [tap(f"📅 {number}", "appt", found.id) for number, found in enumerate(appointments, 1)]
    shown = Screen(lines(*parts), with_home(words, [*in_rows(buttons, 5), *in_rows(ticks, 1)]))
    return closing(shown, "my.appts")


def _title_of(words: Words, appointment: Appointment) -> str:
    day = spoken.short_day(appointment.local.date(), words.language)
    return f"{words.plain(phrases.PHRASES[appointment.phrase].key)} · {day}"


def appointment_line(words: Words, appointment: Appointment) -> Markup:
    """With whom and when."""
    title = words.render(phrases.message(appointment.phrase, {}, words.language))
    return Markup("<b>{}</b>\n🕒 {}").format(title, spoken.moment(appointment.starts_at, words.language))


def appointment_screen(
    words: Words,
    appointment: Appointment,
    *,
    edit: bool = False,
    over: bool = False,
    shared: Share | None = None,
) -> Screen:
    """With whom, when, where, what to bring; what can be done about it, or, once it is `over`, what was brought along."""
    if over and appointment.bring:
        return _brought_screen(words, appointment)
    rows = [
        [tap(words.plain("own.calendar"), "appt.ics", appointment.id)],
        [tap(words.plain("own.appointment_sheet"), "lb.appt", appointment.id)],
        _map(words, appointment),
    ]
    helper = None
    if appointment.status is AppointmentStatus.PLANNED and not over:
        if shared is not None:
            helper = Markup("👥 {}").format(words("share.is_shared"))
            rows.append([tap(words.plain("share.end"), "appt.unshare", appointment.id)])
        else:
            rows.append([tap(words.plain("share.with_helper"), "appt.share", appointment.id)])
        rows.append([tap(words.plain("own.cannot_come"), "appt.no", appointment.id)])
    text = lines(_appointment_text(words, appointment), helper)
    return closing(Screen(text, with_home(words, rows), edit=edit), "appt", appointment.id)


def share_screen(words: Words, appointment: Appointment, address: str) -> Screen:
    """The link for one helper: what they will see, and how it is passed on."""
    text = lines(
        Markup("👥 {}").format(appointment_line(words, appointment)),
        words("share.what"),
        Markup("<code>{}</code>").format(address),
    )
    passing = "https://t.me/share/url?" + urlencode({"url": address}, quote_via=quote)
    rows = [
        [link(words.plain("share.button"), passing)],
        [tap(words.plain("share.end"), "appt.unshare", appointment.id)],
    ]
    return closing(Screen(text, with_home(words, rows)), "appt", appointment.id)


def helper_screen(words: Words, appointment: Appointment, share_id: str) -> Screen:
    """What a helper sees: when, where and what to bring, and nothing of whom."""
    text = lines(bold(words("share.you_come_along")), _appointment_text(words, appointment))
    rows = [_map(words, appointment), [tap(words.plain("push.open"), "seen", share_id)]]
    return closing(Screen(text, with_home(words, rows)), "seen", share_id)


def _appointment_text(words: Words, appointment: Appointment) -> Markup:
    where = ", ".join(part for part in (appointment.where, appointment.place) if part)
    bring = [words.plain("bring." + paper.value) for paper in appointment.bring]
    return lines(
        Markup("📅 {}").format(appointment_line(words, appointment)),
        Markup("📍 {}").format(isolate(where)) if where else None,
        Markup("🎒 {}").format(spoken.listed(bring, words.language)) if bring else None,
        Markup("ℹ️ {}").format(words("appointment.status." + appointment.status.value))
        if appointment.status is not AppointmentStatus.PLANNED
        else None,
    )


def _map(words: Words, appointment: Appointment) -> list[Button]:
    """Opens the address in OpenStreetMap; it is an office's, and nothing of the person goes with it."""
    where = ", ".join(part for part in (appointment.where, appointment.place) if part)
    address = "https://www.openstreetmap.org/search?" + urlencode({"query": where}, quote_via=quote)
    return [link(words.plain("own.map"), address)] if where else []


def _brought_screen(words: Words, appointment: Appointment) -> Screen:
    text = lines(Markup("📅 {}").format(appointment_line(words, appointment)), words("own.brought"))
    ticks = [
        tap(
            f"{'☑️' if thing in (appointment.brought or ()) else '◻️'} {words.plain('bring.' + thing.value)}",
            "appt.brought", appointment.id, thing.value,
        )
        for thing in appointment.bring
    ]  # fmt: skip
    return closing(Screen(text, with_home(words, in_rows(ticks, 1)), edit=True), "appt", appointment.id)


def instead_screen(words: Words, receipt: Receipt) -> Screen:
    """It arrived; what would be good instead can be said with one more tap."""
    buttons = [
        tap(words.plain("instead." + wish.value), "appt.instead", receipt.request.id, wish.value)
        for wish in Instead
    ]
    arrived = receipt_screen(words, receipt)
    return replace(
        arrived,
        text=lines(arrived.text, "", words("instead.what")),
        rows=[*in_rows(buttons, 1), *arrived.rows],
    )


def reminder_screens(words: Words, opened: OpenedReminder) -> list[Screen]:
    """Everything that a reminder stands for, each with its answers."""
    screens = [goal_screen(words, milestone) for milestone in opened.milestones]
    screens += [appointment_screen(words, appointment) for appointment in opened.appointments]
    return screens or [Screen(words("own.nothing_open"), with_home(words, []))]


def answer_screen(words: Words, request: Request) -> Screen:
    """What the coordinator answered, in the client's language."""
    phrase = phrases.PHRASES[str(request.answer)]
    message = phrases.message(phrase.id, request.answer_slots, words.language)
    if phrase.category is not phrases.Category.QUESTION:
        said = lines(bold(words("own.answer_title")), words.render(message))
        return closing(Screen(said, with_home(words, [])), "answer", request.id)
    rows = [
        [tap(words.plain(f"own.reply.{word}"), "reply", request.id, word) for word in ("yes", "no")],
    ]
    asked = lines(bold(words("own.question_title")), words.render(message))
    return closing(Screen(asked, with_home(words, rows)), "answer", request.id)


def joined(words: Words, client: Client) -> Screen:
    """The chat is linked: may I remind you?"""
    rows = [
        [of_case(words.plain("own.remind_yes"), "remind", "on", client)],
        [tap(words.plain("own.remind_no"), "menu")],
    ]
    return Screen(lines(bold(words("own.joined")), words("own.may_i_remind")), rows)


def _talk_about(words: Words, reason: HelpReason, client: Client) -> Button:
    label = f"{REASON_ICONS[reason]} {words.plain('help.' + reason.value)}"
    return of_case(label, "talk", reason.value, client)


def _reason(words: Words, reason: HelpReason, route: str, *ids: str) -> Button:
    return tap(f"{REASON_ICONS[reason]} {words.plain('help.' + reason.value)}", route, *ids, reason.value)
