"""FHIR Practitioners become specialists whose engagement is pending: an import makes nobody bookable."""

from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain import npi
from models import Engagement, Organization, Person, Specialist
from usecases.fhir_import import elements
from usecases.fhir_import.reading import Resource
from usecases.fhir_import.report import Became, Report, known, refused
from usecases.fhir_import.shapes import misshapen

PENDING = "pending"
NPI_ROOM = UUID("5f2a8d0e-6c0b-5c3e-9d57-0d2f3a1b7c11")
"""An NPI names one person, whoever imports them."""


async def take_practitioners(
    session: AsyncSession, organization: Organization, resources: list[Resource], nobody: str, today: date
) -> Report:
    """A practitioner without a valid NPI is refused by name; the others are taken."""
    became = tuple([await _take(session, organization, resource, nobody, today) for resource in resources])
    return Report(kind="Practitioner", into=f"specialists of {organization.key}", became=became)


def display_name(resource: Resource) -> str:
    given, family = elements.names(resource)
    prefix = " ".join(map(str, elements.first(resource, "name").get("prefix", ())))
    return " ".join(part for part in (prefix, given, family) if part)


def _wrong(resource: Resource) -> str | None:
    if not all(elements.names(resource)):
        return "it has no full name"
    return npi.wrong(elements.identifier(resource, npi.SYSTEM))


async def _taken(session: AsyncSession, resource: Resource) -> str | None:
    """Staff have one account for all organizations, known by its address."""
    email, number = elements.telecom(resource, "email"), elements.identifier(resource, npi.SYSTEM)
    others = select(col(Person.id)).where(
        col(Person.brand_id).is_(None),
        func.lower(col(Person.email)) == email.lower(),
        col(Person.id) != _person_id(number),
    )
    return "somebody else has its e-mail address" if email and await session.scalar(others) else None


def _person_id(number: str) -> UUID:
    return uuid5(NPI_ROOM, f"Person/{number}")


async def _take(
    session: AsyncSession, organization: Organization, resource: Resource, nobody: str, today: date
) -> Became:
    """The same practitioner imported for two organizations is one person, who looks as they themselves like to."""
    if why := misshapen(resource):
        return refused(resource["id"], "", why)
    name = display_name(resource)
    if why := _wrong(resource) or await _taken(session, resource):
        return refused(resource["id"], name, why)
    number = elements.identifier(resource, npi.SYSTEM)
    specialist_id = uuid5(NPI_ROOM, f"Specialist/{number}")
    there = await session.get(Specialist, specialist_id)
    if there is None:
        await _introduce(session, specialist_id, organization, resource, nobody)
    await _engage(session, organization, specialist_id, uuid5(organization.id, f"Engagement/{number}"), today)
    if there is None:
        return Became(id=resource["id"], name=name, what="new")
    return known(resource["id"], name, elements.differing(there, {"display_name": name}))


async def _engage(
    session: AsyncSession, organization: Organization, specialist_id: UUID, engagement_id: UUID, today: date
) -> None:
    if await session.get(Engagement, engagement_id) is None:
        session.add(
            Engagement(
                id=engagement_id,
                organization_id=organization.id,
                specialist_id=specialist_id,
                status=PENDING,
                effective_from=today,
            )
        )


async def _introduce(
    session: AsyncSession, specialist_id: UUID, organization: Organization, resource: Resource, nobody: str
) -> None:
    given, family = elements.names(resource)
    person = Person(
        id=_person_id(elements.identifier(resource, npi.SYSTEM)),
        email=elements.telecom(resource, "email") or f"{resource['id']}@import.invalid",
        password_hash=nobody,
        given_name=given[:80],
        family_name=family[:80],
        time_zone=organization.time_zone,
    )
    session.add(person)
    await session.flush()
    specialist = Specialist(
        id=specialist_id,
        person_id=person.id,
        display_name=display_name(resource),
        profession="physician",
        languages=["en"],
        time_zone=organization.time_zone,
        npi=elements.identifier(resource, npi.SYSTEM),
    )
    session.add(specialist)
    await session.flush()
