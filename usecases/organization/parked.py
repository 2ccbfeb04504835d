"""Money that did not move because the vendor refused: it waits for a person, and nothing else will move it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.money import Money
from models import LedgerIntent, Patient, Person
from usecases.listing import full_name
from usecases.views import View

TITLE = "The card vendor refused to give this money back."
NEXT_ACTION = (
    "Look the payment up at the card vendor. Give the money back from there or by bank transfer, and tell the patient."
)


class ParkedRefund(View):
    """What waits since `since`: what happened, what to do, and `reason`, the vendor's word for it."""

    id: UUID
    since: datetime
    amount: Money
    patient: str
    appointment_id: UUID
    reason: str
    title: str = TITLE
    next_action: str = NEXT_ACTION


async def count_parked(session: AsyncSession, operator: Operator) -> int:
    waiting = select(func.count()).select_from(LedgerIntent).where(*_parked(operator))
    return await session.scalar(waiting) or 0


async def parked_refunds(session: AsyncSession, operator: Operator) -> tuple[ParkedRefund, ...]:
    """All of them, the oldest first."""
    query = (
        select(LedgerIntent, full_name())
        .join(Patient, col(Patient.id) == col(LedgerIntent.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .where(*_parked(operator))
        .order_by(col(LedgerIntent.created_at), col(LedgerIntent.id))
    )
    return tuple(
        ParkedRefund(
            id=row.id,
            since=row.created_at,
            amount=Money(row.amount, row.currency),
            patient=patient,
            appointment_id=row.appointment_id,
            reason=row.reason,
        )
        for row, patient in await session.execute(query)
    )


def _parked(operator: Operator) -> tuple[ColumnElement[bool], ...]:
    mine = col(LedgerIntent.organization_id) == operator.organization_id
    return mine, col(LedgerIntent.status) == "parked", col(LedgerIntent.kind) == "refund"
