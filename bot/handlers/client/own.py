"""A client's own record: goals, appointments, papers, wishes for a human; and reminders that are opened."""

from agreements.types import HelpReason, MilestoneStatus
from bot.screens import Document, Screen
from bot.turn import Screens, Turn
from bot.views import own as views
from bot.views import shared
from people.errors import NotFoundError

_REPORTS = {
    "done": MilestoneStatus.REPORTED_DONE,
    "time": MilestoneStatus.NEEDS_TIME,
    "help": MilestoneStatus.NEEDS_HELP,
}


async def goals(turn: Turn) -> Screens:
    """What was agreed and what is next; whoever is not linked hears how that goes."""
    services = turn.services
    if await services.agreements.own_client(turn.tx, turn.actor) is None:
        return views.not_linked(turn.words, services.house)
    return views.goals_screen(turn.words, await services.agreements.own_milestones(turn.tx, turn.actor))


async def appointments(turn: Turn) -> Screens:
    """The next appointments."""
    services = turn.services
    if await services.agreements.own_client(turn.tx, turn.actor) is None:
        return views.not_linked(turn.words, services.house)
    found = await services.agreements.own_appointments(turn.tx, turn.actor, turn.now)
    return views.appointments_screen(turn.words, found)


async def goal(turn: Turn, milestone_id: str) -> Screen:
    """One goal with its three answers."""
    milestone = await turn.services.agreements.own_milestone(turn.tx, turn.actor, milestone_id)
    return views.goal_screen(turn.words, milestone, edit=turn.tapped_message is not None)


async def answer(turn: Turn, milestone_id: str, what: str) -> Screen:
    """Done, more time, or help: help asks why by pictures first."""
    if what not in _REPORTS:
        raise NotFoundError
    milestone = await turn.services.agreements.own_milestone(turn.tx, turn.actor, milestone_id)
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
    receipt = await turn.services.agreements.report(
        turn.tx, turn.actor, milestone_id, MilestoneStatus.NEEDS_HELP, HelpReason(reason), turn.now
    )
    return views.receipt_screen(turn.words, receipt)


async def human(turn: Turn) -> Screen:
    """Talk to a person: the coordinator of a linked client, else the counselling service."""
    if await turn.services.agreements.own_client(turn.tx, turn.actor) is None:
        return shared.human_screen(turn.words, turn.services.house)
    return views.why_talk_screen(turn.words)


async def talk(turn: Turn, reason: str) -> Screen:
    """Ask the coordinator to get in touch."""
    if reason not in set(HelpReason):
        raise NotFoundError
    receipt = await turn.services.agreements.ask_human(turn.tx, turn.actor, HelpReason(reason), turn.now)
    return views.receipt_screen(turn.words, receipt)


async def appointment(turn: Turn, appointment_id: str) -> Screen:
    """One appointment with everything about it."""
    found = await turn.services.agreements.own_appointment(turn.tx, turn.actor, appointment_id)
    return views.appointment_screen(turn.words, found, edit=turn.tapped_message is not None)


async def appointment_calendar(turn: Turn, appointment_id: str) -> Screen:
    """The appointment as a file for the phone's calendar; its title says nothing."""
    found = await turn.services.agreements.own_appointment(turn.tx, turn.actor, appointment_id)
    content = turn.services.agreements.appointment_calendar(found, turn.now)
    return Screen(views.appointment_line(turn.words, found), document=Document("termin.ics", content))


async def cannot_come(turn: Turn, appointment_id: str) -> Screen:
    """Why somebody cannot come, by pictures."""
    found = await turn.services.agreements.own_appointment(turn.tx, turn.actor, appointment_id)
    return views.why_not_screen(turn.words, found)


async def cannot_come_because(turn: Turn, appointment_id: str, reason: str) -> Screen:
    """Tell the coordinator."""
    if reason not in set(HelpReason):
        raise NotFoundError
    receipt = await turn.services.agreements.request_cancel(
        turn.tx, turn.actor, appointment_id, HelpReason(reason), turn.now
    )
    return views.receipt_screen(turn.words, receipt)


async def open_reminder(turn: Turn, reminder_id: str) -> Screens:
    """What a reminder is about, shown after the tap."""
    opened = await turn.services.reminders.open(turn.tx, turn.actor, reminder_id, turn.now)
    return views.reminder_screens(turn.words, opened)


async def reply(turn: Turn, request_id: str, word: str) -> Screen:
    """Yes or no to what the coordinator asked."""
    if word not in ("yes", "no"):
        raise NotFoundError
    receipt = await turn.services.agreements.reply(
        turn.tx, turn.actor, request_id, turn.now, yes=word == "yes"
    )
    return views.receipt_screen(turn.words, receipt)


async def open_answer(turn: Turn, request_id: str) -> Screen:
    """What the coordinator answered."""
    request = await turn.services.agreements.own_answer(turn.tx, turn.actor, request_id)
    if request.answer is None:
        raise NotFoundError
    return views.answer_screen(turn.words, request)
