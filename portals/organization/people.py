"""Patients, and the team: specialists and staff."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext
from portals.core.rendering import page
from portals.organization.door import TheLanguage, TheOperator
from portals.organization.listing import asked, listed
from usecases.organization import choices, patients, people
from usecases.organization.patients import PatientQuery
from usecases.permission import may

router = APIRouter()


@router.get("/patients")
async def every_patient(request: Request, context: TheContext, operator: TheOperator) -> Response:
    view = await patients.patients(context, operator, asked(request, PatientQuery))
    offered = await choices.choices(context, operator)
    return page(request, "organization/patients.html", view=view, choices=offered, **listed(request, view.paging))


@router.get("/patients/{patient_id}")
async def one_patient(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID
) -> Response:
    view = await patients.patient(context, operator, patient_id, lang)
    return page(request, "organization/patient.html", view=view)


@router.get("/people")
async def team(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    return page(
        request,
        "organization/people.html",
        specialists=await people.specialists(context, operator, lang),
        staff=await people.staff(context, operator) if may(operator, "staff:read") else (),
    )
