"""What a patient can book, at which price, and with whom: what the directory and the free times both show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.money import Money
from domain.scheduling.interval import Interval
from domain.words import said
from models import Journey, Specialist
from usecases.patient.progress import appointment_type_at, open_journey
from usecases.scheduling.meeting import address_of
from usecases.scheduling.offers import Offer, offers_of
from usecases.scheduling.openings import Openings
from usecases.views import View
from usecases.why import definition_of


class TypeView(View):
    """Something that can be booked; `length` in minutes. `place`, `address` and `time_zone`: where to come, and the
    clock there; "" if nowhere.
    """

    key: str
    title: str
    length: int
    modality: str
    place: str
    address: str
    time_zone: str
    price: Money


class SpecialistCard(View):
    """`next_free` None: no free time in sight."""

    id: UUID
    name: str
    title: str
    profession: str
    biography: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]
    price: Money
    modality: str
    next_free: datetime | None


async def booking_of(session: AsyncSession, patient: Patient) -> tuple[Journey | None, str | None]:
    """The journey that waits for a booking, and the key of what it books."""
    journey = await open_journey(session, patient)
    if journey is None:
        return None, None
    key = appointment_type_at(await definition_of(session, journey), journey.step)
    return (journey, key) if key else (None, None)


async def offers_to(session: AsyncSession, patient: Patient, now: datetime) -> dict[str, Offer]:
    """By key, first sessions first."""
    found = await offers_of(session, patient.brand_id, now)
    return {each.kind.key: each for each in sorted(found, key=lambda each: each.kind.slot_class != "intake")}


def bookable(offer: Offer, now: datetime) -> Interval:
    """As far ahead as it can be booked."""
    return Interval(now, now + timedelta(days=offer.kind.horizon_days))


def next_free(found: Openings, offer: Offer) -> dict[UUID, datetime]:
    """Nothing of a specialist without a free time in sight."""
    free = found.free(offer.rule, bookable(offer, found.now), 1)
    return {specialist_id: times[0].start for specialist_id, times in free.items() if times}


def card_of(row: Specialist, offer: Offer, soonest: Mapping[UUID, datetime], locale: str) -> SpecialistCard:
    return SpecialistCard(
        id=row.id,
        name=row.display_name,
        title=said(row.title, locale),
        profession=row.profession,
        biography=said(row.biography, locale),
        specialities=tuple(row.specialities),
        languages=tuple(row.languages),
        price=offer.price,
        modality=offer.modality,
        next_free=soonest.get(row.id),
    )


def type_of(offer: Offer, locale: str) -> TypeView:
    kind, location = offer.kind, offer.location
    return TypeView(
        key=kind.key,
        title=said(kind.name, locale),
        length=int(offer.length.total_seconds()) // 60,
        modality=offer.modality,
        place=location.name if location else "",
        address=address_of(location) if location else "",
        time_zone=location.time_zone if location else "",
        price=offer.price,
    )
