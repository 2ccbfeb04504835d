"""The whole state of an appointment as one serialisable value. FHIR names stand beside ours in `FHIR_STATUS`."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.money import Money
from domain.scheduling.terms import CancellationTerms, Party


class Status(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    IN_SESSION = "in-session"
    COMPLETED = "completed"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    RELEASED = "released"


ENDED = frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED, Status.RELEASED})
"""Nothing is waited for any more."""

OCCUPYING = frozenset(set(Status) - {Status.CANCELLED, Status.RELEASED, Status.NO_SHOW})
"""The specialist's time is taken; the database's exclusion constraint names the same set."""


def status_at(status: Status, hold_until: datetime, now: datetime) -> Status:
    """A hold whose time is up counts as released, also while nobody has written that down."""
    return Status.RELEASED if status is Status.HELD and now >= hold_until else status


FHIR_STATUS = {
    Status.HELD: "pending",
    Status.CONFIRMED: "booked",
    Status.WAITING: "arrived",
    Status.IN_SESSION: "fulfilled",
    Status.COMPLETED: "fulfilled",
    Status.NO_SHOW: "noshow",
    Status.CANCELLED: "cancelled",
    Status.RELEASED: "cancelled",
}

LONGEST = timedelta(hours=8)
"""No session is planned to last longer."""

DOOR_OPENS = timedelta(minutes=15)
"""How long before the start the waiting room opens."""

OVERRUN = timedelta(minutes=60)
"""How long after the planned end a session may go on before it is closed by itself."""


TO_ADMIT = timedelta(minutes=10)
"""How long the specialist has at least from when the patient came: at the last moment that makes nobody absent."""

By = Party | Literal["clock"]
Modality = Literal["video", "phone", "in-person"]


def has_room(modality: str) -> bool:
    """Whether both come to our session room, whose door knows who came. Of other sessions the specialist tells."""
    return modality == "video"


class AppointmentState(BaseModel):
    """`version` counts transitions; `reminders` are hours before the start, `reminded` how many of them are done.

    `late`: the patient cancelled it with less notice than the terms ask for, whatever that costs. `arrived_at`: when
    the patient came to the door first, if `arrival_counts`; runs that began before it did go on as they were.
    """

    model_config = ConfigDict(frozen=True)

    appointment_id: UUID
    organization_id: UUID
    journey_id: UUID | None = None
    status: Status = Status.HELD
    start: datetime
    end: datetime
    price: Money
    terms: CancellationTerms
    hold_until: datetime
    modality: Modality = "video"
    patient_zone: str = "UTC"
    reminders: tuple[int, ...] = (24, 1)
    reminded: int = 0
    moves: int = 0
    paid: bool = False
    patient_arrived: bool = False
    arrival_counts: bool = False
    arrived_at: datetime | None = None
    absent: Party | None = None
    cancelled_by: Party | None = None
    late: bool = False
    fee: Money | None = None
    version: int = 0

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def has_room(self) -> bool:
        return has_room(self.modality)

    @property
    def grace_ends(self) -> datetime:
        """Until then whoever has not come is not absent."""
        return self.start + timedelta(minutes=self.terms.grace_minutes)

    @property
    def closes(self) -> datetime:
        """From then on there is no session any more, begun or not."""
        return self.end + OVERRUN


def keeps_waiting(state: AppointmentState, now: datetime) -> bool:
    """Whether it is the specialist who is late.

    The patient is at the door of a session that should have begun; or of one without a door nobody has said that it
    began, nor, with some minutes for saying it, that the patient did not come.
    """
    if state.has_room:
        return state.status is Status.WAITING and now >= state.start
    return state.status is Status.CONFIRMED and now >= state.grace_ends + TO_ADMIT


class Entry(BaseModel):
    """One line of an appointment's story: what happened, when, by whom."""

    model_config = ConfigDict(frozen=True)

    version: int
    at: datetime
    what: str
    by: By


class Effect(BaseModel):
    model_config = ConfigDict(frozen=True)


class Notify(Effect):
    """Send the patient `template`; `key` makes it once only."""

    template: Literal["confirmation", "reminder", "moved", "cancelled", "missed", "payment-returned"]
    key: str


class CloseHold(Effect):
    """The hold's time is up: end every open payment at the vendor, and say whether one had gone through."""


class Refund(Effect):
    """Give back `amount`; `retained` stays as a fee."""

    amount: Money
    retained: Money
    key: str


class TellJourney(Effect):
    """`event` is the name of a journey event about this appointment."""

    event: Literal["confirmed", "moved", "released", "cancelled", "completed", "missed"]
    absent: Party | None = None


Effects = tuple[Effect, ...]
