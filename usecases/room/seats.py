"""Whose room it is: the one question every use case of the room asks first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient, Specialist
from domain.appointments.machine import check_door
from domain.appointments.state import OVERRUN
from domain.refusals import NotFound, RoomClosed
from models import Appointment
from models.appointment_records import state_of
from usecases.context import Context
from usecases.room import tokens

Participant = Patient | Specialist
Party = Literal["patient", "specialist"]


@dataclass(frozen=True)
class Seat:
    """One browser of one party: `peer` names it, `cursor` is the last signal it has heard.

    `told_admitted` and `told_other` are what it already knows, so that a resumed stream repeats nothing.
    """

    actor: Participant
    appointment_id: UUID
    peer: str
    cursor: int = 0
    told_admitted: bool | None = None
    told_other: str | None = None

    @property
    def party(self) -> Party:
        return party_of(self.actor)


def party_of(actor: Participant) -> Party:
    return "patient" if isinstance(actor, Patient) else "specialist"


async def own_appointment(session: AsyncSession, actor: Participant, appointment_id: UUID) -> Appointment:
    """Raises `NotFound` alike for an absent and a foreign appointment."""
    row = await session.get(Appointment, appointment_id)
    if row is None:
        raise NotFound
    mine = (
        row.patient_id == actor.patient_id if isinstance(actor, Patient) else row.specialist_id == actor.specialist_id
    )
    if not mine:
        raise NotFound
    return row


def check_open(row: Appointment, now: datetime) -> None:
    """Raises `RoomClosed` outside the time in which this appointment's room is open."""
    check_door(state_of(row), now)


def check_token(context: Context, actor: Participant, row: Appointment, token: str) -> None:
    now = context.now()
    if not tokens.holds(token, context.secret_key, row.id, actor.person_id, row.starts_at, now):
        raise RoomClosed


def closes_at(row: Appointment) -> datetime:
    return row.ends_at + OVERRUN
