"""Breaking the glass: opening a clinical record in an emergency, for an hour, with a reason that others review."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, ScalarSelect, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.access.duties import check_second_person
from domain.actors import Operator
from domain.refusals import GlassClosed, NotFound
from models import BrokenGlass, Note, Patient, Person, SharedDocument
from usecases.audit.noting import note
from usecases.context import Context
from usecases.listing import full_name
from usecases.organization.glass_alarm import REVIEWING, alarm
from usecases.organization.listing import Id
from usecases.permission import needs
from usecases.shared_documents import DocumentFile, DocumentLine, file_of, lines
from usecases.specialist.intake import AnsweredForm, answered_forms
from usecases.specialist.notes import NoteVersion, version_view
from usecases.views import Command, View

LASTS = timedelta(minutes=60)
SHOWN = 100
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext(:glass))")
OPENER, REVIEWER = aliased(Person), aliased(Person)


class BreakGlass(Command):
    reason: str = Field(min_length=10, max_length=500)


class Record(View):
    """What is clinical about a patient: answered forms, signed notes and what is shared with the care team, the
    newest first. What the patient gave to one specialist alone stays with that one."""

    glass_id: UUID
    patient_id: UUID
    patient: str
    until: datetime
    forms: tuple[AnsweredForm, ...]
    notes: tuple[NoteVersion, ...]
    documents: tuple[DocumentLine, ...]


class RecordDoor(View):
    """`record` None while the glass is whole."""

    patient_id: UUID
    patient: str
    record: Record | None


class GlassRow(View):
    """`reviewer` is "" and `reviewed_at` None until somebody has; `own`: the reader's, for another to review."""

    id: UUID
    patient: str
    person: str
    reason: str
    opened_at: datetime
    until: datetime
    open: bool
    own: bool
    reviewer: str
    reviewed_at: datetime | None


@needs("glass:break", of="patient", act="")
async def break_glass(context: Context, operator: Operator, patient_id: UUID, command: BreakGlass) -> UUID:
    """For an hour from now; owners and compliance hear of it. Doors ask for step-up first. Raises `NotFound`.

    One that is open already is the same one: its first reason is the reason.
    """
    async with context.database.transaction(operator) as session:
        await _name_of(session, operator, patient_id)
        await session.execute(ONE_AT_A_TIME, {"glass": f"glass/{operator.person_id}/{patient_id}"})
        glass = await _find_open(session, context, operator, patient_id)
        broken = glass is None
        if glass is None:
            glass = _broken(context, operator, patient_id, command.reason)
            session.add(glass)
    if broken:
        await note(context, operator, "glass:break", of="patient", id=patient_id, reason=command.reason)
    await alarm(context, operator, glass)
    return glass.id


@needs("glass:break", of="patient", act="")
async def record_door(context: Context, operator: Operator, patient_id: UUID, locale: str) -> RecordDoor:
    """The record, or where to break the glass. Raises `NotFound`."""
    async with context.database.transaction(operator) as session:
        name = await _name_of(session, operator, patient_id)
    try:
        found = await record(context, operator, patient_id, locale)
    except GlassClosed:
        found = None
    return RecordDoor(patient_id=patient_id, patient=name, record=found)


@needs("glass:break", of="patient", act="")
async def record(context: Context, operator: Operator, patient_id: UUID, locale: str) -> Record:
    """Each reading is audited with the reason. Raises `NotFound`, `GlassClosed`."""
    async with context.database.transaction(operator) as session:
        name = await _name_of(session, operator, patient_id)
        glass = await _open_glass(session, context, operator, patient_id)
        signed = select(Note).where(col(Note.patient_id) == patient_id, col(Note.status) == "signed")
        newest = await session.scalars(signed.order_by(col(Note.signed_at).desc()))
        found = Record(
            glass_id=glass.id,
            patient_id=patient_id,
            patient=name,
            until=glass.until,
            forms=await answered_forms(session, patient_id, locale),
            notes=tuple(version_view(row) for row in newest),
            documents=await lines(context, session, *_shared(context, patient_id)),
        )
    await alarm(context, operator, glass)
    await note(context, operator, "glass:read", of="patient", id=patient_id, reason=glass.reason)
    return found


@needs("glass:break", of="patient", act="")
async def document_file(context: Context, operator: Operator, patient_id: UUID, document_id: UUID) -> DocumentFile:
    """Each opening is audited with the reason. Raises `NotFound`, `GlassClosed`."""
    async with context.database.transaction(operator) as session:
        await _name_of(session, operator, patient_id)
        glass = await _open_glass(session, context, operator, patient_id)
    await alarm(context, operator, glass)
    found = await file_of(context, operator, col(SharedDocument.id) == document_id, *_shared(context, patient_id))
    await note(context, operator, "glass:read", of="document", id=document_id, reason=glass.reason)
    return found


@needs("glass:break", of="glass", act="glass:close")
async def close_glass(context: Context, operator: Operator, glass_id: UUID) -> UUID:
    """Ends one's own at once, whichever of them it is; the patient's id. Raises `NotFound`."""
    async with context.database.transaction(operator) as session:
        row = await session.get(BrokenGlass, glass_id, with_for_update=True)
        if row is None or row.person_id != operator.person_id:
            raise NotFound
        mine = (col(BrokenGlass.person_id) == row.person_id, col(BrokenGlass.patient_id) == row.patient_id)
        still_open = update(BrokenGlass).where(*mine, col(BrokenGlass.until) > context.now())
        await session.execute(still_open.values(until=context.now()))
    return row.patient_id


@needs(REVIEWING, act="")
async def glasses(context: Context, operator: Operator) -> tuple[GlassRow, ...]:
    """Those nobody has reviewed first, then the newest."""
    query = (
        select(BrokenGlass, full_name(), full_name(OPENER), full_name(REVIEWER))
        .join(Patient, col(Patient.id) == col(BrokenGlass.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(OPENER, OPENER.id == col(BrokenGlass.person_id))  # type: ignore[arg-type]
        .outerjoin(REVIEWER, REVIEWER.id == col(BrokenGlass.reviewed_by))  # type: ignore[arg-type]
        .where(col(BrokenGlass.organization_id) == operator.organization_id)
        .order_by(col(BrokenGlass.reviewed_at).is_not(None), col(BrokenGlass.opened_at).desc())
    )
    async with context.database.transaction(operator) as session:
        found = (await session.execute(query.limit(SHOWN))).all()
    return tuple(_row(context, operator, *each) for each in found)


@needs(REVIEWING, of="glass")
async def review(context: Context, operator: Operator, glass_id: UUID) -> None:
    """Agreed that it was right to look. Raises `NotFound`, `SecondPersonNeeded` to whoever broke it."""
    async with context.database.transaction(operator) as session:
        row = await session.get(BrokenGlass, glass_id, with_for_update=True)
        if row is None or row.organization_id != operator.organization_id:
            raise NotFound
        check_second_person(row.person_id, operator.person_id)
        row.reviewed_by, row.reviewed_at = row.reviewed_by or operator.person_id, row.reviewed_at or context.now()


def unreviewed(organization: Id) -> ScalarSelect[int]:
    """How many nobody has looked at yet."""
    query = select(func.count()).where(col(BrokenGlass.organization_id) == organization)
    return query.where(col(BrokenGlass.reviewed_at).is_(None)).scalar_subquery()


def _broken(context: Context, operator: Operator, patient_id: UUID, reason: str) -> BrokenGlass:
    return BrokenGlass(
        organization_id=operator.organization_id,
        patient_id=patient_id,
        person_id=operator.person_id,
        reason=reason,
        opened_at=context.now(),
        until=context.now() + LASTS,
    )


async def _open_glass(session: AsyncSession, context: Context, operator: Operator, patient_id: UUID) -> BrokenGlass:
    found = await _find_open(session, context, operator, patient_id)
    if found is None:
        raise GlassClosed
    return found


async def _find_open(
    session: AsyncSession, context: Context, operator: Operator, patient_id: UUID
) -> BrokenGlass | None:
    query = (
        select(BrokenGlass)
        .where(col(BrokenGlass.patient_id) == patient_id, col(BrokenGlass.person_id) == operator.person_id)
        .where(col(BrokenGlass.until) > context.now())
        .order_by(col(BrokenGlass.until).desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def _name_of(session: AsyncSession, operator: Operator, patient_id: UUID) -> str:
    query = select(full_name()).join(Patient, col(Patient.person_id) == col(Person.id))
    mine = (col(Patient.id) == patient_id, col(Patient.organization_id) == operator.organization_id)
    name = await session.scalar(query.where(*mine))
    if name is None:
        raise NotFound
    return name


def _shared(context: Context, patient_id: UUID) -> tuple[ColumnElement[bool], ...]:
    mine, lasting = col(SharedDocument.patient_id) == patient_id, col(SharedDocument.expires_at) > context.now()
    return mine, lasting, col(SharedDocument.specialist_id).is_(None)


def _row(context: Context, operator: Operator, row: BrokenGlass, patient: str, person: str, reviewer: str) -> GlassRow:
    plain = row.model_dump(include={"id", "reason", "opened_at", "until", "reviewed_at"})
    return GlassRow(
        **plain,
        patient=patient,
        person=person,
        reviewer=reviewer,
        open=row.until > context.now(),
        own=row.person_id == operator.person_id,
    )
