"""Who may treat a patient where the patient is, and when they are free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.money import Money
from domain.scheduling.interval import Interval
from domain.scheduling.slots import offered_slots
from models import Appointment, AppointmentType, Price, Specialist
from models.treating import last_days
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
    last = await last_days(session, organization_id, jurisdiction, kind, today)
    ids = {specialist_id for specialist_id, day in last.items() if day >= (until or today)}
    specialists = select(Specialist).where(col(Specialist.id).in_(ids)).order_by(col(Specialist.display_name))
    return list(await session.scalars(specialists))


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
    until: Mapping[UUID, date] | None = None,
) -> dict[UUID, list[Interval]]:
    """The first `most` slots of each specialist that start in `window` and can be booked at `now`, `beside` these and
    on the last day at the latest `until` which each may treat."""
    reach = Interval(window.start - timedelta(days=1), window.end + timedelta(days=1))
    known = await availabilities(session, {row.id: row.time_zone for row in specialists}, reach, now, but)
    rule = rule_of(kind)
    found = {}
    for specialist_id, availability in known.items():
        last = until.get(specialist_id, date.min) if until is not None else date.max
        offered = offered_slots(availability, rule, now, window, organization_id)
        fitting = (s for s in offered if s.start.date() <= last and not any(map(s.overlaps, beside)))
        found[specialist_id] = list(islice(fitting, most))
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
