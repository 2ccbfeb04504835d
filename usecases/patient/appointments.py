"""A patient's appointments as lists show them: what is ahead, and what has been."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.appointments.state import DOOR_OPENS, OVERRUN, Status, has_room, status_at
from domain.money import Money
from domain.words import said
from models import Appointment, AppointmentType, Specialist
from usecases.context import Context
from usecases.listing import ROWS, ListQuery, Paging, page_within
from usecases.permission import needs
from usecases.scheduling.availability import standing
from usecases.scheduling.meeting import Meeting, meeting_of
from usecases.views import View

UPCOMING = ("held", "confirmed", "waiting", "in-session")


class AppointmentSummary(View):
    """`door_opens_at`..`door_closes_at`: when the room lets people in, if there is one; `late`: cancelled with too
    little notice; `meeting`: how it comes about without a room, None with one, or when it is over.
    """

    id: UUID
    journey_id: UUID | None
    title: str
    type_key: str
    specialist_id: UUID
    specialist_name: str
    specialist_title: str
    starts_at: datetime
    ends_at: datetime
    status: str
    cancelled_by: str
    late: bool
    modality: str
    price: Money
    paid: bool
    hold_until: datetime
    door_opens_at: datetime
    door_closes_at: datetime
    meeting: Meeting | None

    @property
    def has_room(self) -> bool:
        return has_room(self.modality)

    @property
    def given_back(self) -> bool:
        """Released by the patient, and not because its time to be paid was over."""
        return self.status == "released" and bool(self.cancelled_by)


class AppointmentList(View):
    """`past`: a page of it."""

    ahead: tuple[AppointmentSummary, ...]
    past: tuple[AppointmentSummary, ...]
    paging: Paging


@needs("appointment:read")
async def appointments(context: Context, patient: Patient, locale: str) -> list[AppointmentSummary]:
    """All of them, what comes next first."""
    async with context.database.transaction(patient) as session:
        return await summaries(session, patient, context.now(), locale)


@needs("appointment:read")
async def appointment_list(context: Context, patient: Patient, query: ListQuery, locale: str) -> AppointmentList:
    """What comes next first; of what has been, the newest first, a page of it."""
    now = context.now()
    ahead = standing(now).in_(UPCOMING) & _not_over(now)
    been = (col(Appointment.patient_id) == patient.patient_id, ~ahead)
    async with context.database.transaction(patient) as session:
        coming = await summaries(session, patient, now, locale, ahead)
        total = await session.scalar(select(func.count()).select_from(Appointment).where(*been)) or 0
        page = page_within(query.page, total)
        rows = await joined(session, patient, ~ahead, page=page)
        past = [await summary_of(session, *row, now, locale) for row in rows]
    return AppointmentList(ahead=tuple(coming), past=tuple(past), paging=Paging(page=page, total=total))


async def current(session: AsyncSession, patient: Patient, now: datetime, locale: str) -> list[AppointmentSummary]:
    """Those whose time has not passed, whatever became of them."""
    return await summaries(session, patient, now, locale, _not_over(now))


def _not_over(now: datetime) -> ColumnElement[bool]:
    return col(Appointment.ends_at) > now - OVERRUN


async def summaries(
    session: AsyncSession, patient: Patient, now: datetime, locale: str, *where: ColumnElement[bool]
) -> list[AppointmentSummary]:
    views = [await summary_of(session, *row, now, locale) for row in await joined(session, patient, *where)]
    ahead = sorted((view for view in views if is_ahead(view, now)), key=lambda view: view.starts_at)
    past = sorted((view for view in views if not is_ahead(view, now)), key=lambda view: view.starts_at, reverse=True)
    return ahead + past


def is_ahead(view: AppointmentSummary, now: datetime) -> bool:
    return view.status in UPCOMING and view.door_closes_at > now


async def joined(
    session: AsyncSession, patient: Patient, *where: ColumnElement[bool], page: int | None = None
) -> list[tuple[Appointment, AppointmentType, Specialist]]:
    """Each with its kind and its specialist; a page is of the newest first."""
    query = (
        select(Appointment, AppointmentType, Specialist)
        .join(AppointmentType, col(AppointmentType.id) == col(Appointment.appointment_type_id))
        .join(Specialist, col(Specialist.id) == col(Appointment.specialist_id))
        .where(col(Appointment.patient_id) == patient.patient_id, *where)
    )
    if page is not None:
        newest = col(Appointment.starts_at).desc(), col(Appointment.id)
        query = query.order_by(*newest).limit(ROWS).offset((page - 1) * ROWS)
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def summary_of(
    session: AsyncSession, row: Appointment, kind: AppointmentType, specialist: Specialist, now: datetime, locale: str
) -> AppointmentSummary:
    return AppointmentSummary(
        id=row.id,
        journey_id=row.journey_id,
        title=said(kind.name, locale),
        type_key=kind.key,
        specialist_id=row.specialist_id,
        specialist_name=specialist.display_name,
        specialist_title=said(specialist.title, locale),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=status_at(Status(row.status), row.hold_until, now),
        cancelled_by=row.cancelled_by,
        late=row.late,
        modality=row.modality,
        price=Money(row.amount, row.currency),
        paid=row.paid,
        hold_until=row.hold_until,
        door_opens_at=row.starts_at - DOOR_OPENS,
        door_closes_at=row.ends_at + OVERRUN,
        meeting=await meeting_of(session, row) if row.status in UPCOMING else None,
    )
