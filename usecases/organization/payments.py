"""What has moved, from the ledger: charges and refunds, and the sums every figure of the overview is made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.actors import Operator
from domain.ledger import MONEY
from domain.money import Money
from models import LedgerEntry, LedgerLine, Patient, Person
from usecases.context import Context
from usecases.listing import ByDay, ByName, ListQuery, Paging, full_name, sought
from usecases.organization.listing import Id, Statement, begins, day_after, paged, zone_of
from usecases.organization.named import of_patients_named
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
    """`takings`: with a first day, or where all rows are counted, the sums of every row that matches, also of those on
    other pages. `parked`: whatever is searched for, the refunds that have waited longest for a person, of
    `parked_total`."""

    rows: tuple[PaymentRow, ...]
    takings: tuple[Takings, ...]
    parked: tuple[ParkedRefund, ...]
    parked_total: int
    paging: Paging


def _movement() -> type[LedgerLine]:
    """Of an entry, the one line where money moves; looked up entry by entry, however long the ledger is."""
    its = col(LedgerLine.entry_id) == col(LedgerEntry.id), col(LedgerLine.account).in_(MONEY)
    return aliased(LedgerLine, select(LedgerLine).where(*its).limit(1).lateral("movement"))


Movement = _movement()


@needs("payment:read")
async def payments(context: Context, operator: Operator, query: PaymentQuery) -> PaymentList:
    async with context.database.transaction(operator) as session:
        matching = await _matching(session, operator, query)
        order, shown = (col(LedgerEntry.posted_at).desc(), col(LedgerEntry.id)), all_movements(operator.organization_id)
        found, paging = await paged(session, matching, order, query.page, shown)
        sums = (
            await takings(session, sums_of(matching.join(Movement, true()))) if query.since or not paging.more else ()
        )
        parked, waiting = await parked_refunds(session, operator)
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
    return PaymentList(rows=rows, takings=sums, parked=parked, parked_total=waiting, paging=paging)


def movements(what: Statement, organization: Id) -> Statement:
    """`what` of the organization's entries that move money."""
    theirs = col(LedgerEntry.organization_id) == organization
    return what.select_from(LedgerEntry).join(Movement, true()).where(theirs)


def all_movements(organization: Id) -> Statement:
    """Rows of (entry, its line where money moves, patient's name): what came in, and what went back."""
    return (
        movements(select(LedgerEntry, Movement, full_name()), organization)
        .outerjoin(Patient, col(Patient.id) == col(Movement.patient_id))
        .outerjoin(Person, col(Person.id) == col(Patient.person_id))
    )


def sums_of(moved: Statement) -> Statement:
    """Rows of (currency, charged, refunded): per currency, never across."""
    currency = col(Movement.currency)
    sums = moved.with_only_columns(currency, *charged_and_refunded(), maintain_column_froms=True)
    return sums.group_by(currency).order_by(currency)


async def takings(
    session: AsyncSession, sums: Statement, asked: Mapping[str, Any] | None = None
) -> tuple[Takings, ...]:
    """What `sums_of` finds, `asked` with these values."""
    found = (await session.execute(sums, asked)).all()
    return tuple(takings_of(code, int(charged), int(refunded)) for code, charged, refunded in found)


def charged_and_refunded() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Sums over lines where money moves: what was charged, and what was given back less what came back of it."""
    amount, is_charge = col(Movement.amount), col(LedgerEntry.kind) == "charge"
    charged, refunded = func.sum(amount).filter(is_charge), func.sum(-amount).filter(~is_charge)
    return func.coalesce(charged, 0), func.coalesce(refunded, 0)


def takings_of(currency: str, charged: int, refunded: int) -> Takings:
    came, went = Money(charged, currency), Money(refunded, currency)
    return Takings(charged=came, refunded=went, net=came - went)


async def _matching(session: AsyncSession, operator: Operator, query: PaymentQuery) -> Statement:
    """What its line says is looked up where the entry is among those that are wanted by what it says itself."""
    theirs = col(LedgerEntry.organization_id) == operator.organization_id
    statement: Statement = select(col(LedgerEntry.id)).where(theirs)
    statement = statement.where(col(LedgerEntry.kind).in_((query.kind,) if query.kind else get_args(Kind)))
    zone = await zone_of(session, operator)
    if query.since:
        statement = statement.where(col(LedgerEntry.posted_at) >= begins(query.since, zone))
    if query.until:
        statement = statement.where(col(LedgerEntry.posted_at) < begins(day_after(query.until), zone))
    its = select(col(LedgerLine.entry_id)).where(col(LedgerLine.account).in_(MONEY))
    if query.currency:
        statement = statement.where(col(LedgerEntry.id).in_(its.where(col(LedgerLine.currency) == query.currency)))
    if name := sought(query):
        of_them = await of_patients_named(session, col(LedgerLine.patient_id), name)
        statement = statement.where(col(LedgerEntry.id).in_(its.where(of_them)))
    return statement
