"""Journeys: all of them, and the "why?" of one."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.organization.door import TheLanguage, TheOperator
from usecases.organization import choices, journey, journeys
from usecases.organization.journeys import JourneySearch

router = APIRouter(prefix="/journeys")


@router.get("")
async def every_journey(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    query, no = sifted(request, JourneySearch)
    view = await journeys.journeys(context, operator, query, lang)
    offered = await choices.choices(context, operator)
    return page(request, "organization/journeys.html", view=view, choices=offered, **listed(request, view.paging, no))


@router.get("/{journey_id}")
async def one_journey(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, journey_id: UUID
) -> Response:
    view = await journey.journey(context, operator, journey_id, lang)
    return page(request, "organization/journey.html", view=view)
