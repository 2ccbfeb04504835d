"""A patient's appointments: the list, and one of them with everything about it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.appointments.state import DOOR_OPENS, OVERRUN, Status, has_room, status_at
from domain.ledger import OPEN
from domain.money import Money
from domain.refusals import NotFound, NoticeTooShort
from domain.scheduling.terms import CancellationTerms
from domain.words import said
from models import Appointment, AppointmentType, LedgerIntent, Specialist
from usecases.context import Context
from usecases.listing import ROWS, ListQuery, Paging, page_within
from usecases.patient.cancelling import CancellationPreview, preview
from usecases.patient.refunds import refunded_of
from usecases.permission import needs
from usecases.scheduling.availability import standing
from usecases.scheduling.eligibility import missing_consents
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


class TermsView(View):
    """What was agreed at booking; hours and percentages."""

    version: int
    notice_hours: int
    late_fee_percent: int
    no_show_fee_percent: int
    grace_minutes: int
    reschedule_notice_hours: int
    max_reschedules: int


class AppointmentView(AppointmentSummary):
    """`refunded` is what has been given back, `fee` what was kept.

    `consents_missing`: it is ahead, and can neither be paid, moved nor attended until they are given. `undecided`: the
    hold is over, and the card vendor has not said yet whether it was paid in its last moment.
    """

    terms: TermsView
    cancellation: CancellationPreview | None
    can_move: bool
    moves: int
    door_is_open: bool
    absent: str
    fee: Money
    refunded: Money
    consents_missing: bool
    undecided: bool


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
    over = ~(standing(now).in_(UPCOMING) & _not_over(now))
    counted = (
        select(func.count()).select_from(Appointment).where(col(Appointment.patient_id) == patient.patient_id, over)
    )
    async with context.database.transaction(patient) as session:
        ahead = await summaries(session, patient, now, locale, _not_over(now))
        total = await session.scalar(counted) or 0
        page = page_within(query.page, total)
        rows = await _joined(session, patient, over, page=page)
        past = [await _summary(session, *row, now, locale) for row in rows]
    paging = Paging(page=page, total=total)
    return AppointmentList(ahead=tuple(v for v in ahead if is_ahead(v, now)), past=tuple(past), paging=paging)


async def current(session: AsyncSession, patient: Patient, now: datetime, locale: str) -> list[AppointmentSummary]:
    """Those whose time has not passed, whatever became of them."""
    return await summaries(session, patient, now, locale, _not_over(now))


def _not_over(now: datetime) -> ColumnElement[bool]:
    return col(Appointment.ends_at) > now - OVERRUN


async def summaries(
    session: AsyncSession, patient: Patient, now: datetime, locale: str, *where: ColumnElement[bool]
) -> list[AppointmentSummary]:
    views = [await _summary(session, *row, now, locale) for row in await _joined(session, patient, *where)]
    ahead = sorted((view for view in views if is_ahead(view, now)), key=lambda view: view.starts_at)
    past = sorted((view for view in views if not is_ahead(view, now)), key=lambda view: view.starts_at, reverse=True)
    return ahead + past


def is_ahead(view: AppointmentSummary, now: datetime) -> bool:
    return view.status in UPCOMING and view.door_closes_at > now


@needs("appointment:read")
async def appointment(context: Context, patient: Patient, appointment_id: UUID, locale: str) -> AppointmentView:
    """Raises `NotFound`."""
    async with context.database.transaction(patient) as session:
        row, kind, specialist = await _one(session, patient, appointment_id)
        refunded = await refunded_of(session, appointment_id)
        missing = bool(await missing_consents(session, patient.patient_id))
        now = context.now()
        summary = await _summary(session, row, kind, specialist, now, locale)
        undecided = summary.status != row.status and await _is_being_paid(session, row)
    return _view(summary, row, refunded, now, missing and is_ahead(summary, now), undecided)


async def _joined(
    session: AsyncSession, patient: Patient, *where: ColumnElement[bool], page: int | None = None
) -> list[tuple[Appointment, AppointmentType, Specialist]]:
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


async def _one(
    session: AsyncSession, patient: Patient, appointment_id: UUID
) -> tuple[Appointment, AppointmentType, Specialist]:
    found = await _joined(session, patient, col(Appointment.id) == appointment_id)
    if not found:
        raise NotFound
    return found[0]


async def _summary(
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


def _view(
    summary: AppointmentSummary,
    row: Appointment,
    refunded: int,
    now: datetime,
    consents_missing: bool,
    undecided: bool,
) -> AppointmentView:
    terms = CancellationTerms.model_validate(row.terms)
    open_now = summary.door_opens_at <= now < summary.door_closes_at
    return AppointmentView(
        **dict(summary),
        terms=TermsView.model_validate(terms.model_dump()),
        cancellation=preview(row, now),
        can_move=_can_move(row, terms, now),
        moves=row.moves,
        door_is_open=summary.has_room and open_now and row.status in ("confirmed", "waiting", "in-session"),
        absent=row.absent,
        fee=Money(row.fee, row.currency),
        refunded=Money(refunded, row.currency),
        consents_missing=consents_missing,
        undecided=undecided,
    )


async def _is_being_paid(session: AsyncSession, row: Appointment) -> bool:
    open_charges = select(col(LedgerIntent.id)).where(
        col(LedgerIntent.appointment_id) == row.id,
        col(LedgerIntent.kind) == "charge",
        col(LedgerIntent.status).in_(OPEN),
    )
    return await session.scalar(open_charges.limit(1)) is not None


def _can_move(row: Appointment, terms: CancellationTerms, now: datetime) -> bool:
    try:
        terms.check_reschedule(row.starts_at, row.moves, now)
    except NoticeTooShort:
        return False
    return row.status == "confirmed"
