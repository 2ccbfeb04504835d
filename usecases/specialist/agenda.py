"""Appointments as a specialist reads them in lists, across all organizations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import DOOR_OPENS, OVERRUN, Status, has_room
from domain.refusals import NotFound
from domain.scheduling.availability import wall
from domain.words import said
from models import Appointment, AppointmentType, Brand, Engagement, Note, Organization, Patient, Person
from models import Specialist as SpecialistRow
from models.treating import in_force
from usecases.context import Context
from usecases.listing import full_name
from usecases.permission import needs
from usecases.views import View

BOOKED = (Status.CONFIRMED, Status.WAITING, Status.IN_SESSION)
"""Still to come, or under way."""

TREATED = (*BOOKED, Status.COMPLETED, Status.NO_SHOW)
"""What makes somebody a specialist's patient; a mere hold does not."""

KNOWN = (*TREATED, Status.CANCELLED)


class AgendaItem(View):
    """`note` is "", draft or signed; the session can be held from `opens_at` to `closes_at`.

    `late`: the patient cancelled with too little notice.
    """

    appointment_id: UUID
    patient_id: UUID
    patient: str
    organization: str
    brand: str
    title: str
    modality: str
    status: str
    late: bool
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    patient_arrived: bool
    journey_id: UUID | None
    note: str = ""

    @property
    def has_room(self) -> bool:
        return has_room(self.modality)

    def is_open(self, now: datetime) -> bool:
        return self.status in BOOKED and self.opens_at <= now < self.closes_at

    def room_open(self, now: datetime) -> bool:
        return self.has_room and self.is_open(now)


class EngagedBy(View):
    """An organization that a specialist works for."""

    id: UUID
    name: str


@needs("day:read")
async def agenda(
    context: Context, specialist: Specialist, first: date, days: int, locale: str
) -> tuple[AgendaItem, ...]:
    """Every appointment that starts in these days of the specialist's calendar."""
    async with context.database.transaction(specialist) as session:
        zone = await zone_of(session, specialist)
        start, end = wall(first, 0, zone), wall(first + timedelta(days=days), 0, zone)
        within = (col(Appointment.starts_at) >= start, col(Appointment.starts_at) < end)
        return await items(session, specialist, locale, *within, col(Appointment.status).in_(KNOWN))


async def items(
    session: AsyncSession,
    specialist: Specialist,
    locale: str,
    *where: Any,
    newest_first: bool = False,
    most: int | None = None,
) -> tuple[AgendaItem, ...]:
    """The specialist's appointments for which `where` holds, in order of time; the first `most` of them."""
    when = col(Appointment.starts_at).desc() if newest_first else col(Appointment.starts_at)
    mine = ITEMS.where(col(Appointment.specialist_id) == specialist.specialist_id, *where).order_by(when).limit(most)
    return tuple(agenda_item(locale, *row) for row in await session.execute(mine))


async def item_of(session: AsyncSession, specialist: Specialist, appointment_id: UUID, locale: str) -> AgendaItem:
    """Raises `NotFound` for an absent or foreign appointment, and for one that never was more than a hold."""
    found = (await session.execute(ITEMS.where(*one_of(specialist, appointment_id)))).one_or_none()
    if found is None:
        raise NotFound
    return agenda_item(locale, *found)


def one_of(specialist: Specialist, appointment_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """That appointment, when it is the specialist's and was ever more than a hold."""
    mine = col(Appointment.id) == appointment_id, col(Appointment.specialist_id) == specialist.specialist_id
    return (*mine, col(Appointment.status).in_(KNOWN))


async def zone_of(session: AsyncSession, specialist: Specialist) -> ZoneInfo:
    """The clock of the specialist's calendar."""
    return ZoneInfo((await session.get_one(SpecialistRow, specialist.specialist_id)).time_zone)


async def organizations_of(session: AsyncSession, specialist: Specialist, today: date) -> tuple[EngagedBy, ...]:
    """Whose engagement of the specialist has not ended, by name."""
    engaged = (
        select(Organization)
        .join(Engagement, col(Engagement.organization_id) == col(Organization.id))
        .where(col(Engagement.specialist_id) == specialist.specialist_id, in_force(today))
        .order_by(col(Organization.name))
        .distinct()
    )
    return tuple(EngagedBy.model_validate(row) for row in await session.scalars(engaged))


def today_in(zone: ZoneInfo, now: datetime) -> date:
    return now.astimezone(zone).date()


def agenda_item(
    locale: str, row: Appointment, title: dict[str, str], brand: str, organization: str, patient: str, note: str
) -> AgendaItem:
    return AgendaItem(
        appointment_id=row.id,
        patient_id=row.patient_id,
        patient=patient,
        organization=organization,
        brand=brand,
        title=said(title, locale),
        modality=row.modality,
        status=row.status,
        late=row.late,
        starts_at=row.starts_at.astimezone(UTC),
        ends_at=row.ends_at.astimezone(UTC),
        opens_at=row.starts_at - DOOR_OPENS,
        closes_at=row.ends_at + OVERRUN,
        patient_arrived=row.patient_arrived,
        journey_id=row.journey_id,
        note=note,
    )


def _items() -> Select[*tuple[Any, ...]]:
    """Rows of (appointment, its title, brand, organization, patient, the state of its note)."""
    of_it = select(col(Note.status)).where(col(Note.appointment_id) == col(Appointment.id))
    latest = of_it.order_by(col(Note.version).desc()).limit(1).scalar_subquery()
    names = col(AppointmentType.name), col(Brand.name), col(Organization.name), full_name()
    return (
        select(Appointment, *names, func.coalesce(latest, ""))
        .join(AppointmentType, col(AppointmentType.id) == col(Appointment.appointment_type_id))
        .join(Brand, col(Brand.id) == col(Appointment.brand_id))
        .join(Organization, col(Organization.id) == col(Appointment.organization_id))
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
    )


ITEMS = _items()
