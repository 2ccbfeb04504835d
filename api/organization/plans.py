"""Journey plans and questionnaires."""

from uuid import UUID

from fastapi import APIRouter

from api.door import TheContext
from api.organization.door import TheLanguage, TheOperator
from usecases.organization import definitions, drafts, forms
from usecases.organization.definitions import DefinitionRow
from usecases.organization.drafts import Draft
from usecases.organization.flows import Flow
from usecases.organization.forms import FormPage, FormRow
from usecases.permission import require

router = APIRouter(tags=["plans"])


@router.get("/definitions")
async def every_definition(context: TheContext, operator: TheOperator, lang: TheLanguage) -> tuple[DefinitionRow, ...]:
    return await definitions.definitions(context, operator, lang)


@router.get("/definitions/{key}/{version}")
async def one_definition(context: TheContext, operator: TheOperator, lang: TheLanguage, key: str, version: int) -> Flow:
    return await definitions.definition(context, operator, key, version, lang)


@router.post("/definitions/draft")
async def try_draft(context: TheContext, operator: TheOperator, lang: TheLanguage, draft: Draft) -> Flow:
    """Checks a draft and answers the flow it would have; nothing is stored."""
    require(operator, "definition:read")
    context.pace.drafts.take(str(operator.person_id))
    return await drafts.try_out(context, operator, draft, lang)


@router.get("/forms")
async def every_form(context: TheContext, operator: TheOperator) -> tuple[FormRow, ...]:
    return await forms.forms(context, operator)


@router.get("/forms/{form_id}")
async def one_form(context: TheContext, operator: TheOperator, form_id: UUID) -> FormPage:
    return await forms.form(context, operator, form_id)
