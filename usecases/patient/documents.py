"""Documents a patient shares with those who treat them: handing over, looking again, taking back."""

import base64
import binascii
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, WithJsonSchema
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.refusals import InvalidInput, NotFound
from domain.shared_documents import LONGEST_TITLE, MOST_BYTES, check_number, check_size, end_of_sharing, plain_title
from gateways.uploads import CleanFile
from models import Appointment, Engagement, SharedDocument, Specialist
from models import Patient as PatientRow
from models.base import values_of
from models.treating import in_force
from usecases.audit.noting import note
from usecases.context import Context
from usecases.permission import needs
from usecases.shared_documents import DocumentFile, DocumentLine, file_of, lines, sealed
from usecases.specialist.agenda import TREATED
from usecases.views import Command, View

NOT_BASE64 = "Send the file in base64."


def decoded(given: Any) -> Any:
    """JSON says bytes in base64."""
    if not isinstance(given, str):
        return given
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise ValueError(NOT_BASE64) from wrong


FileBytes = Annotated[
    bytes, BeforeValidator(decoded), WithJsonSchema({"type": "string", "contentEncoding": "base64", "minLength": 1})
]


class ShareDocument(Command):
    """For `specialist_id` alone, or without it for all who treat the patient; until `until`, or for twelve months.

    The same file under the same `key` is shared once.
    """

    key: str = Field(min_length=8, max_length=64)
    file: FileBytes = Field(max_length=2 * MOST_BYTES)
    """From `MOST_BYTES` on it is refused in words of its own."""
    title: str = Field("", max_length=LONGEST_TITLE)
    specialist_id: UUID | None = None
    until: AwareDatetime | None = None


class Treating(View):
    id: UUID
    name: str


class DocumentsView(View):
    """`specialists`: those who treat the patient, for whom alone a document may be."""

    documents: tuple[DocumentLine, ...]
    specialists: tuple[Treating, ...]


@needs("document:read")
async def documents(context: Context, patient: Patient) -> DocumentsView:
    """Expired ones too, which nobody else sees."""
    async with context.database.transaction(patient) as session:
        found = await lines(context, session, col(SharedDocument.patient_id) == patient.patient_id)
        return DocumentsView(documents=found, specialists=await _treating(session, patient, context.now().date()))


@needs("document:share", act="")
async def share(context: Context, patient: Patient, command: ShareDocument) -> UUID:
    """Raises `InvalidInput`, `DocumentsFull`, `TooManyRequests`, and one refusal for each fault of a file."""
    check_size(command.file)
    until = end_of_sharing(context.now(), command.until)
    context.pace.files.take(str(patient.person_id))
    async with context.database.transaction(patient) as session:
        subject_id = (await session.get_one(PatientRow, patient.patient_id)).person_id
        treating = await _treating(session, patient, context.now().date())
        if command.specialist_id not in (None, *(each.id for each in treating)):
            raise InvalidInput({"specialist_id": "Choose one of the answers shown."})
        check_number(await _number(session, patient))
    clean = await context.uploads.clean(command.file)
    row = await _row(context, patient, command, clean, subject_id, until)
    async with context.database.transaction(patient) as session:
        await session.get_one(PatientRow, patient.patient_id, with_for_update=True)
        check_number(await _number(session, patient))
        await session.execute(insert(SharedDocument).values(values_of(row)).on_conflict_do_nothing())
    await note(context, patient, "document:share", of="document", id=row.id)
    return row.id


@needs("document:read", of="document")
async def document_file(context: Context, patient: Patient, document_id: UUID) -> DocumentFile:
    """Raises `NotFound`."""
    return await file_of(context, patient, *_mine(patient, document_id))


@needs("document:share", of="document", act="document:withdraw")
async def withdraw(context: Context, patient: Patient, document_id: UUID) -> None:
    """Gone from here at once, for everybody; the audit still tells who has opened it. Raises `NotFound`."""
    async with context.database.transaction(patient) as session:
        gone = delete(SharedDocument).where(*_mine(patient, document_id)).returning(col(SharedDocument.id))
        if await session.scalar(gone) is None:
            raise NotFound


def _mine(patient: Patient, document_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return col(SharedDocument.id) == document_id, col(SharedDocument.patient_id) == patient.patient_id


async def _number(session: AsyncSession, patient: Patient) -> int:
    mine = select(func.count()).where(col(SharedDocument.patient_id) == patient.patient_id)
    return await session.scalar(mine) or 0


async def _treating(session: AsyncSession, patient: Patient, today: date) -> tuple[Treating, ...]:
    """Whoever treats the patient and is still engaged for it, by name."""
    theirs = select(col(Appointment.specialist_id)).where(
        col(Appointment.patient_id) == patient.patient_id, col(Appointment.status).in_(TREATED)
    )
    engaged = select(col(Engagement.specialist_id)).where(
        col(Engagement.organization_id) == patient.organization_id, in_force(today)
    )
    both = (col(Specialist.id).in_(theirs), col(Specialist.id).in_(engaged))
    query = select(Specialist).where(*both).order_by(col(Specialist.display_name))
    return tuple(Treating(id=each.id, name=each.display_name) for each in await session.scalars(query))


async def _row(
    context: Context, patient: Patient, command: ShareDocument, clean: CleanFile, subject_id: UUID, until: datetime
) -> SharedDocument:
    """Encrypted with the key of the person it is about, whoever acts for them."""
    key = await context.keyring.of_subject(subject_id)
    told = sha256(patient.patient_id.bytes + command.key.encode() + b"\0" + command.file).digest()
    document_id = UUID(bytes=told[:16])
    return SharedDocument(
        id=document_id,
        organization_id=patient.organization_id,
        patient_id=patient.patient_id,
        specialist_id=command.specialist_id,
        shared_by=patient.person_id,
        shared_at=context.now(),
        expires_at=until,
        title=plain_title(command.title),
        media_type=clean.media_type,
        size=len(clean.content),
        data_key_id=key.id,
        content=sealed(clean.content, key, document_id),
    )
