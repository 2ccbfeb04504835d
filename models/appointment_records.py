"""Appointments in Postgres: their state where pages read it, and their story.

Written by whoever moved an appointment: the use case a person asked, or the appointment's own workflow.
"""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.appointments.records import AppointmentRecord
from domain.appointments.state import AppointmentState, Status
from domain.money import Money
from domain.scheduling.terms import CancellationTerms
from models.announcements import announce
from models.appointment import Appointment, AppointmentEntry
from models.base import values_of
from workflows.steps import RecordAppointment


def state_of(row: Appointment) -> AppointmentState:
    """The appointment as its pages know it, for the pure rules."""
    return AppointmentState(
        appointment_id=row.id,
        organization_id=row.organization_id,
        journey_id=row.journey_id,
        status=Status(row.status),
        start=row.starts_at,
        end=row.ends_at,
        price=Money(row.amount, row.currency),
        terms=CancellationTerms.model_validate(row.terms),
        modality=row.modality,
        hold_until=row.hold_until,
        moves=row.moves,
        paid=row.paid,
        late=row.late,
        patient_arrived=row.patient_arrived,
        version=row.version,
    )


async def appointment_lacks(session: AsyncSession, asked: RecordAppointment) -> bool:
    """Whether steps before the first of `asked` were never recorded."""
    known = await session.scalar(select(col(Appointment.version)).where(col(Appointment.id) == asked.appointment_id))
    return bool(asked.records) and asked.records[0].version > (known or 0) + 1


async def keep_appointment(session: AsyncSession, asked: RecordAppointment) -> None:
    """Once only and never backwards: what is known already changes nothing."""
    row = await session.get(Appointment, asked.appointment_id, with_for_update=True, populate_existing=True)
    if row is None:
        return
    news = [record for record in asked.records if record.version > row.version]
    for record in news:
        changed = update(Appointment).where(col(Appointment.id) == row.id)
        await session.execute(changed.values(columns(record)))
        entry = AppointmentEntry(
            organization_id=row.organization_id,
            appointment_id=row.id,
            patient_id=row.patient_id,
            specialist_id=row.specialist_id,
            **record.line.model_dump(),
        )
        await session.execute(insert(AppointmentEntry).values(values_of(entry)).on_conflict_do_nothing())
    if news:
        await announce(
            session,
            ("appointment", row.id),
            ("patient", row.patient_id),
            ("specialist", row.specialist_id),
            ("organization", row.organization_id),
        )


def columns(record: AppointmentRecord) -> dict[str, object]:
    """What the table keeps of a step."""
    kept = record.model_dump(exclude={"line"})
    return {**kept, "cancelled_by": record.cancelled_by or "", "absent": record.absent or ""}
