"""Clinical records opened in an emergency: breaking the glass, reading, closing, and the review afterwards."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import InvalidInput, Refusal
from domain.sign_in_rules import is_fresh
from portals.core.door import TheContext, TheFreshIdentity, TheIdentity
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.organization.door import TheLanguage, TheOperator
from threshold.downloads import download
from usecases.organization import glass
from usecases.organization.glass import BreakGlass

router = APIRouter()


@router.get("/patients/{patient_id}/record")
async def record(
    request: Request,
    context: TheContext,
    operator: TheOperator,
    identity: TheIdentity,
    lang: TheLanguage,
    patient_id: UUID,
) -> Response:
    """Who has to show once more that it is them does so before they write down why."""
    view = await glass.record_door(context, operator, patient_id, lang)
    fresh = is_fresh(identity.confirmed_at, context.now())
    return page(request, "organization/record.html", view=view, fresh=fresh)


@router.get("/patients/{patient_id}/documents/{document_id}/file")
async def document_file(context: TheContext, operator: TheOperator, patient_id: UUID, document_id: UUID) -> Response:
    found = await glass.document_file(context, operator, patient_id, document_id)
    return download(found.content, found.media_type, found.name)


@router.post("/patients/{patient_id}/glass")
async def break_glass(
    request: Request,
    context: TheContext,
    operator: TheOperator,
    _fresh: TheFreshIdentity,
    lang: TheLanguage,
    patient_id: UUID,
) -> Response:
    try:
        await glass.break_glass(context, operator, patient_id, await command(request, BreakGlass))
    except InvalidInput as no:
        view = await glass.record_door(context, operator, patient_id, lang)
        return page(request, "organization/record.html", refusal=no, form=await typed(request), view=view, fresh=True)
    return see_other(f"/patients/{patient_id}/record", _("The record is open for you for an hour."), "warn")


@router.get("/glass")
async def every_glass(request: Request, context: TheContext, operator: TheOperator) -> Response:
    return page(request, "organization/glass.html", rows=await glass.glasses(context, operator))


@router.post("/glass/{glass_id}/review")
async def review(request: Request, context: TheContext, operator: TheOperator, glass_id: UUID) -> Response:
    try:
        await glass.review(context, operator, glass_id)
    except Refusal as no:
        return page(request, "organization/glass.html", refusal=no, rows=await glass.glasses(context, operator))
    return see_other("/glass", _("The review is kept."))


@router.post("/glass/{glass_id}/close")
async def close(context: TheContext, operator: TheOperator, glass_id: UUID) -> Response:
    patient_id = await glass.close_glass(context, operator, glass_id)
    return see_other(f"/patients/{patient_id}", _("The record is closed again."))
