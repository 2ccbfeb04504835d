"""Journey plans and questionnaires: reading them, and trying out a draft. Nothing here is stored."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, asks
from portals.core.forms import command, typed
from portals.core.i18n import direction
from portals.core.rendering import page
from portals.organization.door import TheLanguage, TheOperator
from usecases.organization import definitions, drafts, forms
from usecases.organization.drafts import Draft

router = APIRouter()


@router.get("/definitions")
async def every_definition(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    view = await definitions.definitions(context, operator, lang)
    return page(request, "organization/definitions.html", view=view)


@router.get("/definitions/draft", dependencies=[asks("definition:read")])
async def draft_page(request: Request, operator: TheOperator) -> Response:
    return page(request, "organization/draft.html", flow=None)


@router.post("/definitions/draft", dependencies=[asks("definition:read")])
async def try_draft(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    form = await typed(request)
    try:
        context.pace.drafts.take(str(operator.person_id))
        flow = await drafts.try_out(context, operator, await command(request, Draft), lang)
    except Refusal as no:
        return page(request, "organization/draft.html", refusal=no, form=form, flow=None)
    return page(request, "organization/draft.html", form=form, flow=flow)


@router.get("/definitions/{key}/{version}")
async def one_definition(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, key: str, version: int
) -> Response:
    flow = await definitions.definition(context, operator, key, version, lang)
    return page(request, "organization/definition.html", flow=flow)


@router.get("/forms")
async def every_form(request: Request, context: TheContext, operator: TheOperator) -> Response:
    return page(request, "organization/forms.html", view=await forms.forms(context, operator))


@router.get("/forms/{form_id}")
async def one_form(request: Request, context: TheContext, operator: TheOperator, form_id: UUID) -> Response:
    view = await forms.form(context, operator, form_id)
    return page(request, "organization/form.html", view=view, reads=direction(view.locale))
