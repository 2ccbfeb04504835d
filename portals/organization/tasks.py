"""Tasks: what is open, the urgent first, and ticking one off."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import NotAllowed, NotInThisState
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import typed
from portals.core.i18n import gettext as _
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.core.way_back import same_site
from portals.organization.door import TheLanguage, TheOperator
from usecases.organization import tasks
from usecases.organization.tasks import TaskSearch

router = APIRouter(prefix="/tasks")


@router.get("")
async def every_task(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    query, no = sifted(request, TaskSearch)
    view = await tasks.tasks(context, operator, query, lang)
    return page(request, "organization/tasks.html", view=view, **listed(request, view.paging, no))


@router.post("/{task_id}/done")
async def done(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, task_id: UUID
) -> Response:
    try:
        await tasks.complete_task(context, operator, task_id)
    except (NotAllowed, NotInThisState) as no:
        view = await tasks.tasks(context, operator, TaskSearch(), lang)
        return page(request, "organization/tasks.html", view=view, **listed(request, view.paging, no))
    back = same_site(str((await typed(request)).get("back", "")), "/tasks")
    return see_other(back, _("Done. The journey goes on."))
