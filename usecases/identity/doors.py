"""Which door somebody stands at, and who they are there."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Affiliate, Operator, Patient, Specialist
from domain.refusals import WrongCredentials
from models import Membership, Organization, Person
from models import Patient as PatientRow
from models import Specialist as SpecialistRow

Portal = Literal["patient", "specialist", "organization", "affiliate"]
Actor = Patient | Specialist | Operator | Affiliate


@dataclass(frozen=True)
class Door:
    """A portal; `brand_id` at the patients' door only."""

    portal: Portal
    brand_id: UUID | None = None


@dataclass(frozen=True)
class Seat:
    """An organization somebody may act for."""

    organization_id: UUID
    name: str


@dataclass(frozen=True)
class Identity:
    """Who is signed in at a door. `seats`: the organizations to switch between."""

    session_id: UUID
    actor: Actor
    person_id: UUID
    name: str
    email: str
    locale: str
    time_zone: str
    seats: tuple[Seat, ...] = ()


async def actor_at(session: AsyncSession, door: Door, person: Person, wanted: UUID | None) -> tuple[Actor, list[Seat]]:
    """What `person` is at `door`. Raises `WrongCredentials` when that is nothing: the answer must not tell why."""
    match door.portal:
        case "patient":
            return await _patient(session, person), []
        case "specialist":
            return await _specialist(session, person), []
        case "organization":
            return await _operator(session, person, wanted)
        case "affiliate":
            return await _affiliate(session, person, wanted)


async def _patient(session: AsyncSession, person: Person) -> Patient:
    row = (await session.scalars(select(PatientRow).where(col(PatientRow.person_id) == person.id))).one_or_none()
    if row is None or person.brand_id != row.brand_id:
        raise WrongCredentials
    return Patient(row.organization_id, row.brand_id, person.id, row.id)


async def _specialist(session: AsyncSession, person: Person) -> Specialist:
    mine = col(SpecialistRow.person_id) == person.id
    row = (await session.scalars(select(SpecialistRow).where(mine))).one_or_none()
    if row is None:
        raise WrongCredentials
    return Specialist(person.id, row.id)


async def _operator(session: AsyncSession, person: Person, wanted: UUID | None) -> tuple[Operator, list[Seat]]:
    seats, roles = await _seats(session, person, affiliate=False)
    chosen = wanted if wanted in roles else seats[0].organization_id
    return Operator(chosen, person.id, frozenset(roles[chosen])), seats


async def _affiliate(session: AsyncSession, person: Person, wanted: UUID | None) -> tuple[Affiliate, list[Seat]]:
    seats, roles = await _seats(session, person, affiliate=True)
    return Affiliate(wanted if wanted in roles else seats[0].organization_id, person.id), seats


async def _seats(session: AsyncSession, person: Person, *, affiliate: bool) -> tuple[list[Seat], dict[UUID, set[str]]]:
    is_affiliate = col(Membership.role) == "affiliate"
    query = (
        select(Membership, Organization)
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.person_id) == person.id, col(Membership.status) == "active")
        .where(is_affiliate if affiliate else ~is_affiliate)
        .order_by(col(Organization.name))
    )
    roles: dict[UUID, set[str]] = {}
    names: dict[UUID, str] = {}
    for membership, organization in (await session.execute(query)).all():
        roles.setdefault(organization.id, set()).add(membership.role)
        names[organization.id] = organization.name
    if not roles:
        raise WrongCredentials
    return [Seat(organization_id, name) for organization_id, name in names.items()], roles
