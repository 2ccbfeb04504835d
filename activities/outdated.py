"""Messages that were true when they were asked for and are not any more: a night or a silent vendor lies between."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.messages import OPEN, OUTDATED
from models import Appointment, Journey, Message
from models.recipients import Subject
from workflows.steps import SendMessage

ONLY_WHILE: dict[str, tuple[str, ...]] = {
    "reminder": ("confirmed",),
    "confirmation": ("confirmed", "waiting"),
    "moved": ("confirmed", "waiting"),
}
"""Templates that have lost their sense once the appointment is in another state."""

OF_A_STEP = ("nudge", "escalation")


def is_outdated(message: SendMessage, subject: Subject, now: datetime) -> bool:
    if subject.appointment and message.template in ONLY_WHILE:
        return _appointment_went_on(message, subject.appointment, now)
    if subject.journey and message.template in OF_A_STEP:
        return _journey_went_on(message, subject.journey)
    return False


def _appointment_went_on(message: SendMessage, appointment: Appointment, now: datetime) -> bool:
    """Of an appointment that has moved on, the last move is told, and only of the newest time people are reminded."""
    if message.template == "reminder" and appointment.starts_at <= now:
        return True
    newest = {"reminder": f"/reminder/{appointment.moves}/", "moved": f"/moved/{appointment.moves}/"}
    if newest.get(message.template, "") not in f"{message.key}/":
        return True
    return appointment.status not in ONLY_WHILE[message.template]


def _journey_went_on(message: SendMessage, journey: Journey) -> bool:
    """What somebody was to be told is waiting for them is done, or its patience has ended."""
    return journey.status != "active" or f"/{message.template}/{journey.step}/" not in message.key


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
