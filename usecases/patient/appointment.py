"""One appointment of a patient, with everything about it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.ledger import OPEN
from domain.money import Money
from domain.refusals import NotFound, NoticeTooShort
from domain.scheduling.terms import CancellationTerms
from models import Appointment, AppointmentType, LedgerIntent, Specialist
from usecases.context import Context
from usecases.patient.appointments import AppointmentSummary, is_ahead, joined, summary_of
from usecases.patient.cancelling import CancellationPreview, preview
from usecases.patient.refunds import refunded_of
from usecases.permission import needs
from usecases.scheduling.eligibility import missing_consents
from usecases.views import View


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


@needs("appointment:read")
async def appointment(context: Context, patient: Patient, appointment_id: UUID, locale: str) -> AppointmentView:
    """Raises `NotFound`."""
    async with context.database.transaction(patient) as session:
        row, kind, specialist = await _one(session, patient, appointment_id)
        refunded = await refunded_of(session, appointment_id)
        missing = bool(await missing_consents(session, patient.patient_id))
        now = context.now()
        summary = await summary_of(session, row, kind, specialist, now, locale)
        undecided = summary.status != row.status and await _is_being_paid(session, row)
    return _view(summary, row, refunded, now, missing and is_ahead(summary, now), undecided)


async def _one(
    session: AsyncSession, patient: Patient, appointment_id: UUID
) -> tuple[Appointment, AppointmentType, Specialist]:
    found = await joined(session, patient, col(Appointment.id) == appointment_id)
    if not found:
        raise NotFound
    return found[0]


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
