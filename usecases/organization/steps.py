"""The words of a pinned definition: what its steps are called in front of staff, by id."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.words import said
from models import JourneyDefinition
from usecases.views import View

Pinned = tuple[str, int]
"""A definition's key and version."""


class StepName(View):
    """`title` is empty for steps that have no words; `outcome` belongs to a step that ends the journey."""

    id: str
    kind: str = ""
    title: str = ""
    outcome: str = ""


Steps = dict[str, StepName]


async def steps_of(
    session: AsyncSession, organization_id: UUID, pinned: Iterable[Pinned], locale: str
) -> dict[Pinned, Steps]:
    wanted = set(pinned)
    if not wanted:
        return {}
    version = tuple_(col(JourneyDefinition.key), col(JourneyDefinition.version))
    rows = select(JourneyDefinition).where(
        col(JourneyDefinition.organization_id) == organization_id, version.in_(wanted)
    )
    found = {(row.key, row.version): names(row.body, locale) for row in await session.scalars(rows)}
    return {each: found.get(each, {}) for each in wanted}


def names(body: dict[str, Any], locale: str) -> Steps:
    return {
        step["id"]: StepName(
            id=step["id"],
            kind=step["kind"],
            title=said(step.get("task") or step.get("title", {}), locale),
            outcome=step.get("outcome", ""),
        )
        for step in body["steps"]
    }


def name_of(steps: Steps, step_id: str) -> StepName | None:
    """None for no step at all; a step the definition does not know keeps its id."""
    return steps.get(step_id, StepName(id=step_id)) if step_id else None
