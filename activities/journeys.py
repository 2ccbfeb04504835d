"""Journeys in Postgres: their state where pages read it, their story, their tasks and materials."""

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from domain.actors import Engine
from models import Journey, JourneyEntry, OfferedMaterial, Task
from models.announcements import announce
from models.base import values_of
from models.session import Database
from workflows.steps import JourneySteps, RecordJourney


class Journeys(JourneySteps):
    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="record_journey")
    async def record_journey(self, record: RecordJourney) -> None:
        state = record.state
        async with self.database.transaction(Engine(record.organization_id)) as session:
            if not await _keep(session, record):
                return
            await _story(session, record)
            await _tasks(session, record)
            await _materials(session, record)
            await announce(
                session,
                ("journey", state.journey_id),
                ("patient", state.patient_id),
                ("organization", record.organization_id),
            )


async def _keep(session: AsyncSession, record: RecordJourney) -> bool:
    """The row with the newer state; made by the first record, False when the state is known already."""
    state = record.state
    row = Journey(
        id=state.journey_id,
        organization_id=record.organization_id,
        brand_id=state.brand_id,
        patient_id=state.patient_id,
        program_id=record.program_id,
        definition_key=state.definition_key,
        definition_version=state.definition_version,
        started_at=state.entered_at,
    )
    made = insert(Journey).values({**values_of(row), **columns(record)})
    newer = col(Journey.version) < state.version
    kept = made.on_conflict_do_update(index_elements=["id"], set_=columns(record), where=newer)
    return await session.scalar(kept.returning(col(Journey.id))) is not None


def columns(record: RecordJourney) -> dict[str, object]:
    """What the table keeps of a journey's state."""
    state, wait = record.state, record.waiting
    return {
        "status": "ended" if state.ended else "active",
        "stage": record.stage,
        "step": state.step,
        "step_kind": wait.kind if wait else "end",
        "waits_for": wait.owner if wait else "",
        "since": wait.since if wait else state.entered_at,
        "until": wait.until if wait else None,
        "then": wait.then if wait else "",
        "escalated": state.escalated,
        "appointment_id": state.appointment_id,
        "outcome": state.outcome or "",
        "ended_at": state.entered_at if state.ended else None,
        "facts": state.facts,
        "version": state.version,
    }


async def _story(session: AsyncSession, record: RecordJourney) -> None:
    state = record.state
    for line in record.lines:
        entry = JourneyEntry(
            organization_id=record.organization_id,
            journey_id=state.journey_id,
            patient_id=state.patient_id,
            **line.model_dump(),
        )
        await session.execute(insert(JourneyEntry).values(values_of(entry)).on_conflict_do_nothing())


async def _tasks(session: AsyncSession, record: RecordJourney) -> None:
    """A step that is left closes its task, whoever or whatever ended it."""
    state = record.state
    mine = (col(Task.journey_id) == state.journey_id) & (col(Task.step) != state.step)
    open_elsewhere = mine & col(Task.done_at).is_(None)
    await session.execute(update(Task).where(open_elsewhere).values(done_at=state.entered_at))
    for opened in record.tasks:
        task = Task(
            organization_id=record.organization_id,
            journey_id=state.journey_id,
            patient_id=state.patient_id,
            opened_version=state.version,
            opened_at=state.entered_at,
            **opened.model_dump(exclude={"effect"}),
        )
        await session.execute(insert(Task).values(values_of(task)).on_conflict_do_nothing())


async def _materials(session: AsyncSession, record: RecordJourney) -> None:
    state = record.state
    for offer in record.materials:
        for key in offer.materials:
            material = OfferedMaterial(
                organization_id=record.organization_id,
                journey_id=state.journey_id,
                patient_id=state.patient_id,
                appointment_id=offer.appointment_id,
                material_key=key,
                offered_at=state.entered_at,
            )
            await session.execute(insert(OfferedMaterial).values(values_of(material)).on_conflict_do_nothing())
