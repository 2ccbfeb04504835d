"""Finding a specialist and a time, and holding it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.door import TheContext
from api.patient.door import TheLocale, ThePatient
from usecases.patient import booking, free_times, specialists
from usecases.patient.appointment import AppointmentView, appointment
from usecases.patient.free_times import Slots
from usecases.patient.specialists import Directory, Search
from usecases.scheduling.holding import Hold

router = APIRouter(tags=["booking"])
Week = Annotated[int, Query(ge=0, le=60)]


@router.get("/specialists")
async def find(
    context: TheContext, patient: ThePatient, locale: TheLocale, search: Annotated[Search, Query()]
) -> Directory:
    """Whoever may treat the patient where the patient is, the soonest free first."""
    return await specialists.directory(context, patient, search, locale)


@router.get("/specialists/{specialist_id}/slots")
async def slots(
    context: TheContext,
    patient: ThePatient,
    locale: TheLocale,
    specialist_id: UUID,
    type: str | None = None,
    week: Week = 0,
) -> Slots:
    return await free_times.slots(context, patient, specialist_id, type, week, locale)


@router.post("/appointments", status_code=201)
async def hold(context: TheContext, patient: ThePatient, locale: TheLocale, command: Hold) -> AppointmentView:
    """Hold a time; the same key again is the same hold."""
    appointment_id = await booking.book(context, patient, command)
    return await appointment(context, patient, appointment_id, locale)
