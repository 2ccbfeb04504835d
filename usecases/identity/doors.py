"""Which door somebody stands at, and who they are there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Affiliate, Operator, Patient, Specialist
from models import Person
from usecases.identity.seats import AFFILIATES, Seat, memberships, patients, specialists, take
from usecases.identity.staff_roles import granted_by, lent_to

Portal = Literal["patient", "specialist", "organization", "affiliate"]
Actor = Patient | Specialist | Operator | Affiliate
STANDING_IN = frozenset({"guardian", "assistant", "supervisor"})


@dataclass(frozen=True)
class Door:
    """A portal; `brand_id` at the patients' door only."""

    portal: Portal
    brand_id: UUID | None = None


@dataclass(frozen=True)
class Identity:
    """Who is signed in at a door. `seats`: whom or what they may act for, their own first.

    `confirmed_at` is when they last showed who they are; `step_up.py` asks how long ago that was.
    """

    session_id: UUID
    actor: Actor
    person_id: UUID
    name: str
    email: str
    locale: str
    time_zone: str
    confirmed_at: datetime
    seats: tuple[Seat, ...] = ()
    seat_id: UUID | None = None

    @property
    def acting_for(self) -> str | None:
        """The patient or specialist somebody else acts for; None for oneself and for organizations."""
        seat = next((seat for seat in self.seats if seat.id == self.seat_id), None)
        return seat.name if seat and STANDING_IN.intersection(seat.roles) else None


async def actor_at(
    session: AsyncSession, door: Door, person: Person, wanted: UUID | None, now: datetime
) -> tuple[Actor, list[Seat]]:
    """What `person` is at `door`, on the `wanted` seat if it is theirs.

    Raises `WrongCredentials` when that is nothing: the answer must not tell why.
    """
    match door.portal:
        case "patient":
            return await _patient(session, person, wanted, now)
        case "specialist":
            return await _specialist(session, person, wanted, now)
        case "organization":
            return await _operator(session, person, wanted, now)
        case "affiliate":
            return await _affiliate(session, person, wanted)


async def _patient(
    session: AsyncSession, person: Person, wanted: UUID | None, now: datetime
) -> tuple[Patient, list[Seat]]:
    seats, rows = await patients(session, person, now)
    seat = take(seats, wanted)
    row = rows[seat.id]
    return Patient(row.organization_id, row.brand_id, person.id, row.id, seat.roles[0]), seats


async def _specialist(
    session: AsyncSession, person: Person, wanted: UUID | None, now: datetime
) -> tuple[Specialist, list[Seat]]:
    seats = await specialists(session, person, now)
    seat = take(seats, wanted)
    return Specialist(person.id, seat.id, seat.roles[0]), seats


async def _operator(
    session: AsyncSession, person: Person, wanted: UUID | None, now: datetime
) -> tuple[Operator, list[Seat]]:
    seats = await memberships(session, person, as_partner=False)
    seat = take(seats, wanted)
    roles = frozenset(seat.roles) | await lent_to(session, seat.id, person.id, now)
    return Operator(seat.id, person.id, roles, await granted_by(session, seat.id, roles)), seats


async def _affiliate(session: AsyncSession, person: Person, wanted: UUID | None) -> tuple[Affiliate, list[Seat]]:
    seats = await memberships(session, person, as_partner=True)
    seat = take(seats, wanted)
    return Affiliate(seat.id, person.id, AFFILIATES[seat.roles[0]]), seats
