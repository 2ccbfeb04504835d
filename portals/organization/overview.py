"""The control room."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext
from portals.core.listing import asked, given
from portals.core.rendering import page
from portals.organization import charts
from portals.organization.door import TheLanguage, TheOperator
from usecases.organization import overview
from usecases.organization.overview import OverviewQuery

router = APIRouter()


@router.get("/")
async def control_room(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    view = await overview.overview(context, operator, asked(request, OverviewQuery), lang)
    drawn = {"sessions": charts.sessions(view.session_weeks), "takings": charts.takings(view.takings_weeks)}
    return page(request, "organization/overview.html", view=view, form=given(request), charts=drawn)
