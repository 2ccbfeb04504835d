"""The organizations' JSON door, at `/api` of their portal's host."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Query

from api.door import TheContext, create_door, identity_dependency
from domain.actors import Operator
from domain.refusals import NotSignedIn
from usecases.identity.doors import Identity
from usecases.organization import (
    appointment,
    appointments,
    definitions,
    forms,
    journey,
    journeys,
    messages,
    overview,
    patients,
    payments,
    people,
    tasks,
)
from usecases.organization.appointment import AppointmentPage
from usecases.organization.appointments import AppointmentList, AppointmentQuery, CancelAppointment
from usecases.organization.definitions import DefinitionRow, Draft, Flow
from usecases.organization.forms import FormPage, FormRow
from usecases.organization.journey import JourneyPage
from usecases.organization.journeys import JourneyList, JourneyQuery
from usecases.organization.messages import MessageList, MessageQuery
from usecases.organization.overview import Overview, OverviewQuery
from usecases.organization.patients import PatientList, PatientPage, PatientQuery
from usecases.organization.payments import PaymentList, PaymentQuery
from usecases.organization.people import SpecialistRow, StaffRow
from usecases.organization.tasks import TaskList, TaskQuery

TheIdentity = Annotated[Identity, Depends(identity_dependency("organization"))]


def organization_of(identity: TheIdentity) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


def language_of(identity: TheIdentity) -> str:
    return identity.locale


TheOperator = Annotated[Operator, Depends(organization_of)]
TheLanguage = Annotated[str, Depends(language_of)]
router = APIRouter(tags=["organization"])


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


@router.get("/journeys/{journey_id}")
async def one_journey(context: TheContext, operator: TheOperator, lang: TheLanguage, journey_id: UUID) -> JourneyPage:
    return await journey.journey(context, operator, journey_id, lang)


@router.get("/tasks")
async def every_task(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[TaskQuery, Query()]
) -> TaskList:
    return await tasks.tasks(context, operator, query, lang)


@router.post("/tasks/{task_id}/done", status_code=204)
async def task_done(context: TheContext, operator: TheOperator, task_id: UUID) -> None:
    await tasks.complete_task(context, operator, task_id)


@router.get("/appointments")
async def every_appointment(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[AppointmentQuery, Query()]
) -> AppointmentList:
    return await appointments.appointments(context, operator, query, lang)


@router.get("/appointments/{appointment_id}")
async def one_appointment(
    context: TheContext, operator: TheOperator, lang: TheLanguage, appointment_id: UUID
) -> AppointmentPage:
    return await appointment.appointment(context, operator, appointment_id, lang)


@router.post("/appointments/{appointment_id}/cancel", status_code=204)
async def cancel_appointment(
    context: TheContext, operator: TheOperator, appointment_id: UUID, command: CancelAppointment
) -> None:
    await appointments.cancel(context, operator, appointment_id, command)


@router.get("/patients")
async def every_patient(
    context: TheContext, operator: TheOperator, query: Annotated[PatientQuery, Query()]
) -> PatientList:
    return await patients.patients(context, operator, query)


@router.get("/patients/{patient_id}")
async def one_patient(context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID) -> PatientPage:
    return await patients.patient(context, operator, patient_id, lang)


@router.get("/specialists")
async def every_specialist(context: TheContext, operator: TheOperator, lang: TheLanguage) -> tuple[SpecialistRow, ...]:
    return await people.specialists(context, operator, lang)


@router.get("/staff")
async def every_member(context: TheContext, operator: TheOperator) -> tuple[StaffRow, ...]:
    return await people.staff(context, operator)


@router.get("/messages")
async def every_message(
    context: TheContext, operator: TheOperator, query: Annotated[MessageQuery, Query()]
) -> MessageList:
    return await messages.messages(context, operator, query)


@router.get("/payments")
async def every_payment(
    context: TheContext, operator: TheOperator, query: Annotated[PaymentQuery, Query()]
) -> PaymentList:
    return await payments.payments(context, operator, query)


@router.get("/definitions")
async def every_definition(context: TheContext, operator: TheOperator, lang: TheLanguage) -> tuple[DefinitionRow, ...]:
    return await definitions.definitions(context, operator, lang)


@router.get("/definitions/{key}/{version}")
async def one_definition(context: TheContext, operator: TheOperator, lang: TheLanguage, key: str, version: int) -> Flow:
    return await definitions.definition(context, operator, key, version, lang)


@router.post("/definitions/draft")
async def try_draft(operator: TheOperator, lang: TheLanguage, draft: Draft) -> Flow:
    """Checks a draft and answers the flow it would have; nothing is stored."""
    return definitions.validate(draft, lang)


@router.get("/forms")
async def every_form(context: TheContext, operator: TheOperator) -> tuple[FormRow, ...]:
    return await forms.forms(context, operator)


@router.get("/forms/{form_id}")
async def one_form(context: TheContext, operator: TheOperator, form_id: UUID) -> FormPage:
    return await forms.form(context, operator, form_id)


def create() -> FastAPI:
    return create_door("Fourdoors: organizations", "organization", router)
