"""What our side called off: the start page says so until the patient has booked again or its time has passed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.money import Money
from models import Appointment, AppointmentEntry
from usecases.patient.appointments import AppointmentSummary
from usecases.patient.refunds import refunded_of
from usecases.scheduling.availability import standing

OURS = ("specialist", "organization")
OFF = ("cancelled", "released")


class CalledOff(AppointmentSummary):
    """`refunded` is what has been given back by now."""

    refunded: Money


async def called_off(
    session: AsyncSession, patient: Patient, known: Sequence[AppointmentSummary], now: datetime
) -> tuple[CalledOff, ...]:
    """Of what is `known` of the patient, the soonest first."""
    wanted = sorted((view for view in known if _by_us(view, now)), key=lambda view: view.starts_at)
    if not wanted:
        return ()
    again, told = await _booked_last(session, patient, now), await _told(session, wanted)
    return tuple(
        [
            CalledOff(**dict(view), refunded=Money(await refunded_of(session, view.id), view.price.currency))
            for view in wanted
            if again is None or view.id not in told or again < told[view.id]
        ]
    )


async def _booked_last(session: AsyncSession, patient: Patient, now: datetime) -> datetime | None:
    """When they booked what still stands, or took place."""
    theirs = col(Appointment.patient_id) == patient.patient_id, standing(now).not_in(OFF)
    return await session.scalar(select(func.max(col(Appointment.booked_at))).where(*theirs))


async def _told(session: AsyncSession, wanted: Sequence[AppointmentSummary]) -> dict[UUID, datetime]:
    """When each was cancelled."""
    lines = select(AppointmentEntry).where(
        col(AppointmentEntry.appointment_id).in_([view.id for view in wanted]),
        col(AppointmentEntry.what) == "cancelled",
    )
    return {line.appointment_id: line.at for line in await session.scalars(lines)}


def _by_us(view: AppointmentSummary, now: datetime) -> bool:
    return view.status == "cancelled" and view.cancelled_by in OURS and view.ends_at > now
