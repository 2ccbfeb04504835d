"""Who assists or supervises a specialist, given by the specialist, and always with an end."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, EmailStr
from sqlalchemy import func, select
from sqlmodel import col

from domain.access.duties import check_loan
from domain.actors import House, Specialist
from domain.refusals import InvalidInput, NotFound
from models import Assistance, Person
from models.grants import keep_grant
from usecases.context import Context
from usecases.permission import needs
from usecases.views import Command, View


class LetAssist(Command):
    """`email` of a staff account; it opens the specialist portal for this specialist alone."""

    email: EmailStr
    role: Literal["assistant", "supervisor"]
    until: AwareDatetime


class AssistanceView(View):
    id: UUID
    name: str
    role: str
    until: datetime


@needs("assistance:manage", act="")
async def assistances(context: Context, specialist: Specialist) -> tuple[AssistanceView, ...]:
    """Those that last, the next to end first."""
    query = (
        select(Assistance, Person)
        .join(Person, col(Person.id) == col(Assistance.person_id))
        .where(col(Assistance.specialist_id) == specialist.specialist_id, col(Assistance.ended_at).is_(None))
        .where(col(Assistance.until) > context.now())
        .order_by(col(Assistance.until))
    )
    async with context.database.transaction(specialist) as session:
        return tuple(
            AssistanceView(**row.model_dump(include={"id", "role", "until"}), name=person.full_name)
            for row, person in (await session.execute(query)).all()
        )


@needs("assistance:manage")
async def let_assist(context: Context, specialist: Specialist, command: LetAssist) -> UUID:
    """Letting in the same person again changes what they are and the end.

    Raises `InvalidInput` for an address without a staff account, one's own, and an end that is too far.
    """
    now = context.now()
    check_loan(now, command.until)
    async with context.database.transaction(House()) as session:
        staff = col(Person.brand_id).is_(None) & (func.lower(col(Person.email)) == command.email.lower())
        person = (await session.scalars(select(Person).where(staff))).one_or_none()
    if person is None or person.email_verified_at is None or person.id == specialist.person_id:
        raise InvalidInput({"email": "They need a confirmed staff account of their own first."})
    row = Assistance(
        specialist_id=specialist.specialist_id,
        person_id=person.id,
        role=command.role,
        starts_at=now,
        until=command.until,
    )
    async with context.database.transaction(specialist) as session:
        return await keep_grant(session, row, ("specialist_id", "person_id"), ("role", "until"))


@needs("assistance:manage", of="assistance")
async def end_assistance(context: Context, specialist: Specialist, assistance_id: UUID) -> None:
    """Ends at the assistant's next request. Raises `NotFound`."""
    async with context.database.transaction(specialist) as session:
        row = await session.get(Assistance, assistance_id, with_for_update=True)
        if row is None:
            raise NotFound
        row.ended_at = row.ended_at or context.now()
