"""A client's own record: goals, appointments, what was brought to them, wishes for a human; and reminders that are opened."""

from agreements.rules import ACTIVE, may_tick
from agreements.types import Appointment, Bring, Client, HelpReason, Instead, Milestone, MilestoneStatus
from bot.handlers.client.family import about, for_whom
from bot.screens import Document, Screen, closing
from bot.turn import Screens, Turn
from bot.views import offices, shared
from bot.views import own as views
from people.errors import NotFoundError

_REPORTS = {
    "done": MilestoneStatus.REPORTED_DONE,
    "time": MilestoneStatus.NEEDS_TIME,
    "help": MilestoneStatus.NEEDS_HELP,
}


async def goals(turn: Turn) -> Screens:
    """What was agreed and what is next; whoever is not linked hears how that goes."""
    return await for_whom(turn, "goals", goals_of, nobody=_not_linked(turn))


async def goals_of(turn: Turn, client: Client) -> Screen:
    """The goals of one case."""
    found = await turn.services.agreements.own_milestones(turn.tx, turn.actor, client_id=client.id)
    return views.goals_screen(turn.words, found, client)


async def open_goals(turn: Turn) -> Screens:
    """Somebody wrote that it is done, or takes longer: whose is asked only where several can be meant."""
    agreements = turn.services.agreements
    own = await agreements.own_clients(turn.tx, turn.actor)
    meant = [client for client in own if await _open(turn, client)]
    return await for_whom(turn, "open", open_goals_of, nobody=_not_linked(turn), among=meant or own)


async def open_goals_of(turn: Turn, client: Client) -> Screen:
    """The one goal that can be meant with its answers, else all of them."""
    found = await _open(turn, client)
    return views.goal_screen(turn.words, found[0]) if len(found) == 1 else await goals_of(turn, client)


async def _open(turn: Turn, client: Client) -> list[Milestone]:
    found = await turn.services.agreements.own_milestones(turn.tx, turn.actor, client_id=client.id)
    return [milestone for milestone in found if milestone.status in ACTIVE]


async def appointments(turn: Turn) -> Screens:
    """The next appointments."""
    return await for_whom(turn, "appts", appointments_of, nobody=_not_linked(turn))


async def appointments_of(turn: Turn, client: Client) -> Screen:
    """The next appointments of one case."""
    found = await turn.services.agreements.own_appointments(
        turn.tx, turn.actor, turn.now, client_id=client.id
    )
    recent = await turn.services.agreements.own_recent(turn.tx, turn.actor, turn.now, client_id=client.id)
    return views.appointments_screen(turn.words, found, recent)


def _not_linked(turn: Turn) -> Screen:
    return views.not_linked(turn.words, turn.services.house)


async def _milestone(turn: Turn, milestone_id: str) -> Milestone:
    found = await turn.services.agreements.own_milestone(turn.tx, turn.actor, milestone_id)
    await about(turn, found.client_id)
    return found


async def _appointment(turn: Turn, appointment_id: str) -> Appointment:
    found = await turn.services.agreements.own_appointment(turn.tx, turn.actor, appointment_id)
    await about(turn, found.client_id)
    return found


async def goal(turn: Turn, milestone_id: str) -> Screen:
    """One goal with its three answers."""
    milestone = await _milestone(turn, milestone_id)
    return views.goal_screen(turn.words, milestone, edit=turn.tapped_message is not None)


async def answer(turn: Turn, milestone_id: str, what: str) -> Screen:
    """Done, more time, or help: help asks why by pictures first."""
    if what not in _REPORTS:
        raise NotFoundError
    milestone = await _milestone(turn, milestone_id)
    if what == "help":
        return views.why_screen(turn.words, milestone)
    receipt = await turn.services.agreements.report(
        turn.tx, turn.actor, milestone_id, _REPORTS[what], None, turn.now
    )
    return views.receipt_screen(turn.words, receipt, done=what == "done")


async def why(turn: Turn, milestone_id: str, reason: str) -> Screen:
    """The reason for a call for help."""
    if reason not in set(HelpReason):
        raise NotFoundError
    await _milestone(turn, milestone_id)
    receipt = await turn.services.agreements.report(
        turn.tx, turn.actor, milestone_id, MilestoneStatus.NEEDS_HELP, HelpReason(reason), turn.now
    )
    return views.receipt_screen(turn.words, receipt)


async def human(turn: Turn) -> Screens:
    """Talk to a person: the coordinator of a linked client, else the counselling service."""
    nobody = offices.beside(turn.words, shared.human_screen(turn.words, turn.services.house))
    return await for_whom(turn, "talk", talk_of, nobody=nobody)


async def talk_of(turn: Turn, client: Client) -> Screen:
    """Why somebody wants to talk, by pictures."""
    return views.why_talk_screen(turn.words, client)


async def talk(turn: Turn, reason: str, client_id: str | None = None) -> Screen:
    """Ask the coordinator to get in touch, without an id for the only case of the chat."""
    if reason not in set(HelpReason):
        raise NotFoundError
    client = await turn.services.agreements.own_client(turn.tx, turn.actor, client_id)
    turn.about(client)
    receipt = await turn.services.agreements.ask_human(
        turn.tx, turn.actor, HelpReason(reason), turn.now, client_id=client.id
    )
    return views.receipt_screen(turn.words, receipt)


async def appointment(turn: Turn, appointment_id: str) -> Screen:
    """One appointment with everything about it."""
    found = await _appointment(turn, appointment_id)
    return views.appointment_screen(
        turn.words,
        found,
        edit=turn.tapped_message is not None,
        over=may_tick(found, turn.now),
        shared=await turn.services.cases.sharing.shared(turn.tx, turn.actor, found.id),
    )


async def appointment_calendar(turn: Turn, appointment_id: str) -> Screen:
    """The appointment as a file for the phone's calendar; its title says nothing."""
    found = await _appointment(turn, appointment_id)
    content = turn.services.agreements.appointment_calendar(found, turn.now)
    line = views.appointment_line(turn.words, found)
    return closing(Screen(line, document=Document("termin.ics", content)), "appt", found.id)


async def cannot_come(turn: Turn, appointment_id: str) -> Screen:
    """Why somebody cannot come, by pictures."""
    found = await _appointment(turn, appointment_id)
    return views.why_not_screen(turn.words, found)


async def cannot_come_because(turn: Turn, appointment_id: str, reason: str) -> Screen:
    """Tell the coordinator."""
    if reason not in set(HelpReason):
        raise NotFoundError
    await _appointment(turn, appointment_id)
    receipt = await turn.services.agreements.request_cancel(
        turn.tx, turn.actor, appointment_id, HelpReason(reason), turn.now
    )
    return views.instead_screen(turn.words, receipt)


async def brought(turn: Turn, appointment_id: str, thing: str) -> Screen:
    """This was brought along, or not."""
    if thing not in set(Bring):
        raise NotFoundError
    await _appointment(turn, appointment_id)
    found = await turn.services.agreements.tick_brought(
        turn.tx, turn.actor, appointment_id, Bring(thing), turn.now
    )
    return views.appointment_screen(turn.words, found, over=True, edit=True)


async def instead(turn: Turn, request_id: str, wish: str) -> Screen:
    """What somebody who cannot come would like instead."""
    if wish not in set(Instead):
        raise NotFoundError
    receipt = await turn.services.agreements.wish_instead(
        turn.tx, turn.actor, request_id, Instead(wish), turn.now
    )
    await about(turn, receipt.request.client_id)
    return views.receipt_screen(turn.words, receipt)


async def open_reminder(turn: Turn, reminder_id: str) -> Screens:
    """What a reminder is about, shown after the tap."""
    opened = await turn.services.reminders.open(turn.tx, turn.actor, reminder_id, turn.now)
    await about(turn, opened.reminder.client_id)
    return views.reminder_screens(turn.words, opened)


async def reply(turn: Turn, request_id: str, word: str) -> Screen:
    """Yes or no to what the coordinator asked."""
    if word not in ("yes", "no"):
        raise NotFoundError
    receipt = await turn.services.agreements.reply(
        turn.tx, turn.actor, request_id, turn.now, yes=word == "yes"
    )
    await about(turn, receipt.request.client_id)
    return views.receipt_screen(turn.words, receipt)


async def open_answer(turn: Turn, request_id: str) -> Screen:
    """What the coordinator answered."""
    request = await turn.services.agreements.own_answer(turn.tx, turn.actor, request_id)
    if request.answer is None:
        raise NotFoundError
    await about(turn, request.client_id)
    return views.answer_screen(turn.words, request)
