"""One appointment: the brief before it, a session without a room, and calling it off."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.appointments.state import Status
from domain.refusals import NotFound, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import Typed, command, typed
from portals.core.i18n import gettext as _
from portals.core.places import places
from portals.core.rendering import page
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import sessions
from usecases.specialist.brief import Brief, brief
from usecases.specialist.sessions import BeginSession, CancelSession

router = APIRouter()


@router.get("/appointments/{appointment_id}")
async def appointment_page(
    request: Request,
    context: TheContext,
    specialist: TheSpecialist,
    locale: TheLocale,
    appointment_id: UUID,
) -> Response:
    return brief_page(request, await brief(context, specialist, appointment_id, locale))


@router.post("/appointments/{appointment_id}/begin")
async def begin(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await sessions.begin(context, specialist, appointment_id, await command(request, BeginSession))
    except NotFound:
        raise
    except Refusal as no:
        view = await brief(context, specialist, appointment_id, locale)
        return brief_page(request, view, no, await typed(request))
    return see_other(f"/appointments/{appointment_id}")


@router.post("/appointments/{appointment_id}/no-show")
async def no_show(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await sessions.report_no_show(context, specialist, appointment_id)
    except NotFound:
        raise
    except Refusal as no:
        return brief_page(request, await brief(context, specialist, appointment_id, locale), no)
    known = await brief(context, specialist, appointment_id, locale)
    missed = known.appointment.status == Status.NO_SHOW
    said = _("Noted: the patient did not come. They are told.") if missed else ""  # else we had to cancel it
    return see_other(f"/appointments/{appointment_id}", said)


@router.post("/appointments/{appointment_id}/cancel")
async def cancel(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await sessions.cancel(context, specialist, appointment_id, await command(request, CancelSession))
    except NotFound:
        raise
    except Refusal as no:
        return brief_page(request, await brief(context, specialist, appointment_id, locale), no)
    done = _("The appointment is cancelled. The patient is told and pays nothing.")
    return see_other(f"/appointments/{appointment_id}", done)


def brief_page(request: Request, view: Brief, refusal: Refusal | None = None, form: Typed | None = None) -> Response:
    booked_from = view.meeting.booked_from if view.meeting else ""
    asked = form or {"jurisdiction": view.place.jurisdiction if view.place else booked_from}
    choices = places() if view.meeting and view.meeting.may_begin else []
    return page(
        request, "specialist/appointment.html", refusal=refusal, view=view, form=asked, places=choices, words=words
    )
