"""What patients share with the specialist who treats them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from models import Appointment, SharedDocument
from usecases.context import Context
from usecases.permission import needs
from usecases.shared_documents import DocumentFile, DocumentLine, file_of, lines
from usecases.specialist.agenda import TREATED


@needs("document:read", of="document")
async def document_file(context: Context, specialist: Specialist, document_id: UUID) -> DocumentFile:
    """Raises `NotFound`: also for one that has expired, and for whoever only ever had a time held."""
    treated = select(col(Appointment.patient_id)).where(
        col(Appointment.specialist_id) == specialist.specialist_id, col(Appointment.status).in_(TREATED)
    )
    lasting = col(SharedDocument.expires_at) > context.now()
    mine = (col(SharedDocument.id) == document_id, col(SharedDocument.patient_id).in_(treated))
    return await file_of(context, specialist, *mine, lasting)


async def documents_of(context: Context, session: AsyncSession, patient_id: UUID) -> tuple[DocumentLine, ...]:
    """What a patient of the session's specialist shares; the database leaves out what is for others."""
    lasting = col(SharedDocument.expires_at) > context.now()
    return await lines(context, session, col(SharedDocument.patient_id) == patient_id, lasting)
