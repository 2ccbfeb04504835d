"""What people may ask of a running journey or appointment, and what a journey is started with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from domain.journeys.language import Definition
from domain.journeys.state import Event, JourneyState
from domain.scheduling.terms import Party


class Command(BaseModel):
    model_config = ConfigDict(frozen=True)


class JourneyStart(Command):
    """`definition` is pinned: a run keeps the version it started with, however long it lives.

    The opening follows from `began_at`, for whoever computes it. `state` is what continue-as-new carries on later.
    """

    journey_id: UUID
    organization_id: UUID
    brand_id: UUID
    patient_id: UUID
    program_id: UUID
    began_at: datetime
    definition: Definition
    state: JourneyState | None = None


class Act(Command):
    """Something a person did that the journey may have waited for."""

    event: Event = Field(discriminator="event")

    @field_serializer("event")
    def with_its_name(self, event: Event) -> dict[str, Any]:
        return event.model_dump(mode="json")


class Pay(Command):
    """With a saved card, or (None) on the vendor's page; the patient comes back to `return_url`."""

    payment_method: str | None = None
    attempt: str
    return_url: str
    cancel_url: str
    save_card: bool = False


class Reschedule(Command):
    start: datetime


class Cancel(Command):
    """`unpaid`: only while nothing has been paid. `most`: what it may cost, in minor units of the price. `start`: when
    whoever cancels believes it is; they may have been shown it before it was moved."""

    by: Party
    unpaid: bool = False
    most: int | None = None
    start: datetime | None = None
