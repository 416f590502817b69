"""An appointment as a calendar file; its title says nothing, because calendars travel to places we do not know."""

from datetime import datetime, timedelta

from icalendar import Event

from agreements import rules
from agreements.types import Appointment, AppointmentStatus
from offers import ics

TITLE = "Termin"


def appointment_calendar(appointment: Appointment, now: datetime) -> bytes:
    """One event in Europe/Berlin with the zone's rules; a second file for the same appointment replaces the first."""
    start = appointment.starts_at.astimezone(rules.BERLIN)
    event = Event()
    event.add("uid", f"{appointment.id}@lotse")
    event.add("sequence", int((appointment.updated_at - appointment.created_at).total_seconds()))
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=appointment.minutes))
    event.add("summary", TITLE)
    event.add("location", rules.clean_line(", ".join(filter(None, (appointment.where, appointment.place)))))
    cancelled = appointment.status is AppointmentStatus.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = ics.begun()
    calendar.add_component(event)
    return ics.packed(calendar, start.date(), start.date())
