"""The session room: wait, admit, meet, finish, with the brief and the note beside it."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from domain.appointments.state import Status
from domain.refusals import NoRoom, NotFound, Refusal, RoomClosed
from portals.core.door import TheContext, TheHub, asks
from portals.core.flash import see_other
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.room import room_href, signal_routes
from portals.specialist import words
from portals.specialist.appointments import brief_page
from portals.specialist.door import TheLocale, TheSpecialist, specialist_of
from usecases.context import Context
from usecases.room.entering import enter
from usecases.specialist import sessions
from usecases.specialist.brief import brief

router = APIRouter()
router.include_router(signal_routes(specialist_of))


@router.get("/appointments/{appointment_id}/room")
async def room_page(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        return await _room(request, context, specialist, locale, appointment_id)
    except (RoomClosed, NoRoom) as closed:
        known = await brief(context, specialist, appointment_id, locale)
        if known.appointment.status == Status.COMPLETED:
            return see_other(f"/appointments/{appointment_id}/note")
        return brief_page(request, known, closed)


async def own_appointment(context: TheContext, specialist: TheSpecialist, appointment_id: UUID) -> None:
    await sessions.own(context, specialist, appointment_id)


@router.get(
    "/appointments/{appointment_id}/events",
    response_class=EventSourceResponse,
    dependencies=[asks("brief:read"), Depends(own_appointment)],
)
async def events(hub: TheHub, appointment_id: UUID) -> AsyncIterator[ServerSentEvent]:
    """For the room and for the brief, which others may read along."""
    async for event in hub.events(f"appointment/{appointment_id}"):
        yield event


@router.post("/appointments/{appointment_id}/admit")
async def admit(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await sessions.admit(context, specialist, appointment_id)
    except NotFound:
        raise
    except Refusal as no:
        return await _room(request, context, specialist, locale, appointment_id, no)
    return see_other(f"/appointments/{appointment_id}/room")


@router.post("/appointments/{appointment_id}/finish")
async def finish(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await sessions.finish(context, specialist, appointment_id)
    except NotFound:
        raise
    except Refusal as no:
        known = await brief(context, specialist, appointment_id, locale)
        if not known.appointment.has_room:
            return brief_page(request, known, no)
        return await _room(request, context, specialist, locale, appointment_id, no)
    return see_other(f"/appointments/{appointment_id}/note", _("The session has ended. Write and sign your note."))


async def _room(
    request: Request,
    context: Context,
    specialist: TheSpecialist,
    locale: str,
    appointment_id: UUID,
    refusal: Refusal | None = None,
) -> Response:
    view = await enter(context, specialist, appointment_id)
    known = await brief(context, specialist, appointment_id, locale)
    draft = known.notes[0].body if known.notes else {}
    return page(
        request,
        "specialist/room.html",
        refusal=refusal,
        devices=True,
        view=view,
        brief=known,
        form=draft,
        href=room_href(appointment_id, view.token),
        now=context.now(),
        words=words,
    )
