"""What a specialist needs to lead a session without a room: whom to call or where to be, and what may be said now."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.appointments.state import Status
from models import Appointment
from models.appointment_records import state_of
from usecases.scheduling.meeting import Meeting, meeting_of
from usecases.specialist.agenda import BOOKED, AgendaItem


class MeetingToLead(Meeting):
    """`booked_from` is where the patient was at booking. `may_report_no_show` holds from `no_show_from` on, which is
    None once it has begun; who says nothing until `closes_at` counts as absent.
    """

    booked_from: str
    may_begin: bool
    no_show_from: datetime | None
    may_report_no_show: bool
    closes_at: datetime


async def meeting_to_lead(
    session: AsyncSession, row: Appointment, item: AgendaItem, now: datetime
) -> MeetingToLead | None:
    """None for a session in the room, and for one that is over."""
    found = await meeting_of(session, row)
    if found is None or item.status not in BOOKED:
        return None
    begins = item.status == Status.CONFIRMED
    grace_ends = state_of(row).grace_ends
    return MeetingToLead(
        **found.model_dump(),
        booked_from=row.jurisdiction,
        may_begin=begins and item.is_open(now),
        no_show_from=grace_ends if begins else None,
        may_report_no_show=begins and grace_ends <= now < item.closes_at,
        closes_at=item.closes_at,
    )
