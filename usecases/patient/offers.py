"""What a patient can book, at which price, and with whom: what the directory and the free times both show."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.money import Money
from domain.scheduling.interval import Interval
from domain.words import said
from models import Journey, Specialist
from usecases.patient.progress import appointment_type_at, open_journey
from usecases.scheduling.directory import Eligible, Offer, free_slots, offers_of, own_times
from usecases.views import View
from usecases.why import definition_of


class TypeView(View):
    """Something that can be booked; `length` in minutes."""

    key: str
    title: str
    length: int
    modality: str
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


async def next_free_of(
    session: AsyncSession, patient: Patient, offer: Offer | None, who: Sequence[Eligible], now: datetime
) -> dict[UUID, datetime]:
    if offer is None or not who:
        return {}
    window = Interval(now, now + timedelta(days=offer.kind.horizon_days))
    free = await free_times_of(session, patient, offer, who, now, window, 1)
    return {specialist_id: times[0].start for specialist_id, times in free.items() if times}


async def free_times_of(
    session: AsyncSession,
    patient: Patient,
    offer: Offer,
    who: Sequence[Eligible],
    now: datetime,
    window: Interval,
    most: int,
    but: UUID | None = None,
) -> dict[UUID, list[Interval]]:
    """What the patient could book of each: not beside own appointments other than `but`."""
    beside = await own_times(session, patient, window, now, but)
    return await free_slots(session, who, offer.kind, patient.organization_id, now, window, most, but, beside)


def card_of(row: Specialist, offer: Offer, next_free: Mapping[UUID, datetime], locale: str) -> SpecialistCard:
    return SpecialistCard(
        id=row.id,
        name=row.display_name,
        title=said(row.title, locale),
        profession=row.profession,
        biography=said(row.biography, locale),
        specialities=tuple(row.specialities),
        languages=tuple(row.languages),
        price=offer.price,
        modality=offer.kind.modality,
        next_free=next_free.get(row.id),
    )


def type_of(offer: Offer, locale: str) -> TypeView:
    kind = offer.kind
    return TypeView(
        key=kind.key, title=said(kind.name, locale), length=kind.length, modality=kind.modality, price=offer.price
    )
