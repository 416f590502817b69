"""What can go wrong with the times of reminders."""

from people.errors import DomainError


class MilestoneTimesError(DomainError):
    """No days or hours before a milestone."""

    key = "desk.house.wrong.milestone_reminders"


class AppointmentTimesError(DomainError):
    """No days or hours before an appointment."""

    key = "desk.house.wrong.appointment_reminders"
