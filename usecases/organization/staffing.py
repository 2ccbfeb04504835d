"""Giving staff roles, taking them, lending one's own to a colleague for a while, and signing a colleague out."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.duties import check_gives, check_loan
from domain.actors import House, Operator
from domain.refusals import InvalidInput, LastOwner, NotFound
from models import Delegation, Membership, Person
from models.base import values_of
from models.grants import keep_grant
from usecases.context import Context
from usecases.identity.endings import end_sign_ins
from usecases.organization.roles import permissions_in
from usecases.permission import may, needs
from usecases.views import Command, View


class ChangeRole(Command):
    person_id: UUID
    role: str = Field(min_length=1, max_length=60)


class LendRole(Command):
    """Hand one's own `role` to a colleague until a moment within the next sixty days."""

    to_person_id: UUID
    role: str = Field(min_length=1, max_length=60)
    until: AwareDatetime
    reason: str = Field(min_length=3, max_length=200)


class LoanView(View):
    """`may_end`: whether the reader may take it back."""

    id: UUID
    lender: str
    borrower: str
    role: str
    reason: str
    until: datetime
    may_end: bool


@needs("staff:manage", of="person", act="role:give")
async def give_role(context: Context, operator: Operator, command: ChangeRole) -> None:
    """A second time changes nothing. Raises `NotFound` for somebody who is no staff, `MoreThanYouHold`."""
    async with context.database.transaction(operator) as session:
        await _check_colleague(session, operator, command.person_id)
        check_gives(operator.permissions, await permissions_in(session, operator, command.role))
        given = Membership(
            organization_id=operator.organization_id, person_id=command.person_id, role=command.role, status="active"
        )
        again = insert(Membership).values(values_of(given))
        known_by = ["organization_id", "person_id", "role"]
        await session.execute(again.on_conflict_do_update(index_elements=known_by, set_={"status": "active"}))


@needs("staff:manage", of="person", act="role:take")
async def take_role(context: Context, operator: Operator, command: ChangeRole) -> None:
    """Ends at the person's next request. Raises `NotFound`, `LastOwner`, `MoreThanYouHold`."""
    async with context.database.transaction(operator) as session:
        held = await _memberships(session, operator, command.person_id)
        taken = next((row for row in held if row.role == command.role), None)
        if taken is None:
            raise NotFound
        if command.role == "owner":
            check_gives(operator.permissions, await permissions_in(session, operator, "owner"))
            await _check_other_owner(session, operator, command.person_id)
        taken.status = "ended"


@needs("staff:manage", of="person", act="session:revoke-all")
async def end_sign_ins_of(context: Context, operator: Operator, person_id: UUID) -> None:
    """Signs a colleague out everywhere, at every door. Doors ask for step-up first. Raises `NotFound`."""
    async with context.database.transaction(operator) as session:
        await _check_colleague(session, operator, person_id)
    async with context.database.transaction(House()) as session:
        await end_sign_ins(session, person_id)


@needs("delegation:give")
async def lend_role(context: Context, operator: Operator, command: LendRole) -> UUID:
    """Only a role of one's own, not one that was lent; it ends by itself. Lent again, it gets another end and reason.

    Raises `InvalidInput`, `NotFound` for somebody who is no colleague.
    """
    now = context.now()
    check_loan(now, command.until)
    if command.to_person_id == operator.person_id:
        raise InvalidInput({"to_person_id": "Choose a colleague."})
    async with context.database.transaction(operator) as session:
        await _check_colleague(session, operator, command.to_person_id)
        if command.role not in {row.role for row in await _memberships(session, operator, operator.person_id)}:
            raise InvalidInput({"role": "Choose one of your own roles."})
        loan = Delegation(
            organization_id=operator.organization_id,
            from_person_id=operator.person_id,
            starts_at=now,
            **command.model_dump(),
        )
        return await keep_grant(
            session, loan, ("organization_id", "from_person_id", "to_person_id", "role"), ("until", "reason")
        )


@needs("staff:read", of="loan", act="delegation:end")
async def end_loan(context: Context, operator: Operator, loan_id: UUID) -> None:
    """By the lender, the borrower, or whoever manages staff. Raises `NotFound`, also for what others have lent."""
    async with context.database.transaction(operator) as session:
        loan = await session.get(Delegation, loan_id)
        if loan is None or loan.organization_id != operator.organization_id or not _may_end(operator, loan):
            raise NotFound
        loan.ended_at = loan.ended_at or context.now()


@needs("staff:read")
async def loans(context: Context, operator: Operator) -> tuple[LoanView, ...]:
    """Those that last, the next to end first."""
    now = context.now()
    query = (
        select(Delegation)
        .where(col(Delegation.organization_id) == operator.organization_id)
        .where(col(Delegation.ended_at).is_(None), col(Delegation.until) > now)
        .order_by(col(Delegation.until))
    )
    async with context.database.transaction(operator) as session:
        rows = list(await session.scalars(query))
        names = await _names(session, {each for row in rows for each in (row.from_person_id, row.to_person_id)})
    return tuple(
        LoanView(
            **row.model_dump(include={"id", "role", "reason", "until"}),
            lender=names.get(row.from_person_id, ""),
            borrower=names.get(row.to_person_id, ""),
            may_end=_may_end(operator, row),
        )
        for row in rows
    )


def _may_end(operator: Operator, loan: Delegation) -> bool:
    return operator.person_id in (loan.from_person_id, loan.to_person_id) or may(operator, "staff:manage")


async def _check_colleague(session: AsyncSession, operator: Operator, person_id: UUID) -> None:
    if not await _memberships(session, operator, person_id):
        raise NotFound


async def _check_other_owner(session: AsyncSession, operator: Operator, person_id: UUID) -> None:
    """Locked, and in one order: of two who take each other's role at once, the second sees what the first has done."""
    owners = select(col(Membership.person_id)).where(
        col(Membership.organization_id) == operator.organization_id,
        col(Membership.role) == "owner",
        col(Membership.status) == "active",
    )
    held = await session.scalars(owners.order_by(col(Membership.id)).with_for_update())
    if not set(held) - {person_id}:
        raise LastOwner


async def _memberships(session: AsyncSession, operator: Operator, person_id: UUID) -> list[Membership]:
    active = select(Membership).where(
        col(Membership.organization_id) == operator.organization_id,
        col(Membership.person_id) == person_id,
        col(Membership.status) == "active",
    )
    return list(await session.scalars(active))


async def _names(session: AsyncSession, people: set[UUID]) -> dict[UUID, str]:
    found = await session.scalars(select(Person).where(col(Person.id).in_(people)))
    return {person.id: person.full_name for person in found}
