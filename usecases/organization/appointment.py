"""One appointment: why it stands where it does, what was sent about it, and every movement of money."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.appointments.state import FHIR_STATUS, Status
from domain.money import Money
from domain.refusals import NotFound
from domain.scheduling.terms import CancellationTerms
from models import Appointment, AuditEntry, LedgerEntry, LedgerIntent, LedgerLine, Message, Person
from usecases.context import Context
from usecases.listing import full_name
from usecases.organization.appointment_rows import AppointmentRow, Wanted, find_appointments
from usecases.organization.messages import MessageRow, all_messages
from usecases.organization.messages import row_of as message_of
from usecases.permission import may, needs
from usecases.room.place import StatedPlace, stated
from usecases.views import View
from usecases.why import AppointmentWhy, appointment_why
from workflows.ids import appointment_workflow_id

CANCELLABLE = {Status.HELD, Status.CONFIRMED, Status.WAITING}


class LineView(View):
    account: str
    amount: Money
    rule_version: str


class IntentView(View):
    """An instruction to move money and the ledger lines it led to; none until the vendor has done it."""

    kind: str
    amount: Money
    status: str
    reason: str
    vendor_reference: str
    created_at: datetime
    settled_at: datetime | None
    lines: tuple[LineView, ...]


class AppointmentPage(View):
    """`may_cancel` is None when nothing can be cancelled any more, else whether the reader's role may.

    `messages` and `payments` are for whoever may read them, and who cancelled for the organization, in the story of
    `why`, is for whoever may read the audit. `booked_from` is the patient's place at booking; `place` is
    where they said to be at the door, None before.
    """

    appointment: AppointmentRow
    fhir_status: str
    terms: CancellationTerms
    moves: int
    fee: Money
    why: AppointmentWhy
    messages: tuple[MessageRow, ...]
    payments: tuple[IntentView, ...]
    may_cancel: bool | None
    workflow_url: str
    booked_from: str
    place: StatedPlace | None


@needs("appointment:read", of="appointment", act="appointment:read")
async def appointment(context: Context, operator: Operator, appointment_id: UUID, locale: str) -> AppointmentPage:
    """Raises `NotFound`, also for another organization's."""
    async with context.database.transaction(operator) as session:
        row = await session.get(Appointment, appointment_id)
        if row is None or row.organization_id != operator.organization_id:
            raise NotFound
        sent = all_messages(operator).where(col(Message.appointment_id) == appointment_id)
        messages = (await session.execute(sent.order_by(col(Message.created_at)))).all()
        payments = await _payments(session, operator, appointment_id) if may(operator, "payment:read") else ()
        place = await stated(session, row)
        colleague = await _colleague(session, operator, row) if may(operator, "audit:read") else ""
        why = await appointment_why(session, row, context.now(), locale)
    shown = await find_appointments(context.database, operator, Wanted(appointment_id=appointment_id), locale)
    return AppointmentPage(
        appointment=shown.rows[0],
        fhir_status=FHIR_STATUS[Status(row.status)],
        terms=CancellationTerms.model_validate(row.terms),
        moves=row.moves,
        fee=Money(row.fee, row.currency),
        why=_naming(colleague, why),
        messages=tuple(message_of(*each) for each in messages) if may(operator, "message:read") else (),
        payments=payments,
        may_cancel=may(operator, "appointment:cancel") if row.status in CANCELLABLE else None,
        workflow_url=context.portals.workflow(appointment_workflow_id(appointment_id)),
        booked_from=row.jurisdiction,
        place=place,
    )


async def _colleague(session: AsyncSession, operator: Operator, row: Appointment) -> str:
    """Who cancelled it in the organization's name, as the audit has it; "" when nobody did."""
    if row.cancelled_by != "organization":
        return ""
    cancelled = (
        select(full_name())
        .join(AuditEntry, col(AuditEntry.person_id) == col(Person.id))
        .where(col(AuditEntry.organization_id) == operator.organization_id)
        .where(col(AuditEntry.patient_id) == row.patient_id, col(AuditEntry.resource_id) == row.id)
        .where(col(AuditEntry.act) == "appointment:cancel", col(AuditEntry.outcome) == "done")
        .where(col(AuditEntry.actor) == Operator.kind)
        .order_by(col(AuditEntry.sequence))
    )
    return await session.scalar(cancelled.limit(1)) or ""


def _naming(colleague: str, why: AppointmentWhy) -> AppointmentWhy:
    """With the name at what was done in the organization's; reminders are sent in it by nobody."""
    story = tuple(
        line.model_copy(update={"who": colleague}) if line.by == "organization" and line.what == "cancelled" else line
        for line in why.story
    )
    return why.model_copy(update={"story": story})


async def _payments(session: AsyncSession, operator: Operator, appointment_id: UUID) -> tuple[IntentView, ...]:
    intents = select(LedgerIntent).where(
        col(LedgerIntent.appointment_id) == appointment_id,
        col(LedgerIntent.organization_id) == operator.organization_id,
    )
    posted = (
        select(col(LedgerEntry.intent_id), LedgerLine)
        .join(LedgerLine, col(LedgerLine.entry_id) == col(LedgerEntry.id))
        .where(col(LedgerLine.appointment_id) == appointment_id)
        .order_by(col(LedgerLine.amount).desc())
    )
    lines: dict[UUID | None, list[LineView]] = {}
    for intent_id, line in await session.execute(posted):
        amount = Money(line.amount, line.currency)
        view = LineView(account=line.account, amount=amount, rule_version=line.rule_version)
        lines.setdefault(intent_id, []).append(view)
    return tuple(
        IntentView(
            **intent.model_dump(include={"kind", "status", "reason", "vendor_reference", "created_at", "settled_at"}),
            amount=Money(intent.amount, intent.currency),
            lines=tuple(lines.get(intent.id, ())),
        )
        for intent in await session.scalars(intents.order_by(col(LedgerIntent.created_at)))
    )
