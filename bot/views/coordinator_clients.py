"""Views of clients on the coordinator's phone: the list, one case, and the questions for opening one."""

from collections.abc import Callable, Sequence
from datetime import date

from markupsafe import Markup

from agreements.goals.types import Task
from agreements.replies.types import Standing
from agreements.rules import ACTIVE, ENDED, FINAL, local_time
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Client,
    ClientFile,
    ClientLine,
    Milestone,
    Request,
)
from bot.screens import Button, Screen, tap
from bot.views.coordinator_dates import problem
from bot.views.coordinator_parts import back_row, cancel_row, case, menu_row
from bot.views.own import STATUS_ICONS, milestone_title
from bot.views.parts import PAGE, bold, in_rows, lines, page_of, page_row
from i18n import dates as spoken
from i18n import phrases
from i18n.bidi import isolate
from i18n.languages import LANGUAGES, name_in
from i18n.messages import Message, Words

_LATEST_CLOSED = 6

MARKS: tuple[tuple[str, str, Callable[[ClientLine], int]], ...] = (
    ("🙋", "cl.mark.calls", lambda line: line.calls),
    ("⏰", "cl.mark.overdue", lambda line: line.overdue),
    ("💬", "cl.mark.unanswered", lambda line: line.unanswered),
    ("📥", "cl.mark.requests", lambda line: line.open_requests - line.calls),
    ("📭", "cl.mark.undelivered", lambda line: line.undelivered),
    ("📵", "cl.mark.unreachable", lambda line: int(line.client.linked and not line.client.reachable)),
    ("⏸", "cl.mark.paused", lambda line: int(line.client.linked and line.client.paused)),
    ("✂️", "cl.mark.not_linked", lambda line: int(not line.client.linked)),
)
"""What is shown beside a case, the worst first: sign, what it means, and how often it applies."""


def list_screen(words: Words, every: Sequence[ClientLine], page: int = 0) -> Screen:
    """One line for each case, worst first; the signs on the page are explained below."""
    new = tap(words.plain("menu.new_client"), "cl.new")
    if not every:
        return Screen(words("cl.none"), [[new], menu_row(words)], edit=True)
    shown, page, pages = page_of(every, page)
    text = lines(
        bold(words("cl.title", count=len(every))),
        words("cl.page", page=page + 1, pages=pages) if pages > 1 else None,
        *_list_lines(words, shown),
    )
    find = [tap(words.plain("cl.button.find"), "cl.find")] if pages > 1 else []
    foot = [page_row(words, "cl.page", page, pages), [*find, new], menu_row(words)]
    return Screen(text, [*_list_buttons(shown), *foot], edit=True)


def found_screen(words: Words, fitting: Sequence[ClientLine]) -> Screen:
    """The first of several cases that fit what was looked for."""
    shown = fitting[:PAGE]
    text = lines(bold(words("cl.find.some", count=len(fitting))), *_list_lines(words, shown))
    again = [tap(words.plain("cl.button.find"), "cl.find")]
    return Screen(text, [*_list_buttons(shown), again, back_row(words, "cl.list")], edit=True)


def ask_which(words: Words, message: Message | None = None) -> Screen:
    """Which case is looked for?"""
    text = lines(problem(words, message), words("cl.find.which"))
    return Screen(text, [cancel_row(words, "cl.cancel")], edit=True)


def client_screen(
    words: Words, file: ClientFile, today: date, standing: Standing | None = None, duty: Task | None = None
) -> Screen:
    """One case: who, what was agreed, what is due, what waits; with a `duty` the person has left and wants it deleted."""
    client = file.client
    milestones = _in_order(file.milestones)
    appointments = [found for found in file.appointments if _ahead(found, today)]
    text = lines(
        Markup("👤 {}").format(bold(case(client.case_number))),
        _who(words, client),
        Markup("{}").format(words("cl.link." + link_state(client))),
        _wish_line(words, duty) if duty else None,
        words("cl.restriction_asked") if client.restriction_asked_at else None,
        agreement_line(words, standing) if standing else None,
        *_goal_lines(words, milestones, today),
        *_appointment_lines(words, appointments),
        *_request_lines(words, file.requests),
    )
    rows = [
        *in_rows((_request_button(n, r) for n, r in enumerate(file.requests, 1)), 5),
        *in_rows((_milestone_button(n, m) for n, m in enumerate(milestones, 1)), 5),
        *in_rows((tap(f"📅 {n}", "ap", found.id) for n, found in enumerate(appointments, 1)), 5),
        [
            tap(words.plain("cl.button.new_milestone"), "ms.new", client.id),
            tap(words.plain("cl.button.new_appointment"), "ap.new", client.id),
        ],
        [
            tap(words.plain("cw.button.agreement"), "ag", client.id),
            tap(words.plain("cw.button.facts"), "fa", client.id),
        ],
        [tap(words.plain("cw.button.fit"), "fit", client.id)],
        _invite_row(words, client, duty),
        back_row(words, "cl.list"),
    ]
    return Screen(text, rows, edit=True)


def _wish_line(words: Words, duty: Task) -> Markup:
    return Markup("🗑 {}").format(words("cw.day.erasure", day=spoken.short_day(duty.due_on, words.language)))


def _invite_row(words: Words, client: Client, duty: Task | None) -> list[Button]:
    """A link for the phone; nobody is asked back who has just left."""
    if duty and not client.linked:
        return []
    label = words.plain("cl.button.invite_again" if client.linked else "cl.button.invite")
    return [tap(label, "cl.invite", client.id)]


def agreement_line(words: Words, standing: Standing) -> Markup | None:
    """Which version was signed, and what the client says to it."""
    if not standing.view.versions:
        return Markup("📜 {}").format(words("cl.agreement.unsigned")) if standing.milestones else None
    newest, reply = standing.view.versions[0], standing.reply
    if reply is None:
        said, at = "unseen", None
    elif reply.changing:
        said, at = "change", reply.change_at
    elif reply.confirmed_at is not None:
        said, at = "confirmed", reply.confirmed_at
    else:
        said, at = "seen", reply.seen_at
    parts = [
        words(
            "cl.agreement.signed",
            number=newest.number,
            day=spoken.short_day(newest.signed_on, words.language),
        ),
        words(
            "cl.agreement." + said, day=spoken.short_day(local_time(at).date(), words.language) if at else ""
        ),
        *([words("cl.agreement.to_sign")] if standing.view.changed else []),
    ]
    return Markup("📜 {}").format(Markup(" · ").join(parts))


def link_state(client: Client) -> str:
    """How the client can be reached by chat: the end of a key."""
    if not client.linked:
        return "none"
    if not client.reachable:
        return "unreachable"
    if client.paused:
        return "paused"
    return "reminders_on" if client.reminders else "reminders_off"


def invite_again_screen(words: Words, client: Client) -> Screen:
    """A linked client gets another link only after a second tap: the old chat loses the case."""
    text = lines(
        Markup("👤 {}").format(bold(case(client.case_number))),
        words("cl.invite.linked_already"),
    )
    yes = [tap(words.plain("cl.invite.again_yes"), "cl.invite.yes", client.id)]
    return Screen(text, [yes, back_row(words, "cl", client.id)], edit=True)


def ask_case_number(words: Words, message: Message | None = None) -> Screen:
    """Which case number? It is typed: the only thing about a client that ever is."""
    text = lines(bold(words("cl.new.title")), problem(words, message), words("cl.new.case_number"))
    return Screen(text, [cancel_row(words, "cl.cancel")], edit=True)


def ask_language(words: Words, number: str) -> Screen:
    """Which language does the client read?"""
    buttons = [
        tap(f"{name_in(tag, words.language)} · {language.name}", "cl.lang", tag)
        for tag, language in LANGUAGES.items()
    ]
    text = lines(bold(words("cl.new.title")), case(number), words("cl.new.language"))
    return Screen(text, [*in_rows(buttons, 1), cancel_row(words, "cl.cancel")], edit=True)


def ask_place(words: Words, number: str, places: Sequence[str]) -> Screen:
    """Where does the client live?"""
    buttons = [tap(place, "cl.place", str(index)) for index, place in enumerate(places)]
    elsewhere = [tap(words.plain("cl.new.no_place"), "cl.place", "none")]
    text = lines(bold(words("cl.new.title")), case(number), words("cl.new.place"))
    return Screen(text, [*in_rows(buttons, 2), elsewhere, cancel_row(words, "cl.cancel")], edit=True)


def created(words: Words, client: Client) -> Screen:
    """The case is open; how the client is reached comes next."""
    return Screen(Markup("✅ {}").format(words("cl.created", case=case(client.case_number))), edit=True)


def _list_lines(words: Words, shown: Sequence[ClientLine]) -> list[Markup | str]:
    signs = [Markup("{} {}").format(sign, words(key)) for sign, key, of in MARKS if any(map(of, shown))]
    legend = ["", Markup("<i>{}</i>").format(Markup(" · ").join(signs))] if signs else []
    return ["", *(_list_line(words, line) for line in shown), *legend]


def _list_buttons(shown: Sequence[ClientLine]) -> list[list[Button]]:
    return in_rows(
        (tap(_first_sign(line) + line.client.case_number, "cl", line.client.id) for line in shown), 2
    )


def _list_line(words: Words, line: ClientLine) -> Markup:
    signs = [f"{sign}{count if count > 1 else ''}" for sign, _, of in MARKS if (count := of(line))]
    due = words("cl.due", day=spoken.short_day(line.next_due, words.language)) if line.next_due else None
    parts = [Markup("<b>{}</b>").format(case(line.client.case_number)), " ".join(signs), due]
    return Markup(" · ").join(part for part in parts if part)


def _first_sign(line: ClientLine) -> str:
    return next((f"{sign} " for sign, _, of in MARKS if of(line)), "")


def _who(words: Words, client: Client) -> Markup:
    parts = [f"🌍 {name_in(client.language, words.language)}"]
    if client.place:
        parts.append(f"📍 {isolate(client.place)}")
    return Markup(" · ").join(parts)


def _in_order(milestones: Sequence[Milestone]) -> list[Milestone]:
    """What is open by its day, then what was closed last."""
    going_on = [milestone for milestone in milestones if milestone.status not in FINAL]
    closed = [milestone for milestone in milestones if milestone.status in FINAL]
    closed.sort(key=lambda milestone: milestone.updated_at, reverse=True)
    return [*going_on, *closed[:_LATEST_CLOSED]]


def _ahead(appointment: Appointment, today: date) -> bool:
    return appointment.local.date() >= today and appointment.status not in ENDED


def _goal_lines(words: Words, milestones: Sequence[Milestone], today: date) -> list[Markup | str]:
    if not milestones:
        return ["", Markup("<i>{}</i>").format(words("cl.no_milestones"))]
    found: list[Markup | str] = ["", bold(words("cl.milestones"))]
    for number, milestone in enumerate(milestones, 1):
        late = "⏰ " if milestone.status in ACTIVE and milestone.due_on < today else ""
        until = words("own.until", day=spoken.short_day(milestone.due_on, words.language))
        closed = words("milestone.status." + milestone.status.value)
        when = closed if milestone.status in FINAL else Markup("{}{}").format(late, until)
        icon, title = STATUS_ICONS[milestone.status], milestone_title(words, milestone)
        found.append(Markup("{} {}. {} · {}").format(icon, number, title, when))
    return found


def _appointment_lines(words: Words, appointments: Sequence[Appointment]) -> list[Markup | str]:
    if not appointments:
        return []
    found: list[Markup | str] = ["", bold(words("cl.appointments"))]
    for number, appointment in enumerate(appointments, 1):
        title = words.render(phrases.message(appointment.phrase, {}, words.language))
        day = spoken.short_day(appointment.local.date(), words.language)
        clock = spoken.clock(appointment.local.time())
        asked = " ❗️" if appointment.status is AppointmentStatus.CANCEL_REQUESTED else ""
        found.append(Markup("📅 {}. {} · {}, {}{}").format(number, title, day, clock, asked))
    return found


def _request_lines(words: Words, requests: Sequence[Request]) -> list[Markup | str]:
    if not requests:
        return []
    found: list[Markup | str] = ["", bold(words("cl.requests"))]
    for number, request in enumerate(requests, 1):
        reason = f": {words.plain('help.' + request.reason.value)}" if request.reason else ""
        kind = words.plain("request.kind." + request.kind.value)
        found.append(Markup("📥 {}. {}{}").format(number, kind, reason))
    return found


def _request_button(number: int, request: Request) -> Button:
    return tap(f"📥 {number}", "rq", request.id)


def _milestone_button(number: int, milestone: Milestone) -> Button:
    return tap(f"{STATUS_ICONS[milestone.status]} {number}", "ms", milestone.id)
