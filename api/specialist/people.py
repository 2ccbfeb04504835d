"""The people a specialist treats, and the specialist's own profile."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.door import TheContext
from api.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import profile
from usecases.specialist.caseload import Caseload, CaseloadQuery, PatientHistory, caseload, patient_history
from usecases.specialist.profile import Profile, SaveProfile

router = APIRouter(tags=["people"])


@router.get("/patients")
async def patients(
    context: TheContext, specialist: TheSpecialist, query: Annotated[CaseloadQuery, Query()]
) -> Caseload:
    return await caseload(context, specialist, query)


@router.get("/patients/{patient_id}")
async def patient(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, patient_id: UUID
) -> PatientHistory:
    return await patient_history(context, specialist, patient_id, locale)


@router.get("/profile")
async def own_profile(context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> Profile:
    return await profile.profile(context, specialist, locale)


@router.put("/profile")
async def save_profile(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, command: SaveProfile
) -> Profile:
    await profile.save_profile(context, specialist, command)
    return await profile.profile(context, specialist, locale)
