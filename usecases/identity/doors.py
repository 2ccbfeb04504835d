"""Which door somebody stands at, and who they are there."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.permissions import PORTALS, Portal
from domain.access.roles import AFFILIATES
from domain.actors import Affiliate, Operator, Patient, Specialist
from domain.refusals import WrongCredentials
from models import Person
from usecases.identity.seats import Seat, read_seats, seats_json

Actor = Patient | Specialist | Operator | Affiliate
SEATED_SQL = {
    portal: f"select {seats_json(portal, ':now')}::text from person p where p.id = :person" for portal in PORTALS
}
SEATED = {portal: text(SQL) for portal, SQL in SEATED_SQL.items()}
STANDING_IN = frozenset({"guardian", "assistant", "supervisor"})


@dataclass(frozen=True)
class Door:
    """A portal; `brand_id` at the patients' door only."""

    portal: Portal
    brand_id: UUID | None = None


@dataclass(frozen=True)
class Identity:
    """Who is signed in at a door. `seats`: whom or what they may act for, their own first.

    `confirmed_at` is when they last showed who they are; `step_up.py` asks how long ago that was. `factor_due`: before
    they have a second factor they reach nothing but what is about themselves.
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
    factor_due: bool = False

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
    found = (await session.execute(SEATED[door.portal], {"person": person.id, "now": now})).scalar_one()
    return seated(door.portal, person.id, json.loads(found), wanted)


def seated(
    portal: Portal, person_id: UUID, found: list[dict[str, Any]], wanted: UUID | None
) -> tuple[Actor, list[Seat]]:
    """Who sits on the wanted seat, or on the first. Raises `WrongCredentials` when there is none."""
    seats, rows = read_seats(found)
    if not seats:
        raise WrongCredentials
    seat = next((each for each in seats if each.id == wanted), seats[0])
    row, role = rows[seat.id], seat.roles[0]
    match portal:
        case "patient":
            brand_id, organization_id = UUID(row["brand_id"]), UUID(row["organization_id"])
            return Patient(organization_id, brand_id, person_id, seat.id, role), seats
        case "specialist":
            return Specialist(person_id, seat.id, role), seats
        case "organization":
            roles, granted = frozenset(seat.roles) | frozenset(row["lent"]), frozenset(row["granted"])
            return Operator(seat.id, person_id, roles, granted), seats
        case "affiliate":
            return Affiliate(seat.id, person_id, AFFILIATES[role]), seats
