"""Searching the audit, and taking it out."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import BindParameter, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.access.acts import ACTS, DOORS
from domain.actors import Operator
from domain.refusals import InvalidInput
from models import AuditEntry, AuditHead, AuditSeal, Patient, Person
from usecases.context import Context
from usecases.csv_cells import csv_cell
from usecases.listing import ByDay, ByName, ListQuery, Paging, full_name, page_within, sought
from usecases.organization.listing import (
    Statement,
    begins,
    counted,
    day_after,
    zone_of,
)
from usecases.organization.named import of_patients_named, of_people_named
from usecases.permission import needs
from usecases.views import View

MOST, COUNTED = 50_000, 1_000
"""How many are taken out at once; how far a search counts, and leads."""

Format = Literal["csv", "jsonl"]
WHO, WHOSE = aliased(Person), aliased(Person)


class AuditQuery(ListQuery, ByDay):
    act: str | None = Field(None, max_length=60)
    door: str | None = Field(None, max_length=40)
    outcome: Literal["done", "refused", "failed"] | None = None


class AuditSearch(AuditQuery, ByName):
    """`search` is in the acting person's name, `patient` in the patient's."""

    patient: str = Field("", max_length=80)


class ExportSearch(AuditSearch):
    form: Format = "csv"


class AuditRow(View):
    """Names are "" for whoever is gone or unknown."""

    sequence: int
    at: datetime
    actor: str
    person: str
    roles: tuple[str, ...]
    act: str
    outcome: str
    patient_id: UUID | None
    patient: str
    resource: str
    resource_id: UUID | None
    door: str
    session_id: UUID | None
    reason: str


class ChainState(View):
    """How long the chain is, how far its last seal goes, and when all of it was found whole last."""

    entries: int
    sealed: int
    sealed_at: datetime | None
    verified_at: datetime | None


class AuditPage(View):
    rows: tuple[AuditRow, ...]
    paging: Paging
    chain: ChainState
    acts: tuple[str, ...]
    doors: tuple[str, ...]


class Export(View):
    content: str
    media_type: str
    name: str


@needs("audit:read", act="audit:read")
async def audit(context: Context, operator: Operator, query: AuditQuery) -> AuditPage:
    """The newest first. Of a search no more than the newest 1,000 are counted and shown; of everything, all."""
    async with context.database.transaction(operator) as session:
        chain = await _state(session, operator)
        if query.model_dump(exclude={"page"}, exclude_defaults=True):
            shown, paging = await _sifted(session, operator, query)
        else:
            shown, paging = _whole(operator, query, chain)
        found = (await session.execute(shown.order_by(col(AuditEntry.sequence).desc()))).all()
    return AuditPage(rows=tuple(_row(*each) for each in found), paging=paging, chain=chain, acts=ACTS, doors=DOORS)


@needs("audit:export")
async def export(context: Context, operator: Operator, query: ExportSearch) -> Export:
    """What the query finds, the oldest first; JSON lines hold what the hashes are made of.

    Raises `InvalidInput` when that is more than 50,000 entries.
    """
    async with context.database.transaction(operator) as session:
        oldest = (await _matching(session, operator, query)).order_by(col(AuditEntry.sequence)).limit(MOST + 1)
        found = (await session.execute(_among(operator, oldest).order_by(col(AuditEntry.sequence)))).all()
    if len(found) > MOST:
        raise InvalidInput({"since": "These are more than 50,000 entries; choose fewer days."})
    content = _csv(_row(*each) for each in found) if query.form == "csv" else _lines(each[0] for each in found)
    kinds = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
    return Export(content=content, media_type=kinds[query.form], name=f"audit-{context.now():%Y-%m-%d}.{query.form}")


async def _matching(session: AsyncSession, operator: Operator, query: AuditQuery) -> Statement:
    """Numbers of entries: what they say, and who it was, is looked up for those that are shown."""
    who, whose = sought(query), query.patient if isinstance(query, AuditSearch) else ""
    mine = col(AuditEntry.organization_id) == operator.organization_id
    statement: Statement = select(col(AuditEntry.sequence)).where(mine)
    if who:
        statement = statement.where(await of_people_named(session, col(AuditEntry.person_id), who))
    if whose:
        statement = statement.where(await of_patients_named(session, col(AuditEntry.patient_id), whose))
    for column, wanted in ((AuditEntry.act, query.act), (AuditEntry.door, query.door)):
        statement = statement.where(col(column) == wanted) if wanted else statement
    if query.outcome:
        if query.outcome != "done":
            statement = statement.where(NOT_DONE)
        statement = statement.where(func.split_part(col(AuditEntry.outcome), ":", 1) == query.outcome)
    return await _of_days(session, operator, query, statement)


def _whole(operator: Operator, query: AuditQuery, chain: ChainState) -> tuple[Statement, Paging]:
    """A page of everything: a chain's numbers have no gap, so nothing is counted, and nothing passed over."""
    paging = Paging(page=page_within(query.page, chain.entries), total=chain.entries)
    last = chain.entries - (paging.page - 1) * paging.per_page
    these = col(AuditEntry.sequence).between(last - paging.per_page + 1, last)
    return NAMED.where(col(AuditEntry.organization_id) == operator.organization_id, these), paging


async def _sifted(session: AsyncSession, operator: Operator, query: AuditQuery) -> tuple[Statement, Paging]:
    newest = (await _matching(session, operator, query)).order_by(col(AuditEntry.sequence).desc())
    there = await counted(session, newest, COUNTED)
    paging = Paging(page=page_within(query.page, min(there, COUNTED)), total=min(there, COUNTED), more=there > COUNTED)
    shown = newest.limit(paging.per_page).offset((paging.page - 1) * paging.per_page)
    return _among(operator, shown), paging


def _among(operator: Operator, numbers: Statement) -> Statement:
    mine = col(AuditEntry.organization_id) == operator.organization_id
    return NAMED.where(mine, col(AuditEntry.sequence).in_(numbers))


async def _of_days(session: AsyncSession, operator: Operator, query: AuditQuery, statement: Statement) -> Statement:
    if not (query.since or query.until):
        return statement
    zone = await zone_of(session, operator)
    if query.since:
        statement = statement.where(col(AuditEntry.at) >= begins(query.since, zone))
    if query.until:
        statement = statement.where(col(AuditEntry.at) < begins(day_after(query.until), zone))
    return statement


async def _state(session: AsyncSession, operator: Operator) -> ChainState:
    entries, sealed, sealed_at, verified_at = (
        await session.execute(STATE, {"organization_id": operator.organization_id})
    ).one()
    return ChainState(entries=entries or 0, sealed=sealed or 0, sealed_at=sealed_at, verified_at=verified_at)


def _row(entry: AuditEntry, person: str, patient: str) -> AuditRow:
    return AuditRow(**entry.model_dump(include=set(AuditRow.model_fields)), person=person, patient=patient)


def _csv(rows: Iterable[AuditRow]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(AuditRow.model_fields)
    for row in rows:
        plain = row.model_dump(mode="json")
        writer.writerow([csv_cell(" ".join(cell) if isinstance(cell, list) else cell) for cell in plain.values()])
    return written.getvalue()


def _lines(entries: Iterable[AuditEntry]) -> str:
    return "".join(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False) + "\n" for entry in entries)


def _named() -> Statement:
    """Rows of (entry, who, whose)."""
    return (
        select(AuditEntry, full_name(WHO), full_name(WHOSE))
        .outerjoin(WHO, WHO.id == col(AuditEntry.person_id))  # type: ignore[arg-type]
        .outerjoin(Patient, col(Patient.id) == col(AuditEntry.patient_id))
        .outerjoin(WHOSE, WHOSE.id == col(Patient.person_id))  # type: ignore[arg-type]
    )


def _states() -> Statement:
    """(how many entries, the last one sealed, when it was, when all was verified), None for what is not there yet."""
    theirs: BindParameter[UUID] = bindparam("organization_id")
    last = select(AuditSeal).where(col(AuditSeal.organization_id) == theirs)
    last = last.order_by(col(AuditSeal.number).desc()).limit(1)
    nobody = col(AuditEntry.organization_id) == theirs, col(AuditEntry.person_id).is_(None)  # an index leads to them
    return select(
        select(col(AuditHead.sequence)).where(col(AuditHead.organization_id) == theirs).scalar_subquery(),
        last.with_only_columns(col(AuditSeal.sequence)).scalar_subquery(),
        last.with_only_columns(col(AuditSeal.at)).scalar_subquery(),
        select(func.max(col(AuditEntry.at))).where(*nobody, col(AuditEntry.act) == "audit:verify").scalar_subquery(),
    )


NOT_DONE = col(AuditEntry.outcome) != literal_column("'done'")
"""As the index of what was not done has it."""
NAMED, STATE = _named(), _states()
