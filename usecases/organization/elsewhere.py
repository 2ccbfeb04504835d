"""Sessions that cannot begin, because the patient is where their specialist may not treat."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.appointments.state import DOOR_OPENS, LONGEST, Status
from models import Appointment, Patient, Person, PlaceStatement, Specialist
from usecases.listing import full_name
from usecases.organization.listing import Statement
from usecases.views import View


class ElsewhereRow(View):
    """`place` is where the patient said to be."""

    appointment_id: UUID
    patient: str
    specialist: str
    starts_at: datetime
    place: str


async def elsewhere(session: AsyncSession, operator: Operator, now: datetime) -> tuple[ElsewhereRow, ...]:
    """Those whose door is open now, by what the patient said last."""
    span = {"first": now - LONGEST, "opened": now + DOOR_OPENS, "now": now}
    asked = {"organization_id": operator.organization_id, **span}
    return tuple(ElsewhereRow.model_validate(row) for row in await session.execute(THEIRS, asked))


def _theirs() -> Statement:
    starts, ends = col(Appointment.starts_at), col(Appointment.ends_at)
    last_word = (
        select(col(PlaceStatement.jurisdiction), col(PlaceStatement.may_be_treated))
        .where(col(PlaceStatement.appointment_id) == col(Appointment.id), col(PlaceStatement.at) >= starts - DOOR_OPENS)
        .order_by(col(PlaceStatement.at).desc())
        .limit(1)
        .lateral()
    )
    return (
        select(
            col(Appointment.id).label("appointment_id"),
            full_name().label("patient"),
            col(Specialist.display_name).label("specialist"),
            starts,
            last_word.c.jurisdiction.label("place"),
        )
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(Specialist, col(Specialist.id) == col(Appointment.specialist_id))
        .join(last_word, true())
        .where(
            col(Appointment.organization_id) == bindparam("organization_id"),
            col(Appointment.status).in_((Status.CONFIRMED, Status.WAITING)),
            starts.between(bindparam("first"), bindparam("opened")),
            ends > bindparam("now"),
            last_word.c.may_be_treated.is_(False),
        )
        .order_by(starts)
    )


THEIRS = _theirs()
"""Built once: the control room asks it at every look."""
