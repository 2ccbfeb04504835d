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
from models import Appointment, LedgerEntry, LedgerIntent, LedgerLine, Message
from usecases.context import Context
from usecases.organization.appointment_rows import AppointmentRow, Wanted, find_appointments
from usecases.organization.messages import MessageRow, all_messages
from usecases.organization.messages import row_of as message_of
from usecases.permission import may, needs
from usecases.room.place import StatedPlace, stated
from usecases.views import View
from usecases.why import AppointmentWhy, why_appointment
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

    `messages` and `payments` are for whoever may read them. `booked_from` is the patient's place at booking; `place` is
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
    shown = await find_appointments(context.database, operator, Wanted(appointment_id=appointment_id), locale)
    return AppointmentPage(
        appointment=shown.rows[0],
        fhir_status=FHIR_STATUS[Status(row.status)],
        terms=CancellationTerms.model_validate(row.terms),
        moves=row.moves,
        fee=Money(row.fee, row.currency),
        why=await why_appointment(context, operator, appointment_id, locale),
        messages=tuple(message_of(*each) for each in messages) if may(operator, "message:read") else (),
        payments=payments,
        may_cancel=may(operator, "appointment:cancel") if row.status in CANCELLABLE else None,
        workflow_url=context.portals.workflow(appointment_workflow_id(appointment_id)),
        booked_from=row.jurisdiction,
        place=place,
    )


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
