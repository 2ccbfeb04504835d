"""An appointment as a calendar file (RFC 5545) that says nothing about health: the brand's name, the time, a link, and
the address of whoever comes in person."""

from datetime import datetime
from uuid import UUID

from icalendar import Calendar, Event

from domain.actors import Patient
from domain.refusals import NotInThisState
from models import Brand
from usecases.context import Context
from usecases.patient.appointment import appointment
from usecases.permission import needs

KEPT = ("confirmed", "waiting", "in-session", "completed")


@needs("appointment:read")
async def calendar_file(context: Context, patient: Patient, appointment_id: UUID) -> bytes:
    """Raises `NotFound`, or `NotInThisState` for an appointment that is not booked."""
    view = await appointment(context, patient, appointment_id, "en")
    if view.status not in KEPT:
        raise NotInThisState
    async with context.database.transaction(patient) as session:
        brand = await session.get_one(Brand, patient.brand_id)
    address = f"{context.portals.address(brand.host)}/appointments/{appointment_id}"
    event = _event(appointment_id, view.starts_at, view.ends_at, view.moves, brand.name, address, context.now())
    if view.meeting and view.meeting.address:
        event.add("location", view.meeting.address)
    calendar = Calendar()
    calendar.add("prodid", "-//Fourdoors//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _event(
    appointment_id: UUID, start: datetime, end: datetime, moves: int, brand: str, address: str, now: datetime
) -> Event:
    event = Event()
    event.add("uid", f"{appointment_id}@fourdoors")
    event.add("sequence", moves)
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", brand)
    event.add("url", address)
    event.add("class", "PRIVATE")
    return event
