"""What has moved, from the ledger: charges and refunds, and the sums every figure of the overview is made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import StringConstraints
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.ledger import MONEY
from domain.money import Money
from models import LedgerEntry, LedgerLine, Patient, Person
from usecases.context import Context
from usecases.listing import ByDay, ByName, ListQuery, Paging, full_name, named_like, sought
from usecases.organization.listing import Id, Statement, begins, day_after, paged, zone_of
from usecases.organization.parked import ParkedRefund, parked_refunds
from usecases.permission import needs
from usecases.views import View

Kind = Literal["charge", "refund", "refund-returned", "refund-desk", "refund-transfer"]


class PaymentQuery(ListQuery, ByDay):
    kind: Kind | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$", to_upper=True)] | None = None


class PaymentSearch(PaymentQuery, ByName):
    """The same, by name."""


class PaymentRow(View):
    """`amount` is what came in; a refund is negative, and one that came back is in again.

    A refund that somebody gave is of a kind of its own: refund-desk at the card vendor's, refund-transfer from bank to
    bank.
    """

    id: UUID
    posted_at: datetime
    kind: str
    amount: Money
    patient: str
    appointment_id: UUID | None


class Takings(View):
    """Of one currency: what was charged, what was given back for good, what is left."""

    charged: Money
    refunded: Money
    net: Money


class PaymentList(View):
    """`takings`: the sums of every row that matches, also of those on other pages. `parked`: whatever is searched for,
    the refunds that wait for a person."""

    rows: tuple[PaymentRow, ...]
    takings: tuple[Takings, ...]
    parked: tuple[ParkedRefund, ...]
    paging: Paging


@needs("payment:read")
async def payments(context: Context, operator: Operator, query: PaymentQuery) -> PaymentList:
    async with context.database.transaction(operator) as session:
        statement = _matching(operator, query, await zone_of(session, operator))
        order = (col(LedgerEntry.posted_at).desc(), col(LedgerEntry.id))
        found, paging = await paged(session, statement, order, query.page)
        sums = await takings(session, sums_of(statement))
        parked = await parked_refunds(session, operator)
    rows = tuple(
        PaymentRow(
            id=entry.id,
            posted_at=entry.posted_at,
            kind=entry.kind,
            amount=Money(line.amount, line.currency),
            patient=patient or "",
            appointment_id=line.appointment_id,
        )
        for entry, line, patient in found
    )
    return PaymentList(rows=rows, takings=sums, parked=parked, paging=paging)


def all_movements(organization: Id) -> Statement:
    """Rows of (entry, its line where money moves, patient's name): what came in, and what went back."""
    return (
        select(LedgerEntry, LedgerLine, full_name())
        .join(LedgerLine, col(LedgerLine.entry_id) == col(LedgerEntry.id))
        .outerjoin(Patient, col(Patient.id) == col(LedgerLine.patient_id))
        .outerjoin(Person, col(Person.id) == col(Patient.person_id))
        .where(col(LedgerEntry.organization_id) == organization)
        .where(col(LedgerLine.account).in_(MONEY))
    )


def sums_of(movements: Statement) -> Statement:
    """Rows of (currency, charged, refunded): per currency, never across."""
    currency = col(LedgerLine.currency)
    sums = movements.with_only_columns(currency, *charged_and_refunded(), maintain_column_froms=True)
    return sums.group_by(currency).order_by(currency)


async def takings(
    session: AsyncSession, sums: Statement, asked: Mapping[str, Any] | None = None
) -> tuple[Takings, ...]:
    """What `sums_of` finds, `asked` with these values."""
    found = (await session.execute(sums, asked)).all()
    return tuple(takings_of(code, int(charged), int(refunded)) for code, charged, refunded in found)


def charged_and_refunded() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Sums over lines where money moves: what was charged, and what was given back less what came back of it."""
    amount, is_charge = col(LedgerLine.amount), col(LedgerEntry.kind) == "charge"
    charged, refunded = func.sum(amount).filter(is_charge), func.sum(-amount).filter(~is_charge)
    return func.coalesce(charged, 0), func.coalesce(refunded, 0)


def takings_of(currency: str, charged: int, refunded: int) -> Takings:
    came, went = Money(charged, currency), Money(refunded, currency)
    return Takings(charged=came, refunded=went, net=came - went)


def _matching(operator: Operator, query: PaymentQuery, zone: ZoneInfo) -> Statement:
    statement = all_movements(operator.organization_id)
    if query.kind:
        statement = statement.where(col(LedgerEntry.kind) == query.kind)
    if query.currency:
        statement = statement.where(col(LedgerLine.currency) == query.currency)
    if query.since:
        statement = statement.where(col(LedgerEntry.posted_at) >= begins(query.since, zone))
    if query.until:
        statement = statement.where(col(LedgerEntry.posted_at) < begins(day_after(query.until), zone))
    name = sought(query)
    return statement.where(named_like(name)) if name else statement
