"""The day at a glance, kept up to date while it is open."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from portals.core.door import TheContext, TheHub, asks
from portals.core.flash import see_other
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import tasks
from usecases.specialist.today import today

router = APIRouter()


@router.get("/")
async def today_page(request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> Response:
    view = await today(context, specialist, locale)
    return page(request, "specialist/today.html", view=view, words=words)


@router.get("/events", response_class=EventSourceResponse, dependencies=[asks("day:read")])
async def events(hub: TheHub, specialist: TheSpecialist) -> AsyncIterator[ServerSentEvent]:
    async for event in hub.events(f"specialist/{specialist.specialist_id}"):
        yield event


@router.post("/tasks/{task_id}/done")
async def complete_task(context: TheContext, specialist: TheSpecialist, task_id: UUID) -> Response:
    await tasks.complete_task(context, specialist, task_id)
    return see_other("/", _("The task is done."))
