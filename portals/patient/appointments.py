"""Appointments: the list, one with everything about it, moving, cancelling, the calendar file, what to read before."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.listing import around, sifted
from portals.core.rendering import page
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from portals.patient.specialists import MOST_WEEKS, by_day, unless_chosen
from usecases.context import Context
from usecases.listing import ListQuery
from usecases.patient import appointments, booking, cancelling, free_times, materials
from usecases.patient.appointment import appointment
from usecases.patient.booking import MoveAppointment
from usecases.patient.calendar import calendar_file
from usecases.patient.cancelling import CancelAppointment
from usecases.patient.why import own_appointment

router = APIRouter()


@router.get("/appointments")
async def every(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    query, _no = sifted(request, ListQuery)
    found = await appointments.appointment_list(context, patient, query, locale)
    ways = around(request, found.paging)
    return page(request, "patient/appointments.html", ahead=found.ahead, past=found.past, around=ways, words=words)


@router.get("/appointments/{appointment_id}")
async def one(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    return await _page(request, context, patient, locale, appointment_id)


@router.post("/appointments/{appointment_id}/cancel")
async def cancel(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    before = await appointment(context, patient, appointment_id, locale)
    try:
        await cancelling.cancel(context, patient, appointment_id, await command(request, CancelAppointment))
    except Refusal as no:
        return await _page(request, context, patient, locale, appointment_id, no)
    if before.status == "held":
        return see_other("/", _("The time is given back."))
    return see_other(f"/appointments/{appointment_id}", _("The appointment is cancelled."))


@router.get("/appointments/{appointment_id}/move")
async def move_page(
    request: Request,
    context: TheContext,
    locale: TheLocale,
    patient: ThePatient,
    appointment_id: UUID,
    week: int = 0,
) -> Response:
    return await _times(request, context, patient, locale, appointment_id, week)


@router.post("/appointments/{appointment_id}/move")
async def move(
    request: Request,
    context: TheContext,
    locale: TheLocale,
    patient: ThePatient,
    appointment_id: UUID,
    week: int = 0,
) -> Response:
    try:
        await booking.move(context, patient, appointment_id, await command(request, MoveAppointment))
    except Refusal as no:
        form = await typed(request)
        no = unless_chosen(no, form)
        return await _times(request, context, patient, locale, appointment_id, week, refusal=no, form=form)
    return see_other(f"/appointments/{appointment_id}", _("The appointment is moved. What you paid stays with it."))


@router.get("/appointments/{appointment_id}/calendar.ics")
async def calendar(context: TheContext, patient: ThePatient, appointment_id: UUID) -> Response:
    made = await calendar_file(context, patient, appointment_id)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(made, headers=headers, media_type="text/calendar")


@router.post("/materials/{offered_id}/read")
async def read(context: TheContext, patient: ThePatient, offered_id: UUID) -> Response:
    appointment_id = await materials.mark_read(context, patient, offered_id)
    return see_other(f"/appointments/{appointment_id}" if appointment_id else "/", _("Noted as read."))


async def _page(
    request: Request,
    context: Context,
    patient: ThePatient,
    locale: str,
    appointment_id: UUID,
    refusal: Refusal | None = None,
) -> Response:
    return page(
        request,
        "patient/appointment.html",
        refusal=refusal,
        view=await appointment(context, patient, appointment_id, locale),
        reason=await own_appointment(context, patient, appointment_id, locale),
        materials=await materials.materials(context, patient, locale, appointment_id),
        key=uuid4(),
        words=words,
    )


async def _times(
    request: Request,
    context: Context,
    patient: ThePatient,
    locale: str,
    appointment_id: UUID,
    week: int,
    **more: Any,
) -> Response:
    """Moving is offered only while the terms allow it; otherwise the appointment's own page says why."""
    now = await appointment(context, patient, appointment_id, locale)
    if not now.can_move:
        return see_other(f"/appointments/{appointment_id}", _("This appointment cannot be moved any more."), "info")
    week = min(max(week, 0), MOST_WEEKS)
    view = await free_times.slots_to_move(context, patient, appointment_id, week, locale)
    free_from = context.now() + timedelta(hours=now.terms.notice_hours)
    costly = now.terms.late_fee_percent > 0 and any(start < free_from for start in view.times)
    said: dict[str, Any] = {"now": now, "view": view, "days": by_day(view.times), "key": uuid4()} | more
    return page(request, "patient/move.html", free_from=free_from if costly else None, **said)
