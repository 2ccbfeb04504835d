"""What can be booked at a brand, and at which price."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.money import Money
from models import AppointmentType, Location, Price


@dataclass(frozen=True)
class Offer:
    """What is booked: `price` is the brand's, as of now; `location` where it takes place in person."""

    kind: AppointmentType
    price: Money
    location: Location | None


async def offers_of(session: AsyncSession, brand_id: UUID, now: datetime) -> list[Offer]:
    """Everything that the brand has a price for, in order of the types' keys."""
    return [_offer(*found) for found in await session.execute(_priced(brand_id, now))]


async def offer_of(session: AsyncSession, brand_id: UUID, key: str, now: datetime) -> Offer | None:
    """The appointment type with this key at the brand's present price."""
    found = (await session.execute(_priced(brand_id, now).where(col(AppointmentType.key) == key))).first()
    return _offer(*found) if found else None


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
    return Offer(kind, Money(price.amount, price.currency), location)
