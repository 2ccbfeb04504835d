"""Patients, and who may act for them."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import command, end_of, typed
from portals.core.i18n import gettext as _
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.organization.door import TheLanguage, TheOperator
from usecases.context import Context
from usecases.organization import choices, guardians, patients
from usecases.organization.guardians import NameGuardian
from usecases.organization.patients import PatientSearch
from usecases.permission import may

router = APIRouter(prefix="/patients")


@router.get("")
async def every_patient(request: Request, context: TheContext, operator: TheOperator) -> Response:
    query, no = sifted(request, PatientSearch)
    view = await patients.patients(context, operator, query)
    offered = await choices.choices(context, operator)
    return page(request, "organization/patients.html", view=view, choices=offered, **listed(request, view.paging, no))


@router.get("/{patient_id}")
async def one_patient(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID
) -> Response:
    return await _page(request, context, operator, lang, patient_id)


@router.post("/{patient_id}/guardians")
async def name_guardian(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, patient_id: UUID
) -> Response:
    try:
        day = str((await typed(request)).get("until", ""))
        wanted = await command(request, NameGuardian, until=end_of(day) if day else None)
        await guardians.name_guardian(context, operator, patient_id, wanted)
    except Refusal as no:
        return await _page(request, context, operator, lang, patient_id, no)
    return see_other(f"/patients/{patient_id}", _("The guardian may act for the patient now."))


@router.post("/{patient_id}/guardians/{guardianship_id}/end")
async def end_guardianship(
    request: Request,
    context: TheContext,
    operator: TheOperator,
    lang: TheLanguage,
    patient_id: UUID,
    guardianship_id: UUID,
) -> Response:
    try:
        await guardians.end_guardianship(context, operator, guardianship_id)
    except Refusal as no:
        return await _page(request, context, operator, lang, patient_id, no)
    return see_other(f"/patients/{patient_id}", _("The guardianship has ended."))


async def _page(
    request: Request,
    context: Context,
    operator: TheOperator,
    lang: str,
    patient_id: UUID,
    refusal: Refusal | None = None,
) -> Response:
    view = await patients.patient(context, operator, patient_id, lang)
    named = await guardians.guardians(context, operator, patient_id) if may(operator, "guardian:manage") else None
    form = await typed(request) if refusal else {}
    return page(request, "organization/patient.html", refusal=refusal, form=form, view=view, guardians=named)
