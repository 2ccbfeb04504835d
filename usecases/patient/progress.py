"""Where a patient's journey stands: read by every page, and waited for after a command that moves it."""

import asyncio
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.journeys.language import Book, Definition, Pay, Task, owner_of
from domain.words import said
from models import Journey
from usecases.context import Context
from usecases.views import View
from usecases.why import JourneyWhy

PATIENCE_SECONDS = 2.0
PAUSE_SECONDS = 0.04


class PathStep(View):
    """A step as the patient meets it; `at` is when it was done."""

    id: str
    kind: str
    title: str
    state: Literal["done", "current", "next"]
    at: datetime | None = None


async def open_journey(session: AsyncSession, patient: Patient) -> Journey | None:
    """The journey the patient is on: the one that changed last."""
    mine = (
        select(Journey)
        .where(col(Journey.patient_id) == patient.patient_id, col(Journey.status) == "active")
        .order_by(col(Journey.since).desc())
        .limit(1)
    )
    return (await session.scalars(mine)).one_or_none()


def path_of(definition: Definition, why: JourneyWhy, locale: str) -> tuple[PathStep, ...]:
    """The way as the patient walks it: what is done by others for the organization is shown only while it is now."""
    done = {line.step: line.at for line in reversed(why.story) if line.what in ("done", "waited")}
    order = {step.id: place for place, step in enumerate(definition.steps)}
    here = order[why.step]
    shown: list[PathStep] = []
    for step in definition.steps:
        current = step.id == why.step and not why.ended
        beside = isinstance(step, Task) or (owner_of(step) == "specialist" and step.kind == "note")
        if owner_of(step) is None or not step.title or (beside and not current):
            continue
        past = step.id in done and (order[step.id] < here or why.ended)
        state: Literal["done", "current", "next"] = "current" if current else "done" if past else "next"
        at = done.get(step.id) if past else None
        shown.append(PathStep(id=step.id, kind=step.kind, title=said(step.title, locale), state=state, at=at))
    return tuple(shown)


def appointment_type_at(definition: Definition, step_id: str) -> str | None:
    """The key of what is booked at this step; an unpaid hold counts as not booked yet."""
    step = definition.step(step_id)
    if isinstance(step, Pay):
        step = definition.step(step.on_release)
    return step.appointment_type if isinstance(step, Book) else None


async def journey_moved(context: Context, patient: Patient, journey_id: UUID | None, version: int) -> None:
    """Wait a moment until the journey is past `version`, so that the next page shows where it has gone."""
    if journey_id is None:
        return
    ends = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while asyncio.get_running_loop().time() < ends:
        if await version_of(context, patient, journey_id) != version:
            return
        await asyncio.sleep(PAUSE_SECONDS)


async def version_of(context: Context, patient: Patient, journey_id: UUID | None) -> int:
    """-1: there is no such journey."""
    if journey_id is None:
        return -1
    async with context.database.transaction(patient) as session:
        known = await session.scalar(select(col(Journey.version)).where(col(Journey.id) == journey_id))
    return -1 if known is None else known
