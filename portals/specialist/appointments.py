"""One appointment: the brief before it, the note after it, and calling it off."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import NotFound, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import sessions
from usecases.specialist.brief import brief

router = APIRouter()


@router.get("/appointments/{appointment_id}")
async def appointment_page(
    request: Request,
    context: TheContext,
    specialist: TheSpecialist,
    locale: TheLocale,
    appointment_id: UUID,
) -> Response:
    view = await brief(context, specialist, appointment_id, locale)
    return page(request, "specialist/appointment.html", view=view, words=words)


@router.post("/appointments/{appointment_id}/cancel")
async def cancel(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await sessions.cancel(context, specialist, appointment_id)
    except NotFound:
        raise
    except Refusal as no:
        view = await brief(context, specialist, appointment_id, locale)
        return page(request, "specialist/appointment.html", refusal=no, view=view, words=words)
    done = _("The appointment is cancelled. The patient is told and pays nothing.")
    return see_other(f"/appointments/{appointment_id}", done)
