"""The session room: the waiting room first, then the session."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from domain.refusals import RoomClosed
from portals.core.door import TheContext, TheHub, asks
from portals.core.flash import see_other
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.room import room_href, signal_routes
from portals.patient.door import TheLocale, ThePatient, patient_of
from usecases.patient.appointments import appointment
from usecases.patient.home import emergency_text
from usecases.room.entering import enter

router = APIRouter()
router.include_router(signal_routes(patient_of))


@router.get("/appointments/{appointment_id}/room")
async def room(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    try:
        view = await enter(context, patient, appointment_id)
    except RoomClosed as closed:
        known = await appointment(context, patient, appointment_id, locale)
        if known.status == "completed":
            return see_other("/", _("The session has ended. Thank you for coming."))
        return page(request, "patient/room_closed.html", refusal=closed, view=known, now=context.now())
    return page(
        request,
        "patient/room.html",
        devices=True,
        view=view,
        href=room_href(appointment_id, view.token),
        emergency=await emergency_text(context, patient, locale),
    )


async def check_own(context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID) -> None:
    await appointment(context, patient, appointment_id, locale)


@router.get(
    "/appointments/{appointment_id}/events",
    response_class=EventSourceResponse,
    dependencies=[asks("room:enter"), Depends(check_own)],
)
async def events(hub: TheHub, appointment_id: UUID) -> AsyncIterator[ServerSentEvent]:
    """Only says that something changed."""
    async for event in hub.events(f"appointment/{appointment_id}"):
        yield event
