"""Finding a specialist: who may treat the patient where the patient is, when they are free, at which price."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.money import Money
from domain.refusals import NotFound
from domain.scheduling.interval import Interval
from domain.words import said
from models import AppointmentType, Journey, Person, Price, Specialist
from models import Patient as PatientRow
from usecases.context import Context
from usecases.patient.progress import appointment_type_at, open_journey
from usecases.scheduling.directory import Offer, free_slots, offer_of, who_may_treat
from usecases.views import Command, View
from usecases.why import definition_of

MOST_SLOTS = 400


class Search(Command):
    """`type` is an appointment type's key; None: what the journey books. `within`: days until the first free time."""

    type: str | None = Field(default=None, max_length=64)
    speciality: str | None = Field(default=None, max_length=64)
    language: str | None = Field(default=None, max_length=12)
    modality: str | None = Field(default=None, max_length=32)
    within: int | None = Field(default=None, ge=1, le=366)


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


class Directory(View):
    """`types` can be booked, `specialities` … filtered by; `journey_id`: the journey it would be booked for."""

    types: tuple[TypeView, ...]
    chosen: TypeView | None
    journey_id: UUID | None
    jurisdiction: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]
    modalities: tuple[str, ...]
    specialists: tuple[SpecialistCard, ...]


class Slots(View):
    """Free times that start on the days `first_day`..`last_day` of the patient's own calendar."""

    specialist: SpecialistCard
    chosen: TypeView
    journey_id: UUID | None
    time_zone: str
    week: int
    first_day: date
    last_day: date
    has_later: bool
    times: tuple[datetime, ...]


async def directory(context: Context, patient: Patient, search: Search, locale: str) -> Directory:
    """Whoever may treat and fits the search, the soonest free first."""
    now = context.now()
    async with context.database.transaction(patient) as session:
        types = await _types(session, patient, locale, now)
        journey, wanted = await _booking_of(session, patient)
        key = search.type or wanted or (types[0].key if types else None)
        chosen = next((each for each in types if each.key == key), None)
        offer = await offer_of(session, patient.brand_id, chosen.key, now) if chosen else None
        where = (await session.get_one(PatientRow, patient.patient_id)).jurisdiction
        fitting = await _fitting(session, patient, offer, where, journey, now)
        found = [row for row in fitting if _matches(row, search)]
        free = await _next_free(session, patient, offer, found, now)
    cards = (_card(row, offer, free.get(row.id), locale) for row in found) if offer else ()
    return Directory(
        types=types,
        chosen=chosen,
        journey_id=journey.id if journey and chosen and chosen.key == wanted else None,
        jurisdiction=where,
        specialities=_all(speciality for row in fitting for speciality in row.specialities),
        languages=_all(language for row in fitting for language in row.languages),
        modalities=_all(each.modality for each in types),
        specialists=tuple(sorted((card for card in cards if _in_time(card, search, now)), key=_soonest)),
    )


async def slots(
    context: Context,
    patient: Patient,
    specialist_id: UUID,
    key: str | None,
    week: int,
    locale: str,
    but: UUID | None = None,
) -> Slots:
    """A week of free times, counted from today; `but`: an own appointment that does not stand in the way.

    Raises `NotFound` for a specialist who may not treat the patient, or a type that is not on offer.
    """
    now = context.now()
    async with context.database.transaction(patient) as session:
        journey, wanted = await _booking_of(session, patient)
        types = await _types(session, patient, locale, now)
        key = key or wanted or (types[0].key if types else "")
        offer = await offer_of(session, patient.brand_id, key, now)
        if offer is None:
            raise NotFound
        where = (await session.get_one(PatientRow, patient.patient_id)).jurisdiction
        allowed = await who_may_treat(session, patient.organization_id, where, offer.kind, now.date())
        row = next((each for each in allowed if each.id == specialist_id), None)
        if row is None:
            raise NotFound
        zone = (await session.get_one(Person, patient.person_id)).time_zone
        first = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=7 * week)
        window = _days(first, 7, zone)
        free = await free_slots(session, [row], offer.kind, patient.organization_id, now, window, MOST_SLOTS, but)
        soonest = await _next_free(session, patient, offer, [row], now)
    return Slots(
        specialist=_card(row, offer, soonest.get(row.id), locale),
        chosen=_type(offer, locale),
        journey_id=journey.id if journey and key == wanted else None,
        time_zone=zone,
        week=week,
        first_day=first,
        last_day=first + timedelta(days=6),
        has_later=now + timedelta(days=offer.kind.horizon_days) > window.end,
        times=tuple(slot.start for slot in free[row.id]),
    )


async def _booking_of(session: AsyncSession, patient: Patient) -> tuple[Journey | None, str | None]:
    """The journey that waits for a booking, and the key of what it books."""
    journey = await open_journey(session, patient)
    if journey is None:
        return None, None
    key = appointment_type_at(await definition_of(session, journey), journey.step)
    return (journey, key) if key else (None, None)


async def _types(session: AsyncSession, patient: Patient, locale: str, now: datetime) -> tuple[TypeView, ...]:
    priced = (
        select(col(AppointmentType.key))
        .join(Price, col(Price.appointment_type_id) == col(AppointmentType.id))
        .where(col(Price.brand_id) == patient.brand_id)
        .distinct()
    )
    offers = [await offer_of(session, patient.brand_id, key, now) for key in await session.scalars(priced)]
    found = [offer for offer in offers if offer is not None]
    first_sessions_first = sorted(found, key=lambda offer: (offer.kind.slot_class != "intake", offer.kind.key))
    return tuple(_type(offer, locale) for offer in first_sessions_first)


async def _fitting(
    session: AsyncSession, patient: Patient, offer: Offer | None, where: str, journey: Journey | None, now: datetime
) -> list[Specialist]:
    """Whoever may treat; a journey's match narrows it to its specialities."""
    if offer is None:
        return []
    allowed = await who_may_treat(session, patient.organization_id, where, offer.kind, now.date())
    wanted = set(journey.facts.get("specialities", ())) if journey else set()
    return [row for row in allowed if not wanted or wanted & set(row.specialities)]


async def _next_free(
    session: AsyncSession, patient: Patient, offer: Offer | None, rows: list[Specialist], now: datetime
) -> dict[UUID, datetime]:
    if offer is None or not rows:
        return {}
    window = Interval(now, now + timedelta(days=offer.kind.horizon_days))
    free = await free_slots(session, rows, offer.kind, patient.organization_id, now, window, 1)
    return {specialist_id: times[0].start for specialist_id, times in free.items() if times}


def _matches(row: Specialist, search: Search) -> bool:
    return (search.speciality in (None, *row.specialities)) and (search.language in (None, *row.languages))


def _in_time(card: SpecialistCard, search: Search, now: datetime) -> bool:
    if search.modality not in (None, card.modality):
        return False
    if search.within is None:
        return True
    return card.next_free is not None and card.next_free <= now + timedelta(days=search.within)


def _soonest(card: SpecialistCard) -> tuple[datetime, str]:
    return card.next_free or datetime.max.replace(tzinfo=UTC), card.name


def _card(row: Specialist, offer: Offer, next_free: datetime | None, locale: str) -> SpecialistCard:
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


def _type(offer: Offer, locale: str) -> TypeView:
    kind = offer.kind
    return TypeView(
        key=kind.key, title=said(kind.name, locale), length=kind.length, modality=kind.modality, price=offer.price
    )


def _days(first: date, count: int, zone: str) -> Interval:
    """`count` whole days of the patient's own calendar."""
    midnight = datetime.combine(first, time(), ZoneInfo(zone))
    after = datetime.combine(first + timedelta(days=count), time(), ZoneInfo(zone))
    return Interval(midnight.astimezone(UTC), after.astimezone(UTC))


def _all(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
