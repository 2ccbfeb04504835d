"""The whole state of a journey as one serialisable value, what may happen to it, and what it asks for."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.journeys.language import Owner


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class AppointmentChanged(Value):
    """Sent by the appointment's own workflow. `ends`: when it is over, as it is planned now."""

    event: Literal["appointment-changed"] = "appointment-changed"
    appointment_id: UUID
    change: Literal["confirmed", "moved", "released", "cancelled", "completed", "missed"]
    absent: str | None = None
    ends: datetime | None = None


class JourneyState(Value):
    """`facts` is what conditions see; `rounds` counts each repeat step; `version` counts transitions.

    `appointment_ends` is None while it is not known. `unheard`: what became of the appointment while the journey stood
    at a step that does not listen to it. `rested`: for so long nobody could do anything at this step.
    """

    journey_id: UUID
    organization_id: UUID
    brand_id: UUID
    patient_id: UUID
    definition_key: str
    definition_version: int
    step: str
    entered_at: datetime
    facts: dict[str, Any] = Field(default_factory=dict)
    appointment_id: UUID | None = None
    appointment_ends: datetime | None = None
    unheard: AppointmentChanged | None = None
    rested: timedelta = timedelta(0)
    nudges: int = 0
    escalated: bool = False
    rounds: dict[str, int] = Field(default_factory=dict)
    outcome: str | None = None
    version: int = 0

    @property
    def ended(self) -> bool:
        return self.outcome is not None


class ConsentsGiven(Value):
    """`kinds`: every consent of the patient that is active now."""

    event: Literal["consents-given"] = "consents-given"
    kinds: tuple[str, ...]


class FormCompleted(Value):
    """`facts`: score, band, flags of the form, never its answers."""

    event: Literal["form-completed"] = "form-completed"
    form: str
    facts: dict[str, Any] = Field(default_factory=dict)


class AppointmentHeld(Value):
    event: Literal["appointment-held"] = "appointment-held"
    appointment_id: UUID
    ends: datetime | None = None


class NoteSigned(Value):
    event: Literal["note-signed"] = "note-signed"
    appointment_id: UUID


class TaskDone(Value):
    """`by` is the role it was done in; "" for the one it is for."""

    event: Literal["task-done"] = "task-done"
    step: str
    by: str = ""


Event = ConsentsGiven | FormCompleted | AppointmentHeld | AppointmentChanged | NoteSigned | TaskDone


class Entry(Value):
    """One line of a journey's story. `what` is a name the portals put into words, `step` where it happened.

    `by` is an `Owner`, "organization" or the role of whoever did somebody else's task.
    """

    version: int
    at: datetime
    what: str
    step: str
    by: str
    detail: str = ""


class Notify(Value):
    """Tell `to` by `template`; `key` makes it once only, and names the step that it is about after the template."""

    effect: Literal["notify"] = "notify"
    to: Owner
    template: str
    key: str


class OpenTask(Value):
    effect: Literal["open-task"] = "open-task"
    step: str
    assignee: Owner
    urgent: bool
    due_at: datetime


class OfferMaterials(Value):
    effect: Literal["offer-materials"] = "offer-materials"
    materials: tuple[str, ...]
    appointment_id: UUID | None


Effect = Notify | OpenTask | OfferMaterials


class Waiting(Value):
    """What a journey waits for: `kind` is the step's kind, `then` the step that follows when patience ends."""

    step: str
    kind: str
    owner: Owner
    since: datetime
    until: datetime
    then: str
    next_at: datetime
    next_what: Literal["nudge", "escalate", "deadline"]
