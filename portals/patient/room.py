"""The session room: the waiting room first, then the session."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from domain.actors import Patient
from domain.refusals import ElsewhereNow, InvalidInput, LicenceEnded, NoRoom, PlaceNotStated, Refusal, RoomClosed
from portals.core.door import TheContext, TheHub, asks
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.places import places
from portals.core.rendering import page
from portals.core.room import room_href, signal_routes
from portals.patient.door import TheLocale, ThePatient, patient_of
from usecases.context import Context
from usecases.patient.appointment import appointment
from usecases.patient.home import emergency_text
from usecases.room.entering import enter
from usecases.room.place import StatePlace, place, state_place

router = APIRouter()
router.include_router(signal_routes(patient_of))


@router.get("/appointments/{appointment_id}/room")
async def room(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    try:
        view = await enter(context, patient, appointment_id)
    except (PlaceNotStated, ElsewhereNow, LicenceEnded) as unsure:
        refusal = None if isinstance(unsure, PlaceNotStated) else unsure
        return await place_page(request, context, locale, patient, appointment_id, refusal)
    except (RoomClosed, NoRoom) as closed:
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


@router.post("/appointments/{appointment_id}/place")
async def say_place(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    try:
        await state_place(context, patient, appointment_id, await command(request, StatePlace))
    except (ElsewhereNow, LicenceEnded, InvalidInput) as no:
        return await place_page(request, context, locale, patient, appointment_id, no)
    except (RoomClosed, NoRoom):
        pass
    return see_other(f"/appointments/{appointment_id}/room")


async def place_page(
    request: Request, context: Context, locale: str, patient: Patient, appointment_id: UUID, no: Refusal | None
) -> Response:
    """Asks where the patient is now; after a refusal, what to do about it."""
    known = await appointment(context, patient, appointment_id, locale)
    asked = await place(context, patient, appointment_id)
    said = asked.said.jurisdiction if asked.said else asked.booked
    return page(
        request,
        "patient/place.html",
        refusal=no,
        form=await typed(request) or {"jurisdiction": said},
        view=known,
        place=asked,
        elsewhere=isinstance(no, ElsewhereNow),
        places=places(),
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
