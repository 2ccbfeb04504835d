"""Messages that were true when they were asked for and are not any more: a night or a silent vendor lies between."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.messages import OPEN, OUTDATED
from models import Message
from models.recipients import Subject
from workflows.steps import SendMessage

BOOKED = ("confirmed", "waiting")


def is_outdated(message: SendMessage, subject: Subject, now: datetime) -> bool:
    """Of an appointment only the last move is told, and people are reminded of its newest time alone; a journey nudges
    nobody to what is done. What a key names is for whoever makes it: `domain.appointments.machine`,
    `domain.journeys.patience`."""
    appointment, journey = subject.appointment, subject.journey
    match message.key.split("/"):
        case ["appointment", _, "confirmation"] if appointment:
            return appointment.status not in BOOKED
        case ["appointment", _, "moved", moves] if appointment:
            return appointment.status not in BOOKED or moves != str(appointment.moves)
        case ["appointment", _, "reminder", moves, _] if appointment:
            over = appointment.status != "confirmed" or appointment.starts_at <= now
            return over or moves != str(appointment.moves)
        case ["journey", _, "nudge" | "escalation", step, _] if journey:
            return journey.status != "active" or journey.step != step
    return False


async def close_others(session: AsyncSession, message: SendMessage, wanted: Collection[UUID]) -> None:
    """Rows of the same message that nobody will send any more say so."""
    about = (
        col(Message.appointment_id) == message.appointment_id
        if message.appointment_id
        else col(Message.journey_id) == message.journey_id
    )
    others = update(Message).where(
        about,
        col(Message.organization_id) == message.organization_id,
        col(Message.key).startswith(f"{message.key}/", autoescape=True),
        col(Message.status).in_(OPEN),
        col(Message.id).not_in(wanted),
    )
    await session.execute(others.values(status="suppressed", reason=OUTDATED, updated_at=datetime.now(UTC)))
