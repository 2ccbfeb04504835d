"""Refunds that the engine could not give: each waits for a person, and nothing else will move it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.actors import Operator
from domain.money import Money
from domain.refusals import NotFound
from models import LedgerEntry, LedgerIntent, Patient, Person
from usecases.context import Context
from usecases.listing import ROWS, full_name
from usecases.organization.listing import Id, Statement
from usecases.permission import may, needs
from usecases.views import View

REFUSED = (
    "The card vendor refused to give this money back.",
    "Look the payment up at the card vendor. Give the money back from there or by bank transfer, and tell the patient.",
)
RETURNED = (
    "The patient's bank sent this money back.",
    "The card takes no refund any more. Ask the patient for a bank account and transfer the money there.",
)
Settler = aliased(Person)


class ParkedRefund(View):
    """What waits since `since`: what happened, what to do, and `reason`, the vendor's word for it.

    `returned`: it had been given, and came back days later.
    """

    id: UUID
    since: datetime
    amount: Money
    patient: str
    appointment_id: UUID
    reason: str
    returned: bool
    title: str
    next_action: str


class RefundPage(ParkedRefund):
    """`waits` until somebody says how the patient got it: then `way`, `reference`, `settled_by` (a name), `settled_at`.

    `may_settle`: whether the one who reads may say so.
    """

    waits: bool
    way: str
    reference: str
    settled_by: str
    settled_at: datetime | None
    may_settle: bool


def count_parked(organization: Id) -> ScalarSelect[int]:
    """How many wait."""
    return select(func.count()).select_from(LedgerIntent).where(*_parked(organization)).scalar_subquery()


async def parked_refunds(session: AsyncSession, operator: Operator) -> tuple[tuple[ParkedRefund, ...], int]:
    """A page of them, the oldest first, and how many there are."""
    since = func.coalesce(col(LedgerEntry.posted_at), col(LedgerIntent.created_at))
    query = _refunds().where(*_parked(operator.organization_id)).order_by(since, col(LedgerIntent.id)).limit(ROWS)
    shown = tuple(ParkedRefund(**_told(row, patient, back)) for row, patient, back, _ in await session.execute(query))
    if len(shown) < ROWS:
        return shown, len(shown)
    return shown, int(await session.scalar(select(count_parked(operator.organization_id))) or 0)


@needs("payment:read")
async def refund(context: Context, operator: Operator, payment_id: UUID) -> RefundPage:
    """One that waits or did. Raises `NotFound`, also for what needed nobody."""
    theirs = (
        _mine(operator.organization_id),
        col(LedgerIntent.id) == payment_id,
        col(LedgerIntent.status).in_(("parked", "settled")),
    )
    async with context.database.transaction(operator) as session:
        found = (await session.execute(_refunds().where(*theirs))).one_or_none()
    if found is None:
        raise NotFound
    row, patient, back, settler = found
    return RefundPage(
        **_told(row, patient, back),
        **row.model_dump(include={"way", "reference"}),
        waits=row.status == "parked",
        settled_by=settler.full_name if settler else "",
        settled_at=row.settled_at if row.status == "settled" else None,
        may_settle=row.status == "parked" and may(operator, "payment:settle"),
    )


def _refunds() -> Statement:
    """Rows of (refund, patient's name, when it came back or None, who settled it or None)."""
    came_back = (col(LedgerEntry.intent_id) == col(LedgerIntent.id)) & (col(LedgerEntry.kind) == "refund-returned")
    return (
        select(LedgerIntent, full_name(), col(LedgerEntry.posted_at), Settler)
        .join(Patient, col(Patient.id) == col(LedgerIntent.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .outerjoin(LedgerEntry, came_back)
        .outerjoin(Settler, col(Settler.id) == col(LedgerIntent.settled_by))
        .where(col(LedgerIntent.kind) == "refund")
    )


def _told(row: LedgerIntent, patient: str, came_back: datetime | None) -> dict[str, Any]:
    title, next_action = RETURNED if came_back else REFUSED
    return {
        "id": row.id,
        "since": came_back or row.created_at,
        "amount": Money(row.amount, row.currency),
        "patient": patient,
        "appointment_id": row.appointment_id,
        "reason": row.reason,
        "returned": came_back is not None,
        "title": title,
        "next_action": next_action,
    }


def _parked(organization: Id) -> tuple[ColumnElement[bool], ...]:
    return _mine(organization), col(LedgerIntent.status) == "parked", col(LedgerIntent.kind) == "refund"


def _mine(organization: Id) -> ColumnElement[bool]:
    return col(LedgerIntent.organization_id) == organization
