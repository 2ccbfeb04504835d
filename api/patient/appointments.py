"""Appointments: list, one, why, moving, cancelling, what to read before."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.door import TheContext
from api.patient.door import TheLocale, ThePatient
from usecases.patient import appointments, booking, cancelling, free_times, materials
from usecases.patient.appointment import AppointmentView, appointment
from usecases.patient.appointments import AppointmentSummary
from usecases.patient.booking import MoveAppointment
from usecases.patient.calendar import calendar_file
from usecases.patient.cancelling import CancelAppointment
from usecases.patient.free_times import Slots
from usecases.patient.materials import MaterialView
from usecases.patient.why import own_appointment
from usecases.room.place import PlaceView, StatePlace, place, state_place
from usecases.why import AppointmentWhy

router = APIRouter(tags=["appointments"])


@router.get("/appointments")
async def every(context: TheContext, patient: ThePatient, locale: TheLocale) -> list[AppointmentSummary]:
    return await appointments.appointments(context, patient, locale)


@router.get("/appointments/{appointment_id}")
async def one(context: TheContext, patient: ThePatient, locale: TheLocale, appointment_id: UUID) -> AppointmentView:
    return await appointment(context, patient, appointment_id, locale)


@router.get("/appointments/{appointment_id}/why")
async def why(context: TheContext, patient: ThePatient, locale: TheLocale, appointment_id: UUID) -> AppointmentWhy:
    return await own_appointment(context, patient, appointment_id, locale)


@router.get("/appointments/{appointment_id}/calendar.ics", response_class=Response)
async def calendar(context: TheContext, patient: ThePatient, appointment_id: UUID) -> Response:
    return Response(await calendar_file(context, patient, appointment_id), media_type="text/calendar")


@router.get("/appointments/{appointment_id}/place")
async def where(context: TheContext, patient: ThePatient, appointment_id: UUID) -> PlaceView:
    """Whether the patient has said where they are, which the room asks for."""
    return await place(context, patient, appointment_id)


@router.post("/appointments/{appointment_id}/place", status_code=204)
async def say_place(context: TheContext, patient: ThePatient, appointment_id: UUID, command: StatePlace) -> None:
    await state_place(context, patient, appointment_id, command)


@router.get("/appointments/{appointment_id}/slots")
async def slots(
    context: TheContext,
    patient: ThePatient,
    locale: TheLocale,
    appointment_id: UUID,
    week: Annotated[int, Query(ge=0, le=60)] = 0,
) -> Slots:
    """Where it may be moved to."""
    return await free_times.slots_to_move(context, patient, appointment_id, week, locale)


@router.post("/appointments/{appointment_id}/move")
async def move(
    context: TheContext, patient: ThePatient, locale: TheLocale, appointment_id: UUID, command: MoveAppointment
) -> AppointmentView:
    await booking.move(context, patient, appointment_id, command)
    return await appointment(context, patient, appointment_id, locale)


@router.post("/appointments/{appointment_id}/cancel")
async def cancel(
    context: TheContext, patient: ThePatient, locale: TheLocale, appointment_id: UUID, command: CancelAppointment
) -> AppointmentView:
    """`fee` is what the patient was told that it costs."""
    await cancelling.cancel(context, patient, appointment_id, command)
    return await appointment(context, patient, appointment_id, locale)


@router.get("/materials")
async def to_read(context: TheContext, patient: ThePatient, locale: TheLocale) -> list[MaterialView]:
    return await materials.materials(context, patient, locale)


@router.post("/materials/{offered_id}/read", status_code=204)
async def read(context: TheContext, patient: ThePatient, offered_id: UUID) -> None:
    """The receipt; the first time counts."""
    await materials.mark_read(context, patient, offered_id)
