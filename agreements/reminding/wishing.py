"""Which times of reminders can be chosen, as pure functions: hours of one's own, how often, so long before."""

from collections.abc import Mapping
from datetime import time, timedelta

from agreements.reminding.types import Often
from agreements.rules import QuietTimes
from agreements.types import Subject
from people.house import rules as house_rules
from people.house.types import House, Setting

NEVER = "-"
HOURS = ("", "1800-1000", "1600-1200", "2000-1600")
"""Quiet hours of one's own that a tap chooses, empty for none: messages come at 10-18, 12-16 or 16-20."""
OFTEN: Mapping[Often, Mapping[Subject, str | None]] = {
    Often.ONCE: {Subject.MILESTONE: "1d", Subject.APPOINTMENT: "1d"},
    Often.USUAL: {Subject.MILESTONE: None, Subject.APPOINTMENT: None},
    Often.MORE: {Subject.MILESTONE: "14d 7d 3d 0d", Subject.APPOINTMENT: "3d 1d 2h"},
}
"""How long before, None as the house has it."""
_SETTING = {
    Subject.MILESTONE: Setting.MILESTONE_REMINDERS,
    Subject.APPOINTMENT: Setting.APPOINTMENT_REMINDERS,
}


def hours_of(quiet: QuietTimes) -> str:
    """Quiet hours of one's own as they are stored."""
    return "-".join(_clock(at) for at in quiet.own) if quiet.own else ""


def stored(hours: str, *, sundays: bool) -> str:
    """Quiet times of one's own as they are stored, the other way round from `rules.quiet_times`."""
    return " ".join(filter(None, ("su" if sundays else "", hours)))


def often_of(wishes: Mapping[tuple[str, str], str]) -> Often | None:
    """How often somebody wants to be reminded; None for times that the coordinator chose."""
    own = {subject: wishes.get((subject.value, "")) for subject in Subject}
    return next((often for often, codes in OFTEN.items() if codes == own), None)


def written(subject: Subject, text: str) -> str | None:
    """What is typed in its one spelling, `-` for never, None for nothing typed. Raises ValueError."""
    said = " ".join(text.split())
    if not said:
        return None
    return NEVER if said in (NEVER, "–") else house_rules.written(_SETTING[subject], said)


def usual(house: House) -> dict[str, str]:
    """How long before, where nobody wishes for something else, as it is typed; by subject."""
    return {
        Subject.MILESTONE.value: " ".join(map(_spelt, house.milestone_offsets)),
        Subject.APPOINTMENT.value: " ".join(map(_spelt, house.appointment_offsets)),
    }


def _spelt(offset: timedelta) -> str:
    hours = offset // timedelta(hours=1)
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"


def _clock(at: time) -> str:
    return f"{at:%H%M}"
