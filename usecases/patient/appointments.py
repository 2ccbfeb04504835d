"""A patient's appointments: the list, one of them with everything about it, cancelling."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.appointments.state import DOOR_OPENS, OVERRUN, Status, keeps_waiting, status_at
from domain.money import Money
from domain.refusals import NotFound, NoticeTooShort, NotInThisState
from domain.scheduling.terms import CancellationTerms
from domain.words import said
from models import Appointment, AppointmentType, Specialist
from usecases.context import Context
from usecases.patient.progress import journey_moved, version_of
from usecases.patient.refunds import refunded_of
from usecases.permission import needs
from usecases.processes import appointment_handle
from usecases.scheduling.eligibility import missing_consents
from usecases.scheduling.guarding import ask_guarded
from usecases.views import Command, View
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Cancel

UPCOMING = ("held", "confirmed", "waiting", "in-session")
BEFORE_START = ("held", "confirmed", "waiting")


class AppointmentSummary(View):
    """`door_opens_at`..`door_closes_at`: when the room lets people in; `late`: cancelled with too little notice."""

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


class CancellationPreview(View):
    """What cancelling now would cost and give back, under the terms pinned at booking.

    `kept_waiting`: they are at the door, and the session should have begun; then it costs nothing.
    """

    late: bool
    kept_waiting: bool
    fee: Money
    refund: Money
    free_until: datetime


class AppointmentView(AppointmentSummary):
    """`refunded` is what has been given back, `fee` what was kept.

    `consents_missing`: it is ahead, and can neither be paid, moved nor attended until they are given.
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


class CancelAppointment(Command):
    """`fee` is what the patient was told it costs, in minor units: when it costs more by now, it is not done."""

    key: str = Field(min_length=8, max_length=100)
    fee: int = Field(ge=0)


@needs("appointment:read")
async def appointments(context: Context, patient: Patient, locale: str) -> list[AppointmentSummary]:
    """All of them, what comes next first."""
    async with context.database.transaction(patient) as session:
        rows = await _joined(session, patient)
    now = context.now()
    views = [_summary(*row, now, locale) for row in rows]
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
        missing = bool(await missing_consents(session, patient))
    now = context.now()
    summary = _summary(row, kind, specialist, now, locale)
    return _view(summary, row, refunded, now, missing and is_ahead(summary, now))


@needs("appointment:book", of="appointment", act="appointment:cancel")
async def cancel(context: Context, patient: Patient, appointment_id: UUID, command: CancelAppointment) -> None:
    """Raises `NotFound`, or `NotInThisState` when it cannot be cancelled, or now costs more than was shown."""
    async with context.database.transaction(patient) as session:
        row, _, _ = await _one(session, patient, appointment_id)
    if row.status in BEFORE_START and _fee(row, context.now()).amount > command.fee:
        raise NotInThisState
    version = await version_of(context, patient, row.journey_id)
    handle = appointment_handle(context.temporal, appointment_id)
    wanted, key = Cancel(by="patient", most=command.fee), f"cancel/{command.key}"
    await ask_guarded(
        context, patient, appointment_id, lambda: handle.execute_update(AppointmentWorkflow.cancel, wanted, id=key)
    )
    await journey_moved(context, patient, row.journey_id, version)


async def _joined(
    session: AsyncSession, patient: Patient, appointment_id: UUID | None = None
) -> list[tuple[Appointment, AppointmentType, Specialist]]:
    query = (
        select(Appointment, AppointmentType, Specialist)
        .join(AppointmentType, col(AppointmentType.id) == col(Appointment.appointment_type_id))
        .join(Specialist, col(Specialist.id) == col(Appointment.specialist_id))
        .where(col(Appointment.patient_id) == patient.patient_id)
    )
    if appointment_id is not None:
        query = query.where(col(Appointment.id) == appointment_id)
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def _one(
    session: AsyncSession, patient: Patient, appointment_id: UUID
) -> tuple[Appointment, AppointmentType, Specialist]:
    found = await _joined(session, patient, appointment_id)
    if not found:
        raise NotFound
    return found[0]


def _summary(
    row: Appointment, kind: AppointmentType, specialist: Specialist, now: datetime, locale: str
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
    )


def _view(
    summary: AppointmentSummary, row: Appointment, refunded: int, now: datetime, consents_missing: bool
) -> AppointmentView:
    terms = CancellationTerms.model_validate(row.terms)
    open_now = summary.door_opens_at <= now < summary.door_closes_at
    return AppointmentView(
        **summary.model_dump(exclude={"price"}),
        price=summary.price,
        terms=TermsView.model_validate(terms.model_dump()),
        cancellation=_preview(row, terms, now) if summary.status in BEFORE_START else None,
        can_move=_can_move(row, terms, now),
        moves=row.moves,
        door_is_open=open_now and row.status in ("confirmed", "waiting", "in-session"),
        absent=row.absent,
        fee=Money(row.fee, row.currency),
        refunded=Money(refunded, row.currency),
        consents_missing=consents_missing,
    )


def _preview(row: Appointment, terms: CancellationTerms, now: datetime) -> CancellationPreview:
    fee, price = _fee(row, now), Money(row.amount, row.currency)
    kept_waiting = keeps_waiting(Status(row.status), row.starts_at, now)
    return CancellationPreview(
        late=terms.is_late(row.starts_at, now) and not kept_waiting,
        kept_waiting=kept_waiting,
        fee=fee,
        refund=price - fee if row.paid else Money(0, row.currency),
        free_until=row.starts_at - timedelta(hours=terms.notice_hours),
    )


def _fee(row: Appointment, now: datetime) -> Money:
    price = Money(row.amount, row.currency)
    terms = CancellationTerms.model_validate(row.terms)
    owes = row.paid and not keeps_waiting(Status(row.status), row.starts_at, now)
    return terms.fee(price, row.starts_at, now, "patient") if owes else Money(0, row.currency)


def _can_move(row: Appointment, terms: CancellationTerms, now: datetime) -> bool:
    try:
        terms.check_reschedule(row.starts_at, row.moves, now)
    except NoticeTooShort:
        return False
    return row.status == "confirmed"
