"""Whom a message is for, what may be said and when: pure functions."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from agreements import rules
from agreements.campaigns.types import Audience, Selection
from agreements.types import Client, Milestone, Reminder

AHEAD = timedelta(days=92)
GRACE = timedelta(minutes=1)
"""A time that was just chosen may have passed when the button is tapped."""
MESSAGES = ("message", "answer")
"""Categories of the phrase book that clients are written to with."""
FOR_VOLUNTEERS = ("message",)


def categories(audience: Audience) -> tuple[str, ...]:
    """The categories of the phrase book that may be said to this audience."""
    return MESSAGES if audience is Audience.CLIENTS else FOR_VOLUNTEERS


def meant(
    selection: Selection,
    client: Client,
    milestones: Collection[Milestone],
    reminders: Collection[Reminder],
    offer_ids: Collection[str],
    now: datetime,
) -> bool:
    """Whether a selection is about this client."""
    active = [milestone for milestone in milestones if milestone.status in rules.ACTIVE]
    return (
        (not selection.client_ids or client.id in selection.client_ids)
        and (not selection.place or client.place == selection.place)
        and (not selection.language or client.language == selection.language)
        and (not selection.phrase or selection.phrase in {m.phrase for m in active})
        and (not selection.offer_id or selection.offer_id in offer_ids)
        and (not selection.overdue or _overdue(active, rules.today(now)))
        and (not selection.unanswered or _unanswered(active, reminders, now))
    )


def obstacle(client: Client) -> str | None:
    """The key of the sentence that says why a client gets nothing by chat, None when they do."""
    error = rules.not_reminded(client)
    return error.key if error else None


def may_send_at(send_at: datetime, now: datetime) -> bool:
    """Whether a time lies ahead, and no more than three months."""
    return now - GRACE <= send_at <= now + AHEAD


def _overdue(active: Collection[Milestone], today: date) -> bool:
    return any(milestone.due_on < today for milestone in active)


def _unanswered(active: Collection[Milestone], reminders: Collection[Reminder], now: datetime) -> bool:
    waiting = {row.subject_id for row in reminders if rules.unanswered(row, now)}
    return any(milestone.id in waiting for milestone in active)
