"""Patients, and the team: specialists and staff."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.actors import Operator
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import command, end_of, typed
from portals.core.i18n import gettext as _
from portals.core.listing import asked, listed
from portals.core.rendering import page
from portals.core.role_titles import role_title
from portals.organization.door import TheLanguage, TheOperator
from usecases.context import Context
from usecases.organization import choices, guardians, patients, people, roles
from usecases.organization.guardians import NameGuardian
from usecases.organization.patients import PatientSearch
from usecases.permission import may

router = APIRouter()


@router.get("/patients")
async def every_patient(request: Request, context: TheContext, operator: TheOperator) -> Response:
    view = await patients.patients(context, operator, asked(request, PatientSearch))
    offered = await choices.choices(context, operator)
    return page(request, "organization/patients.html", view=view, choices=offered, **listed(request, view.paging))


@router.get("/patients/{patient_id}")
async def one_patient(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID
) -> Response:
    view = await patients.patient(context, operator, patient_id, lang)
    named = await guardians.guardians(context, operator, patient_id) if may(operator, "guardian:manage") else None
    return page(request, "organization/patient.html", view=view, guardians=named)


@router.post("/patients/{patient_id}/guardians")
async def name_guardian(request: Request, context: TheContext, operator: TheOperator, patient_id: UUID) -> Response:
    day = (await typed(request)).get("until", "")
    wanted = await command(request, NameGuardian, until=end_of(day) if day else None)
    await guardians.name_guardian(context, operator, patient_id, wanted)
    return see_other(f"/patients/{patient_id}", _("The guardian may act for the patient now."))


@router.post("/patients/{patient_id}/guardians/{guardianship_id}/end")
async def end_guardianship(
    context: TheContext, operator: TheOperator, patient_id: UUID, guardianship_id: UUID
) -> Response:
    await guardians.end_guardianship(context, operator, guardianship_id)
    return see_other(f"/patients/{patient_id}", _("The guardianship has ended."))


@router.get("/people")
async def team(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    staff = await people.staff(context, operator) if may(operator, "staff:read") else ()
    return page(
        request,
        "organization/people.html",
        specialists=await people.specialists(context, operator, lang),
        staff=staff,
        colleagues=[(str(one.person_id), one.name) for one in staff],
        may_manage=may(operator, "staff:manage"),
        roles=await _given(context, operator) if may(operator, "staff:manage") else [],
    )


async def _given(context: Context, operator: Operator) -> list[tuple[str, str]]:
    """The roles that may be given: (key, title)."""
    every = await roles.roles(context, operator)
    return [(role.key, role.title or role_title(role.key)) for role in every if role.status == "active"]
