"""What a patient can book, at which price, and with whom: what the directory and the free times both show."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.money import Money
from domain.scheduling.interval import Interval
from domain.words import said
from models import AppointmentType, Journey, Price, Specialist
from models import Patient as PatientRow
from models.treating import last_days
from usecases.patient.progress import appointment_type_at, open_journey
from usecases.scheduling.directory import Offer, free_slots, offer_of, own_times
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


async def types_of(session: AsyncSession, patient: Patient, locale: str, now: datetime) -> tuple[TypeView, ...]:
    priced = (
        select(col(AppointmentType.key))
        .join(Price, col(Price.appointment_type_id) == col(AppointmentType.id))
        .where(col(Price.brand_id) == patient.brand_id)
        .distinct()
    )
    offers = [await offer_of(session, patient.brand_id, key, now) for key in await session.scalars(priced)]
    found = [offer for offer in offers if offer is not None]
    first_sessions_first = sorted(found, key=lambda offer: (offer.kind.slot_class != "intake", offer.kind.key))
    return tuple(type_of(offer, locale) for offer in first_sessions_first)


async def next_free_of(
    session: AsyncSession, patient: Patient, offer: Offer | None, rows: list[Specialist], now: datetime
) -> dict[UUID, datetime]:
    if offer is None or not rows:
        return {}
    window = Interval(now, now + timedelta(days=offer.kind.horizon_days))
    free = await free_times_of(session, patient, offer, rows, now, window, 1)
    return {specialist_id: times[0].start for specialist_id, times in free.items() if times}


async def free_times_of(
    session: AsyncSession,
    patient: Patient,
    offer: Offer,
    rows: list[Specialist],
    now: datetime,
    window: Interval,
    most: int,
    but: UUID | None = None,
) -> dict[UUID, list[Interval]]:
    """What the patient could book of each: not beside own appointments other than `but`, nor when the specialist may
    not treat any more where the patient is.
    """
    where, there = (await session.get_one(PatientRow, patient.patient_id)).jurisdiction, patient.organization_id
    beside = await own_times(session, patient, window, now, but)
    until = await last_days(session, there, where, offer.kind, now.date())
    return await free_slots(session, rows, offer.kind, there, now, window, most, but, beside, until)


def card_of(row: Specialist, offer: Offer, next_free: datetime | None, locale: str) -> SpecialistCard:
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
        next_free=next_free,
    )


def type_of(offer: Offer, locale: str) -> TypeView:
    kind = offer.kind
    return TypeView(
        key=kind.key, title=said(kind.name, locale), length=kind.length, modality=kind.modality, price=offer.price
    )
