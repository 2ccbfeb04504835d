"""FHIR Patients become patients of one brand. Nobody can sign in as one until the person asks for a link."""

from typing import Any
from uuid import uuid5

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.words import best
from models import Brand, Patient, Person
from usecases.fhir_import import elements
from usecases.fhir_import.reading import Resource
from usecases.fhir_import.report import Became, Report, known, refused
from usecases.fhir_import.shapes import misshapen

GENDERS = ("male", "female", "other", "unknown")
SOURCE = "fhir-import"
DECEASED = "deceased"
"""Kept for the record; nobody signs in as such a person."""


async def take_patients(session: AsyncSession, brand: Brand, resources: list[Resource], nobody: str) -> Report:
    """`nobody` is the hash of a password that nobody knows. A known patient stays as the patient has left it."""
    became = tuple([await _take(session, brand, resource, nobody) for resource in resources])
    return Report(kind="Patient", into=f"patients of {brand.key}", became=became)


async def _take(session: AsyncSession, brand: Brand, resource: Resource, nobody: str) -> Became:
    if why := misshapen(resource):
        return refused(resource["id"], "", why)
    name = " ".join(elements.names(resource)).strip()
    if why := await _wrong(session, brand, resource):
        return refused(resource["id"], name, why)
    of_person, of_patient = _of_person(resource), _of_patient(brand, resource)
    person_id, patient_id = (uuid5(brand.id, f"{kind}/{resource['id']}") for kind in ("Person", "Patient"))
    person, patient = await session.get(Person, person_id), await session.get(Patient, patient_id)
    if person and patient:
        differing = [*elements.differing(person, of_person), *elements.differing(patient, of_patient)]
        return known(resource["id"], name, differing)
    session.add(_person(brand, resource, {"id": person_id, "password_hash": nobody, **of_person}))
    await session.flush()
    mine: dict[str, Any] = {"organization_id": brand.organization_id, "brand_id": brand.id, "person_id": person_id}
    session.add(Patient(id=patient_id, source=SOURCE, **mine, **of_patient))
    await session.flush()
    return Became(id=resource["id"], name=name, what="new")


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


def _person(brand: Brand, resource: Resource, described: dict[str, Any]) -> Person:
    return Person(
        brand_id=brand.id,
        email=elements.telecom(resource, "email") or f"{resource['id']}@import.invalid",
        locale=best(brand.locales, elements.language(resource), brand.locales[0]) or "en",
        time_zone=brand.time_zone,
        **described,
    )


def _of_person(resource: Resource) -> dict[str, Any]:
    """What the file says of the person."""
    given, family = elements.names(resource)
    return {
        "given_name": given[:80],
        "family_name": family[:80],
        "phone": elements.telecom(resource, "phone"),
        "status": DECEASED if elements.has_died(resource) else "active",
    }


def _of_patient(brand: Brand, resource: Resource) -> dict[str, Any]:
    return {
        "birth_date": elements.birth_date(resource),
        "gender": resource["gender"] if resource.get("gender") in GENDERS else "unknown",
        "jurisdiction": elements.jurisdiction(resource, brand.jurisdiction),
        "address": elements.address(resource),
    }
