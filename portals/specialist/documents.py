"""Opening what a patient has shared."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from portals.core.door import TheContext
from portals.specialist.door import TheSpecialist
from threshold.downloads import download
from usecases.specialist import documents

router = APIRouter(prefix="/documents")


@router.get("/{document_id}/file")
async def document_file(context: TheContext, specialist: TheSpecialist, document_id: UUID) -> Response:
    found = await documents.document_file(context, specialist, document_id)
    return download(found.content, found.media_type, found.name)
