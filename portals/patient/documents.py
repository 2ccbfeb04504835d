"""Documents: share one with the care team, see what is shared, open it, take it back."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from domain.shared_documents import title_of_file
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.form_data import file_of
from portals.core.forms import command, end_of, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.patient.door import ThePatient
from threshold.downloads import download
from usecases.context import Context
from usecases.patient import documents
from usecases.patient.documents import ShareDocument

ADDRESS = "/documents"
router = APIRouter(prefix=ADDRESS)


@router.get("")
async def show(request: Request, context: TheContext, patient: ThePatient) -> Response:
    return await _sheet(request, context, patient)


@router.post("")
async def share(request: Request, context: TheContext, patient: ThePatient) -> Response:
    """A document without a title is called like its file."""
    content, name = await file_of(request, "file")
    form = await typed(request)
    try:
        until = end_of(str(form["until"])) if form.get("until") else None
        title = form.get("title") or title_of_file(name)
        wanted = await command(request, ShareDocument, file=content, title=title, until=until)
        await documents.share(context, patient, wanted)
    except Refusal as no:
        return await _sheet(request, context, patient, refusal=no, form=form)
    return see_other(ADDRESS, _("Your document is shared."))


@router.get("/{document_id}/file")
async def document_file(context: TheContext, patient: ThePatient, document_id: UUID) -> Response:
    found = await documents.document_file(context, patient, document_id)
    return download(found.content, found.media_type, found.name)


@router.post("/{document_id}/withdraw")
async def withdraw(context: TheContext, patient: ThePatient, document_id: UUID) -> Response:
    await documents.withdraw(context, patient, document_id)
    return see_other(ADDRESS, _("Your document is taken back. Nobody can open it here any more."))


async def _sheet(request: Request, context: Context, patient: ThePatient, **more: Any) -> Response:
    view = await documents.documents(context, patient)
    return page(request, "patient/documents.html", view=view, key=uuid4(), today=context.now().date(), **more)
