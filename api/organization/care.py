"""Care under way: the overview, journeys, tasks, appointments, patients. Names are looked for in a body."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.door import FRESH, TheContext
from api.organization.door import TheLanguage, TheOperator
from usecases.organization import appointment, appointments, guardians, journey, journeys, overview, patients, tasks
from usecases.organization.appointment import AppointmentPage
from usecases.organization.appointments import AppointmentList, AppointmentQuery, AppointmentSearch, CancelAppointment
from usecases.organization.guardians import GuardianView, NameGuardian
from usecases.organization.journey import JourneyPage
from usecases.organization.journeys import JourneyList, JourneyQuery, JourneySearch
from usecases.organization.overview import Overview, OverviewQuery
from usecases.organization.patients import PatientList, PatientPage, PatientQuery, PatientSearch
from usecases.organization.tasks import TaskList, TaskQuery, TaskSearch

router = APIRouter(tags=["care"])


@router.get("/overview")
async def control_room(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[OverviewQuery, Query()]
) -> Overview:
    return await overview.overview(context, operator, query, lang)


@router.get("/journeys")
async def every_journey(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[JourneyQuery, Query()]
) -> JourneyList:
    return await journeys.journeys(context, operator, query, lang)


@router.post("/journeys/search")
async def search_journeys(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: JourneySearch
) -> JourneyList:
    return await journeys.journeys(context, operator, query, lang)


@router.get("/journeys/{journey_id}")
async def one_journey(context: TheContext, operator: TheOperator, lang: TheLanguage, journey_id: UUID) -> JourneyPage:
    return await journey.journey(context, operator, journey_id, lang)


@router.get("/tasks")
async def every_task(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[TaskQuery, Query()]
) -> TaskList:
    return await tasks.tasks(context, operator, query, lang)


@router.post("/tasks/search")
async def search_tasks(context: TheContext, operator: TheOperator, lang: TheLanguage, query: TaskSearch) -> TaskList:
    return await tasks.tasks(context, operator, query, lang)


@router.post("/tasks/{task_id}/done", status_code=204)
async def task_done(context: TheContext, operator: TheOperator, task_id: UUID) -> None:
    await tasks.complete_task(context, operator, task_id)


@router.get("/appointments")
async def every_appointment(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[AppointmentQuery, Query()]
) -> AppointmentList:
    return await appointments.appointments(context, operator, query, lang)


@router.post("/appointments/search")
async def search_appointments(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: AppointmentSearch
) -> AppointmentList:
    return await appointments.appointments(context, operator, query, lang)


@router.get("/appointments/{appointment_id}")
async def one_appointment(
    context: TheContext, operator: TheOperator, lang: TheLanguage, appointment_id: UUID
) -> AppointmentPage:
    return await appointment.appointment(context, operator, appointment_id, lang)


@router.post("/appointments/{appointment_id}/cancel", status_code=204, dependencies=[FRESH])
async def cancel_appointment(
    context: TheContext, operator: TheOperator, appointment_id: UUID, command: CancelAppointment
) -> None:
    await appointments.cancel(context, operator, appointment_id, command)


@router.get("/patients")
async def every_patient(
    context: TheContext, operator: TheOperator, query: Annotated[PatientQuery, Query()]
) -> PatientList:
    return await patients.patients(context, operator, query)


@router.post("/patients/search")
async def search_patients(context: TheContext, operator: TheOperator, query: PatientSearch) -> PatientList:
    return await patients.patients(context, operator, query)


@router.get("/patients/{patient_id}")
async def one_patient(context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID) -> PatientPage:
    return await patients.patient(context, operator, patient_id, lang)


@router.get("/patients/{patient_id}/guardians")
async def guardians_of(context: TheContext, operator: TheOperator, patient_id: UUID) -> tuple[GuardianView, ...]:
    return await guardians.guardians(context, operator, patient_id)


@router.post("/patients/{patient_id}/guardians", status_code=201)
async def name_guardian(context: TheContext, operator: TheOperator, patient_id: UUID, command: NameGuardian) -> UUID:
    return await guardians.name_guardian(context, operator, patient_id, command)


@router.delete("/guardians/{guardianship_id}", status_code=204)
async def end_guardianship(context: TheContext, operator: TheOperator, guardianship_id: UUID) -> None:
    await guardians.end_guardianship(context, operator, guardianship_id)
