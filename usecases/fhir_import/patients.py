"""FHIR Patients become patients of one brand. Nobody can sign in as one until the person asks for a link."""

from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.words import best
from models import Brand, Patient, Person
from usecases.fhir_import import elements
from usecases.fhir_import.reading import Resource
from usecases.fhir_import.report import Report, Turned

GENDERS = ("male", "female", "other", "unknown")
SOURCE = "fhir-import"
DECEASED = "deceased"
"""Kept for the record; nobody signs in as such a person."""


async def take_patients(session: AsyncSession, brand: Brand, resources: list[Resource], nobody: str) -> Report:
    """`nobody` is the hash of a password that nobody knows. Known patients get what the file says of the person."""
    made, renewed, refused = 0, 0, []
    for resource in resources:
        if why := await _wrong(session, brand, resource):
            given, family = elements.names(resource)
            refused.append(Turned(id=resource["id"], name=f"{given} {family}".strip(), why=why))
        elif await _take(session, brand, resource, nobody):
            made += 1
        else:
            renewed += 1
    return Report(kind="Patient", into=f"patients of {brand.key}", made=made, renewed=renewed, refused=tuple(refused))


async def _wrong(session: AsyncSession, brand: Brand, resource: Resource) -> str | None:
    if not all(elements.names(resource)):
        return "it has no full name"
    email = elements.telecom(resource, "email")
    others = select(col(Person.id)).where(
        col(Person.brand_id) == brand.id,
        func.lower(col(Person.email)) == email.lower(),
        col(Person.id) != uuid5(brand.id, f"Person/{resource['id']}"),
    )
    if email and await session.scalar(others):
        return "somebody else of the brand has its e-mail address"
    return None


async def _take(session: AsyncSession, brand: Brand, resource: Resource, nobody: str) -> bool:
    """True when the patient is new."""
    person_id, patient_id = (uuid5(brand.id, f"{kind}/{resource['id']}") for kind in ("Person", "Patient"))
    person, patient = await session.get(Person, person_id), await session.get(Patient, patient_id)
    made = person is None or patient is None
    if person is None or patient is None:
        person = _nobody_yet(person_id, brand, resource, nobody)
        session.add(person)
        await session.flush()
        mine = {"organization_id": brand.organization_id, "brand_id": brand.id, "person_id": person_id}
        patient = Patient.model_validate({"id": patient_id, "source": SOURCE, **mine})
        session.add(patient)
    _describe(person, patient, brand, resource)
    await session.flush()
    return made


def _nobody_yet(person_id: UUID, brand: Brand, resource: Resource, nobody: str) -> Person:
    return Person(
        id=person_id,
        brand_id=brand.id,
        email=elements.telecom(resource, "email") or f"{resource['id']}@import.invalid",
        password_hash=nobody,
        given_name="",
        family_name="",
        locale=best(brand.locales, elements.language(resource), brand.locales[0]) or "en",
        time_zone=brand.time_zone,
    )


def _describe(person: Person, patient: Patient, brand: Brand, resource: Resource) -> None:
    given, family = elements.names(resource)
    person.given_name, person.family_name = given[:80], family[:80]
    person.phone = elements.telecom(resource, "phone")
    if elements.has_died(resource):
        person.status = DECEASED
    patient.birth_date = elements.birth_date(resource)
    patient.gender = resource["gender"] if resource.get("gender") in GENDERS else "unknown"
    patient.jurisdiction = elements.jurisdiction(resource, brand.jurisdiction)
    patient.address = elements.address(resource)
