"""The people a specialist treats, and the specialist's own profile."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.door import TheContext
from api.specialist.door import TheLocale, TheSpecialist
from threshold.downloads import download
from usecases.listing import ListQuery
from usecases.specialist import assistance, documents, profile
from usecases.specialist.assistance import AssistanceView, LetAssist
from usecases.specialist.caseload import Caseload, CaseloadSearch, PatientHistory, caseload, patient_history
from usecases.specialist.profile import Profile, SaveProfile

router = APIRouter(tags=["people"])


@router.get("/patients")
async def patients(context: TheContext, specialist: TheSpecialist, query: Annotated[ListQuery, Query()]) -> Caseload:
    return await caseload(context, specialist, query)


@router.post("/patients/search")
async def search_patients(context: TheContext, specialist: TheSpecialist, query: CaseloadSearch) -> Caseload:
    return await caseload(context, specialist, query)


@router.get("/patients/{patient_id}")
async def patient(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, patient_id: UUID
) -> PatientHistory:
    return await patient_history(context, specialist, patient_id, locale)


@router.get("/documents/{document_id}/file", response_class=Response)
async def document_file(context: TheContext, specialist: TheSpecialist, document_id: UUID) -> Response:
    """What a patient shares, as listed with the patient."""
    found = await documents.document_file(context, specialist, document_id)
    return download(found.content, found.media_type, found.name)


@router.get("/profile")
async def own_profile(context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> Profile:
    return await profile.profile(context, specialist, locale)


@router.put("/profile")
async def save_profile(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, command: SaveProfile
) -> Profile:
    await profile.save_profile(context, specialist, command)
    return await profile.profile(context, specialist, locale)


@router.get("/assistances")
async def every_assistance(context: TheContext, specialist: TheSpecialist) -> tuple[AssistanceView, ...]:
    return await assistance.assistances(context, specialist)


@router.post("/assistances", status_code=201)
async def let_assist(context: TheContext, specialist: TheSpecialist, command: LetAssist) -> UUID:
    return await assistance.let_assist(context, specialist, command)


@router.delete("/assistances/{assistance_id}", status_code=204)
async def end_assistance(context: TheContext, specialist: TheSpecialist, assistance_id: UUID) -> None:
    await assistance.end_assistance(context, specialist, assistance_id)
