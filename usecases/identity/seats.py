"""Whom or what a person may act for at a door, and switching between them without signing out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from domain.refusals import NotAllowed, WrongCredentials
from models import Assistance, Guardianship, Membership, Organization, Patient, Person, SignInSession, Specialist
from usecases.context import Context
from usecases.views import Command

AFFILIATES = {"affiliate": "manager", "affiliate-manager": "manager", "affiliate-viewer": "viewer"}
"""Role of a membership -> role at the affiliate portal; every other role is one of the organization portal."""


@dataclass(frozen=True)
class Seat:
    """An organization, a patient or a specialist somebody may act for, and as what."""

    id: UUID
    name: str
    roles: tuple[str, ...]


class TakeSeat(Command):
    """Act for another of those one may act for."""

    seat_id: UUID


def take(seats: list[Seat], wanted: UUID | None) -> Seat:
    """The wanted seat, or the first. Raises `WrongCredentials` when there is none."""
    if not seats:
        raise WrongCredentials
    return next((seat for seat in seats if seat.id == wanted), seats[0])


async def switch_seat(context: Context, session_id: UUID, seats: tuple[Seat, ...], command: TakeSeat) -> Seat:
    """Act for another without signing out. Raises `NotAllowed` for a seat that is not one's own."""
    chosen = next((seat for seat in seats if seat.id == command.seat_id), None)
    if chosen is None:
        raise NotAllowed
    async with context.database.transaction(House()) as session:
        mine = col(SignInSession.id) == session_id
        await session.execute(update(SignInSession).where(mine).values(seat_id=chosen.id))
    return chosen


async def patients(session: AsyncSession, person: Person, now: datetime) -> tuple[list[Seat], dict[UUID, Patient]]:
    """The person as a patient, then those whose guardian they are; all of the account's own brand."""
    of_brand = col(Patient.brand_id) == person.brand_id
    own = await session.scalars(select(Patient).where(col(Patient.person_id) == person.id, of_brand))
    wards = (
        select(Patient, Person)
        .join(Guardianship, col(Guardianship.patient_id) == col(Patient.id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .where(col(Guardianship.person_id) == person.id, of_brand, _lasts(Guardianship, now))
        .order_by(col(Person.given_name))
    )
    rows = {row.id: row for row in own}
    seats = [Seat(row_id, _name(person), ("self",)) for row_id in rows]
    for row, ward in (await session.execute(wards)).all():
        rows[row.id] = row
        seats.append(Seat(row.id, _name(ward), ("guardian",)))
    return seats, rows


async def specialists(session: AsyncSession, person: Person, now: datetime) -> list[Seat]:
    """The person as a specialist, then those they assist or supervise."""
    own = await session.scalars(select(Specialist).where(col(Specialist.person_id) == person.id))
    assisted = (
        select(Specialist, col(Assistance.role))
        .join(Assistance, col(Assistance.specialist_id) == col(Specialist.id))
        .where(col(Assistance.person_id) == person.id, _lasts(Assistance, now))
        .order_by(col(Specialist.display_name))
    )
    seats = [Seat(row.id, row.display_name, ("clinician",)) for row in own]
    return seats + [Seat(row.id, row.display_name, (role,)) for row, role in (await session.execute(assisted)).all()]


async def memberships(session: AsyncSession, person: Person, *, as_partner: bool) -> list[Seat]:
    """The person's organizations by name."""
    partner = col(Membership.role).in_(AFFILIATES)
    query = (
        select(col(Organization.id), col(Organization.name), col(Membership.role))
        .join(Membership, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.person_id) == person.id, col(Membership.status) == "active")
        .where(partner if as_partner else ~partner)
        .order_by(col(Organization.name), col(Membership.role))
    )
    found: dict[UUID, Seat] = {}
    for organization_id, name, role in (await session.execute(query)).all():
        known = found.get(organization_id)
        found[organization_id] = Seat(organization_id, name, (*(known.roles if known else ()), role))
    return list(found.values())


def _lasts(kind: type[Guardianship | Assistance], now: datetime) -> ColumnElement[bool]:
    return (
        col(kind.ended_at).is_(None)
        & (col(kind.starts_at) <= now)
        & or_(col(kind.until).is_(None), col(kind.until) > now)
    )


def _name(person: Person) -> str:
    return f"{person.given_name} {person.family_name}".strip()
