"""Documents shared with the care team: hand over, list, open, take back."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.door import TheContext
from api.patient.door import ThePatient
from threshold.downloads import download
from usecases.patient import documents
from usecases.patient.documents import DocumentsView, ShareDocument
from usecases.views import View

router = APIRouter(prefix="/documents", tags=["documents"])


class Shared(View):
    id: UUID


@router.get("")
async def every(context: TheContext, patient: ThePatient) -> DocumentsView:
    return await documents.documents(context, patient)


@router.post("", status_code=201)
async def share(context: TheContext, patient: ThePatient, command: ShareDocument) -> Shared:
    """A PDF, JPEG or PNG of at most 5 MB. What is kept is made anew from it: nothing hidden in the file comes along."""
    return Shared(id=await documents.share(context, patient, command))


@router.get("/{document_id}/file", response_class=Response)
async def document_file(context: TheContext, patient: ThePatient, document_id: UUID) -> Response:
    found = await documents.document_file(context, patient, document_id)
    return download(found.content, found.media_type, found.name)


@router.delete("/{document_id}", status_code=204)
async def withdraw(context: TheContext, patient: ThePatient, document_id: UUID) -> None:
    await documents.withdraw(context, patient, document_id)
