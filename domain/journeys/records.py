"""What Postgres is to know of a journey's moves: small, complete, and in order by version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from domain.journeys.engine import Move
from domain.journeys.language import Definition, Stage, stage_of
from domain.journeys.patience import waiting
from domain.journeys.state import Entry, JourneyState, OfferMaterials, OpenTask, Value


class Began(Value):
    """What never changes; only the record of the opening has it."""

    brand_id: UUID
    patient_id: UUID
    program_id: UUID
    definition_key: str
    definition_version: int


class JourneyRecord(Value):
    """One move: where it led, in the table's own terms, and the lines, tasks and materials it brought.

    `facts` is None when they are as before. A record fits onto the version before its first line's.
    """

    version: int
    stage: Stage
    step: str
    step_kind: str = "end"
    waits_for: str = ""
    since: datetime
    until: datetime | None = None
    then: str = ""
    escalated: bool = False
    appointment_id: UUID | None = None
    outcome: str = ""
    facts: dict[str, Any] | None = None
    lines: tuple[Entry, ...] = Field(min_length=1)
    tasks: tuple[OpenTask, ...] = ()
    materials: tuple[OfferMaterials, ...] = ()
    began: Began | None = None

    @property
    def follows(self) -> int:
        return self.lines[0].version - 1


def record_of(definition: Definition, move: Move, before: JourneyState | None, program_id: UUID) -> JourneyRecord:
    """`before` is None for the opening."""
    state, wait = move.state, waiting(definition, move.state)
    return JourneyRecord(
        version=state.version,
        stage=stage_of(definition.step(state.step)),
        step=state.step,
        step_kind=wait.kind if wait else "end",
        waits_for=wait.owner if wait else "",
        since=state.entered_at,
        until=wait.until if wait else None,
        then=wait.then if wait else "",
        escalated=state.escalated,
        appointment_id=state.appointment_id,
        outcome=state.outcome or "",
        facts=None if before and before.facts == state.facts else state.facts,
        lines=move.entries,
        tasks=tuple(effect for effect in move.effects if isinstance(effect, OpenTask)),
        materials=tuple(effect for effect in move.effects if isinstance(effect, OfferMaterials)),
        began=None if before else _began(state, program_id),
    )


def _began(state: JourneyState, program_id: UUID) -> Began:
    return Began(
        brand_id=state.brand_id,
        patient_id=state.patient_id,
        program_id=program_id,
        definition_key=state.definition_key,
        definition_version=state.definition_version,
    )
