"""Who may act for a patient, and until when."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, EmailStr, Field
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.refusals import InvalidInput, NotFound
from models import Guardianship, Patient, Person
from models.grants import keep_grant
from usecases.context import Context
from usecases.permission import needs
from usecases.views import Command, Line, View


class NameGuardian(Command):
    """`email` of an account at the patient's brand; without `until` for good."""

    email: EmailStr
    relation: Line = Field(min_length=2, max_length=60)
    until: AwareDatetime | None = None


class GuardianView(View):
    id: UUID
    name: str
    email: str
    relation: str
    until: datetime | None


@needs("guardian:manage", of="patient", act="")
async def guardians(context: Context, operator: Operator, patient_id: UUID) -> tuple[GuardianView, ...]:
    """Those that last. Raises `NotFound` for another organization's patient."""
    async with context.database.transaction(operator) as session:
        await _patient(session, operator, patient_id)
        query = (
            select(Guardianship, Person)
            .join(Person, col(Person.id) == col(Guardianship.person_id))
            .where(col(Guardianship.organization_id) == operator.organization_id)
            .where(col(Guardianship.patient_id) == patient_id, col(Guardianship.ended_at).is_(None))
            .where(or_(col(Guardianship.until).is_(None), col(Guardianship.until) > context.now()))
            .order_by(col(Guardianship.starts_at))
        )
        return tuple(
            GuardianView(
                **row.model_dump(include={"id", "relation", "until"}),
                name=person.full_name,
                email=person.email,
            )
            for row, person in (await session.execute(query)).all()
        )


@needs("guardian:manage", of="patient")
async def name_guardian(context: Context, operator: Operator, patient_id: UUID, command: NameGuardian) -> UUID:
    """Naming the same person again changes the relation and the end.

    Raises `NotFound` for another organization's patient, `InvalidInput` for an address without such an account.
    """
    async with context.database.transaction(operator) as session:
        patient = await _patient(session, operator, patient_id)
        known = select(Person).where(
            col(Person.brand_id) == patient.brand_id, func.lower(col(Person.email)) == command.email.lower()
        )
        guardian = (await session.scalars(known)).one_or_none()
        if guardian is None or guardian.email_verified_at is None or guardian.id == patient.person_id:
            raise InvalidInput({"email": "The guardian needs a confirmed account of their own at this brand first."})
        if command.until and command.until <= context.now():
            raise InvalidInput({"until": "Choose a day in the future."})
        row = Guardianship(
            organization_id=operator.organization_id,
            patient_id=patient_id,
            person_id=guardian.id,
            relation=command.relation,
            made_by=operator.person_id,
            starts_at=context.now(),
            until=command.until,
        )
        return await keep_grant(session, row, ("patient_id", "person_id"), ("relation", "until", "made_by"))


@needs("guardian:manage", of="guardianship", act="guardian:end")
async def end_guardianship(context: Context, operator: Operator, guardianship_id: UUID) -> None:
    """Ends at the guardian's next request. Raises `NotFound`."""
    async with context.database.transaction(operator) as session:
        row = await session.get(Guardianship, guardianship_id, with_for_update=True)
        if row is None or row.organization_id != operator.organization_id:
            raise NotFound
        row.ended_at = row.ended_at or context.now()


async def _patient(session: AsyncSession, operator: Operator, patient_id: UUID) -> Patient:
    patient = await session.get(Patient, patient_id)
    if patient is None or patient.organization_id != operator.organization_id:
        raise NotFound
    return patient
