"""Journey definitions as configurators read them: every version, and the flow of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from domain.actors import Operator
from domain.journeys.language import Definition
from domain.refusals import NotFound
from domain.words import said
from models import Journey, JourneyDefinition
from usecases.context import Context
from usecases.organization.flows import Flow, flow_of
from usecases.permission import needs
from usecases.views import View

LATEST = 2**31 - 1
"""PostgreSQL's largest version."""


class DefinitionRow(View):
    """`running`: open journeys that are pinned to this version."""

    id: UUID
    key: str
    version: int
    title: str
    status: str
    steps: int
    running: int
    published_at: datetime


@needs("definition:read")
async def definitions(context: Context, operator: Operator, locale: str) -> tuple[DefinitionRow, ...]:
    mine = col(JourneyDefinition.organization_id) == operator.organization_id
    rows = select(JourneyDefinition).where(mine)
    counted = (
        select(col(Journey.definition_key), col(Journey.definition_version), func.count())
        .where(col(Journey.organization_id) == operator.organization_id, col(Journey.status) == "active")
        .group_by(col(Journey.definition_key), col(Journey.definition_version))
    )
    async with context.database.transaction(operator) as session:
        running = {(key, version): count for key, version, count in await session.execute(counted)}
        found = list(
            await session.scalars(rows.order_by(col(JourneyDefinition.key), col(JourneyDefinition.version).desc()))
        )
    return tuple(
        DefinitionRow(
            **row.model_dump(include={"id", "key", "version", "status", "published_at"}),
            title=said(row.body.get("title", {}), locale),
            steps=len(row.body.get("steps", ())),
            running=running.get((row.key, row.version), 0),
        )
        for row in found
    )


@needs("definition:read")
async def definition(context: Context, operator: Operator, key: str, version: int, locale: str) -> Flow:
    """Raises `NotFound`."""
    if not 0 < version <= LATEST:
        raise NotFound
    wanted = (col(JourneyDefinition.key) == key) & (col(JourneyDefinition.version) == version)
    mine = col(JourneyDefinition.organization_id) == operator.organization_id
    async with context.database.transaction(operator) as session:
        row = (await session.scalars(select(JourneyDefinition).where(mine, wanted))).one_or_none()
    if row is None:
        raise NotFound
    return flow_of(Definition.model_validate(row.body), locale)
