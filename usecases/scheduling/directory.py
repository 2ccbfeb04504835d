"""Who may treat a patient where the patient is, and when they are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.licensing import LicenceHeld, may_treat
from domain.money import Money
from domain.scheduling.interval import Interval
from domain.scheduling.slots import offered_slots
from models import Appointment, AppointmentType, Engagement, Licence, Price, Specialist
from usecases.scheduling.availability import availabilities, occupying, rule_of


@dataclass(frozen=True)
class Offer:
    """What is booked: `price` is the brand's, as of now."""

    kind: AppointmentType
    price: Money


async def offer_of(session: AsyncSession, brand_id: UUID, key: str, now: datetime) -> Offer | None:
    """The appointment type with this key at the brand's present price."""
    query = (
        select(AppointmentType, Price)
        .join(Price, col(Price.appointment_type_id) == col(AppointmentType.id))
        .where(col(AppointmentType.key) == key, col(Price.brand_id) == brand_id, col(Price.effective_from) <= now)
        .order_by(col(Price.effective_from).desc())
        .limit(1)
    )
    found = (await session.execute(query)).first()
    return Offer(found[0], Money(found[1].amount, found[1].currency)) if found else None


async def who_may_treat(
    session: AsyncSession,
    organization_id: UUID,
    jurisdiction: str,
    kind: AppointmentType,
    today: date,
    until: date | None = None,
) -> list[Specialist]:
    """Engaged by the organization for this type from today to `until`, and licensed where the patient is."""
    last = until or today
    engaged = select(Engagement).where(
        col(Engagement.organization_id) == organization_id,
        col(Engagement.status) == "active",
        col(Engagement.effective_from) <= today,
    )
    ids = {
        row.specialist_id
        for row in await session.scalars(engaged)
        if (row.effective_until is None or row.effective_until >= last)
        and (not row.appointment_types or kind.key in row.appointment_types)
    }
    licences: dict[UUID, list[LicenceHeld]] = {}
    for licence in await session.scalars(select(Licence).where(col(Licence.specialist_id).in_(ids))):
        licences.setdefault(licence.specialist_id, []).append(LicenceHeld(licence.jurisdiction, licence.expires_on))
    specialists = select(Specialist).where(col(Specialist.id).in_(ids)).order_by(col(Specialist.display_name))
    return [
        row
        for row in await session.scalars(specialists)
        if may_treat(row.profession, licences.get(row.id, []), jurisdiction, last)
    ]


async def free_slots(
    session: AsyncSession,
    specialists: list[Specialist],
    kind: AppointmentType,
    organization_id: UUID,
    now: datetime,
    window: Interval,
    most: int,
    but: UUID | None = None,
    beside: Sequence[Interval] = (),
) -> dict[UUID, list[Interval]]:
    """The first `most` slots of each specialist that start in `window` and can be booked at `now`, besides these."""
    reach = Interval(window.start - timedelta(days=1), window.end + timedelta(days=1))
    known = await availabilities(session, {row.id: row.time_zone for row in specialists}, reach, now, but)
    rule = rule_of(kind)
    found = {}
    for specialist_id, availability in known.items():
        offered = offered_slots(availability, rule, now, window, organization_id)
        found[specialist_id] = list(islice((slot for slot in offered if not any(map(slot.overlaps, beside))), most))
    return found


async def own_times(
    session: AsyncSession, patient: Patient, window: Interval, now: datetime, but: UUID | None = None
) -> list[Interval]:
    """When the patient is at an appointment in `window`, other than `but`: nobody is in two places."""
    mine = select(Appointment).where(
        col(Appointment.patient_id) == patient.patient_id,
        occupying(now),
        col(Appointment.starts_at) < window.end,
        col(Appointment.ends_at) > window.start,
    )
    return [Interval(row.starts_at, row.ends_at) for row in await session.scalars(mine) if row.id != but]
