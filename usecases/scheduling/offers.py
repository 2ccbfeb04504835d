"""What can be booked at a brand, and at which price; and what was booked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.money import Money
from domain.scheduling.slots import BookingRule
from models import Appointment, AppointmentType, Location, Price
from usecases.scheduling.availability import rule_of


@dataclass(frozen=True)
class Offer:
    """What a patient books: so long a session of a kind, at a price; `location` where it takes place in person."""

    kind: AppointmentType
    length: timedelta
    modality: str
    price: Money
    location: Location | None

    @property
    def rule(self) -> BookingRule:
        return replace(rule_of(self.kind), length=self.length)


async def offers_of(session: AsyncSession, brand_id: UUID, now: datetime) -> list[Offer]:
    """Everything that the brand has a price for, as of now, in order of the types' keys."""
    return [_offer(*found) for found in await session.execute(_priced(brand_id, now))]


async def offer_of(session: AsyncSession, brand_id: UUID, key: str, now: datetime) -> Offer | None:
    """The appointment type with this key at the brand's present price."""
    found = (await session.execute(_priced(brand_id, now).where(col(AppointmentType.key) == key))).first()
    return _offer(*found) if found else None


async def as_booked(session: AsyncSession, row: Appointment) -> Offer:
    """What was agreed stays, whatever the kind of session has become since."""
    kind = await session.get_one(AppointmentType, row.appointment_type_id)
    location = await session.get_one(Location, row.location_id) if row.location_id else None
    return Offer(kind, row.ends_at - row.starts_at, row.modality, Money(row.amount, row.currency), location)


def _priced(brand_id: UUID, now: datetime) -> Select[AppointmentType, Price, Location]:
    """Of several prices the one that holds now."""
    key = col(AppointmentType.key)
    return (
        select(AppointmentType, Price, Location)
        .join(Price, col(Price.appointment_type_id) == col(AppointmentType.id))
        .outerjoin(Location, col(Location.id) == col(AppointmentType.location_id))
        .where(col(Price.brand_id) == brand_id, col(Price.effective_from) <= now)
        .ext(distinct_on(key))
        .order_by(key, col(Price.effective_from).desc())
    )


def _offer(kind: AppointmentType, price: Price, location: Location | None) -> Offer:
    length = timedelta(minutes=kind.length)
    return Offer(kind, length, kind.modality, Money(price.amount, price.currency), location)
