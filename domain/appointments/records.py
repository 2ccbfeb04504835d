"""What Postgres is to know of an appointment's steps: small, complete, and in order by version."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from domain.appointments.machine import Step
from domain.appointments.state import CloseHold, Entry, Status
from domain.appointments.waiting import waiting
from domain.scheduling.terms import Party


class AppointmentRecord(BaseModel):
    """One step: where it led, in the table's own terms, and its story line. `fee` is in minor units of the price.

    A hold that the patient gave back is released: it was no appointment yet, so nothing was cancelled.
    """

    model_config = ConfigDict(frozen=True)

    version: int
    status: Status
    paid: bool = False
    fee: int = 0
    moves: int = 0
    cancelled_by: Party | None = None
    late: bool = False
    absent: Party | None = None
    patient_arrived: bool = False
    waits_for: str = ""
    until: datetime | None = None
    then: str = ""
    line: Entry


def record_of(step: Step) -> AppointmentRecord:
    state, wait = step.state, waiting(step.state)
    return AppointmentRecord(
        version=state.version,
        status=Status.RELEASED if _gave_back(step) else state.status,
        paid=state.paid,
        fee=state.fee.amount if state.fee else 0,
        moves=state.moves,
        cancelled_by=state.cancelled_by,
        late=state.late,
        absent=state.absent,
        patient_arrived=state.patient_arrived,
        waits_for=wait.owner if wait else "",
        until=wait.until if wait else None,
        then=wait.then if wait else "",
        line=step.entry,
    )


def _gave_back(step: Step) -> bool:
    held = any(isinstance(effect, CloseHold) for effect in step.effects)
    return held and step.state.cancelled_by == "patient"
