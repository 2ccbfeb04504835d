"""Who may treat a patient where the patient is, and when they are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.licensing import LicenceHeld, may_treat_until
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


@dataclass(frozen=True)
class Eligible:
    """Who may treat the patient where the patient is, up to and including the day `until`."""

    specialist: Specialist
    until: date


async def offers_of(session: AsyncSession, brand_id: UUID, now: datetime) -> list[Offer]:
    """Everything that the brand has a price for, in order of the types' keys."""
    return [_offer(*found) for found in await session.execute(_priced(brand_id, now))]


async def offer_of(session: AsyncSession, brand_id: UUID, key: str, now: datetime) -> Offer | None:
    """The appointment type with this key at the brand's present price."""
    found = (await session.execute(_priced(brand_id, now).where(col(AppointmentType.key) == key))).first()
    return _offer(*found) if found else None


def _priced(brand_id: UUID, now: datetime) -> Select[AppointmentType, Price]:
    """Of several prices the one that holds now."""
    key = col(AppointmentType.key)
    return (
        select(AppointmentType, Price)
        .join(Price, col(Price.appointment_type_id) == col(AppointmentType.id))
        .where(col(Price.brand_id) == brand_id, col(Price.effective_from) <= now)
        .ext(distinct_on(key))
        .order_by(key, col(Price.effective_from).desc())
    )


def _offer(kind: AppointmentType, price: Price) -> Offer:
    return Offer(kind, Money(price.amount, price.currency))


async def who_may_treat(
    session: AsyncSession, organization_id: UUID, jurisdiction: str, kind: AppointmentType, today: date
) -> list[Eligible]:
    """Engaged by the organization for this type today, and licensed there; by name."""
    engaged = (
        select(Specialist, Engagement, Licence)
        .join(Engagement, col(Engagement.specialist_id) == col(Specialist.id))
        .outerjoin(Licence, col(Licence.specialist_id) == col(Specialist.id))
        .where(
            col(Engagement.organization_id) == organization_id,
            col(Engagement.status) == "active",
            col(Engagement.effective_from) <= today,
        )
        .order_by(col(Specialist.display_name), col(Specialist.id))
    )
    found = (await session.execute(engaged)).all()
    eligible = []
    for _, grouped in groupby(found, key=lambda row: row[0].id):
        rows = list(grouped)
        until = _last_day(rows, jurisdiction, kind.key)
        if until and until >= today:
            eligible.append(Eligible(rows[0][0], until))
    return eligible


def _last_day(rows: Sequence[tuple[Specialist, Engagement, Licence]], jurisdiction: str, key: str) -> date | None:
    """Of one specialist: the engagement's, or the licence's if that is sooner. None: not at all.

    The licence is None in the row of somebody who has none.
    """
    fitting = [each for _, each, _ in rows if not each.appointment_types or key in each.appointment_types]
    held = {LicenceHeld(licence.jurisdiction, licence.expires_on) for _, _, licence in rows if licence}
    licensed = may_treat_until(rows[0][0].profession, held, jurisdiction)
    engaged = max((each.effective_until or date.max for each in fitting), default=None)
    return min(engaged, licensed) if engaged and licensed else None


async def free_slots(
    session: AsyncSession,
    who: Sequence[Eligible],
    kind: AppointmentType,
    organization_id: UUID,
    now: datetime,
    window: Interval,
    most: int,
    but: UUID | None = None,
    beside: Sequence[Interval] = (),
) -> dict[UUID, list[Interval]]:
    """The first `most` slots of each specialist that start in `window` and can be booked at `now`, `beside` these."""
    zones = {each.specialist.id: each.specialist.time_zone for each in who}
    reach = Interval(window.start - timedelta(days=1), window.end + timedelta(days=1))
    known = await availabilities(session, zones, reach, now, but)
    rule = rule_of(kind)
    found = {}
    for each in who:
        offered = offered_slots(known[each.specialist.id], rule, now, window, organization_id)
        fitting = (s for s in offered if s.start.date() <= each.until and not any(map(s.overlaps, beside)))
        found[each.specialist.id] = list(islice(fitting, most))
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
