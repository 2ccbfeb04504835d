"""Journeys in Postgres: their state where pages read it, their story, their tasks and materials.

Written by whoever moved a journey: the use case a person asked, or the journey's own workflow.
"""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.journeys.records import JourneyRecord
from models.announcements import announce
from models.base import values_of
from models.journey import Journey, JourneyEntry, OfferedMaterial, Task
from workflows.steps import RecordJourney


async def journey_lacks(session: AsyncSession, asked: RecordJourney) -> bool:
    """Whether moves before the first of `asked` were never recorded."""
    known = await session.scalar(select(col(Journey.version)).where(col(Journey.id) == asked.journey_id))
    return bool(asked.records) and asked.records[0].follows > (known or 0)


async def keep_journey(session: AsyncSession, asked: RecordJourney) -> None:
    """Once only and never backwards: what is known already changes nothing."""
    row = await _row(session, asked)
    if row is None:
        return
    news = [record for record in asked.records if record.version > row.version]
    for record in news:
        changed = update(Journey).where(col(Journey.id) == row.id)
        await session.execute(changed.values(columns(record)))
        await _story(session, row, record)
        await _tasks(session, row, record)
        await _materials(session, row, record)
    if news:
        topics = (("journey", row.id), ("patient", row.patient_id), ("organization", row.organization_id))
        await announce(session, *topics)


async def _row(session: AsyncSession, asked: RecordJourney) -> Journey | None:
    """Locked. Made by the record of the opening, with version 0, so that its own moves count as news."""
    opening = asked.records[0] if asked.records else None
    if opening and opening.began:
        row = Journey(
            id=asked.journey_id,
            organization_id=asked.organization_id,
            started_at=opening.since,
            **opening.began.model_dump(),
        )
        await session.execute(insert(Journey).values(values_of(row)).on_conflict_do_nothing())
    return await session.get(Journey, asked.journey_id, with_for_update=True, populate_existing=True)


def columns(record: JourneyRecord) -> dict[str, object]:
    """What the table keeps of a move."""
    beside = {"lines", "tasks", "materials", "began", *(("facts",) if record.facts is None else ())}
    kept = record.model_dump(exclude=beside)
    ended = bool(record.outcome)
    return {**kept, "status": "ended" if ended else "active", "ended_at": record.since if ended else None}


async def _story(session: AsyncSession, row: Journey, record: JourneyRecord) -> None:
    for line in record.lines:
        entry = JourneyEntry(
            organization_id=row.organization_id, journey_id=row.id, patient_id=row.patient_id, **line.model_dump()
        )
        await session.execute(insert(JourneyEntry).values(values_of(entry)).on_conflict_do_nothing())


async def _tasks(session: AsyncSession, row: Journey, record: JourneyRecord) -> None:
    """A step that is left closes its task, whoever or whatever ended it."""
    mine = (col(Task.journey_id) == row.id) & (col(Task.step) != record.step)
    open_elsewhere = mine & col(Task.done_at).is_(None)
    await session.execute(update(Task).where(open_elsewhere).values(done_at=record.since))
    for opened in record.tasks:
        task = Task(
            organization_id=row.organization_id,
            journey_id=row.id,
            patient_id=row.patient_id,
            opened_version=record.version,
            opened_at=record.since,
            **opened.model_dump(exclude={"effect"}),
        )
        await session.execute(insert(Task).values(values_of(task)).on_conflict_do_nothing())


async def _materials(session: AsyncSession, row: Journey, record: JourneyRecord) -> None:
    for offer in record.materials:
        for key in offer.materials:
            material = OfferedMaterial(
                organization_id=row.organization_id,
                journey_id=row.id,
                patient_id=row.patient_id,
                appointment_id=offer.appointment_id,
                material_key=key,
                offered_at=record.since,
            )
            await session.execute(insert(OfferedMaterial).values(values_of(material)).on_conflict_do_nothing())
