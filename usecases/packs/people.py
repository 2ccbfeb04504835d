"""A pack's people: staff, specialists with their engagements and hours, demo patients.

Passwords, profiles and hours are set once: they are the people's own. Licences and engagements are brought up to date.
"""

from datetime import UTC, datetime
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.packs.organizations import OrganizationDocument
from domain.packs.people import HoursDocument, PersonDocument, SpecialistDocument
from models import Engagement, Licence, Membership, Patient, Person, Specialist, WorkingHours
from usecases.identity.passwords import Passwords
from usecases.packs.keeping import keep

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLAIN = {"given_name", "family_name", "locale", "time_zone", "phone"}


async def load_members(
    session: AsyncSession, passwords: Passwords, document: OrganizationDocument, organization_id: UUID
) -> None:
    for member in document.members:
        person = await _person(session, passwords, member, None)
        for role in member.roles:
            known_by = {"organization_id": organization_id, "person_id": person.id, "role": role}
            if not (await session.scalars(select(Membership).filter_by(**known_by))).one_or_none():
                session.add(Membership.model_validate(known_by))


async def load_patients(
    session: AsyncSession,
    passwords: Passwords,
    document: OrganizationDocument,
    organization_id: UUID,
    brands: dict[str, UUID],
) -> None:
    for patient in document.patients:
        brand_id = brands[patient.brand]
        person = await _person(session, passwords, patient, brand_id)
        if not (await session.scalars(select(Patient).filter_by(person_id=person.id))).one_or_none():
            session.add(
                Patient(
                    organization_id=organization_id,
                    brand_id=brand_id,
                    person_id=person.id,
                    birth_date=patient.birth_date,
                    jurisdiction=patient.jurisdiction,
                    source="pack",
                )
            )
    await session.flush()


async def load_specialist(
    session: AsyncSession, passwords: Passwords, document: SpecialistDocument, organizations: dict[str, UUID]
) -> None:
    person = await _person(session, passwords, document, None)
    specialist = (await session.scalars(select(Specialist).filter_by(person_id=person.id))).one_or_none()
    if specialist is None:
        specialist = await _introduce(session, document, person.id)
    for licence in document.licences:
        known_by = {"specialist_id": specialist.id, "jurisdiction": licence.jurisdiction, "number": licence.number}
        await keep(session, Licence, known_by, {"expires_on": licence.expires_on})
    for engagement in document.engagements:
        by = {"organization_id": organizations[engagement.organization], "specialist_id": specialist.id}
        terms = {"appointment_types": list(engagement.appointment_types), "terms": engagement.terms}
        await keep(session, Engagement, {**by, "effective_from": engagement.effective_from}, terms)


async def _introduce(session: AsyncSession, document: SpecialistDocument, person_id: UUID) -> Specialist:
    specialist = Specialist(
        person_id=person_id,
        display_name=document.display_name,
        title=document.title,
        profession=document.profession,
        specialities=list(document.specialities),
        languages=list(document.languages),
        biography=document.biography,
        time_zone=document.time_zone,
        npi=document.npi,
    )
    session.add(specialist)
    await session.flush()
    await _hours(session, specialist.id, document.hours)
    return specialist


async def _hours(session: AsyncSession, specialist_id: UUID, documents: tuple[HoursDocument, ...]) -> None:
    await session.execute(delete(WorkingHours).where(col(WorkingHours.specialist_id) == specialist_id))
    for hours in documents:
        for day in hours.days:
            session.add(
                WorkingHours(
                    specialist_id=specialist_id,
                    weekday=WEEKDAYS.index(day),
                    starts=_minutes(hours.starts),
                    ends=_minutes(hours.ends),
                    kind=hours.kind,
                    slot_class=hours.slot_class.value,
                )
            )


async def _person(
    session: AsyncSession, passwords: Passwords, document: PersonDocument, brand_id: UUID | None
) -> Person:
    mine = col(Person.brand_id).is_(None) if brand_id is None else col(Person.brand_id) == brand_id
    query = select(Person).where(mine, func.lower(col(Person.email)) == document.email.lower())
    person = (await session.scalars(query)).one_or_none()
    if person is None:
        person = Person(
            brand_id=brand_id,
            email=document.email,
            email_verified_at=datetime.now(UTC),
            password_hash=await passwords.hash(document.password or token_urlsafe()),
            **document.model_dump(include=PLAIN),
        )
        session.add(person)
        await session.flush()
    return person


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
