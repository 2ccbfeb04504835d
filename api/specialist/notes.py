"""Notes: draft, signature, amendment."""

from uuid import UUID

from fastapi import APIRouter

from api.door import TheContext
from api.specialist.door import TheLocale, TheSpecialist
from usecases.specialist import notes
from usecases.specialist.notes import Amendment, Draft, NotePage

router = APIRouter(prefix="/appointments/{appointment_id}/note", tags=["notes"])


@router.get("")
async def read(context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID) -> NotePage:
    return await notes.note_page(context, specialist, appointment_id, locale)


@router.put("")
async def save_draft(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID, draft: Draft
) -> NotePage:
    await notes.save_draft(context, specialist, appointment_id, draft)
    return await notes.note_page(context, specialist, appointment_id, locale)


@router.post("/sign")
async def sign(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID, draft: Draft
) -> NotePage:
    await notes.sign(context, specialist, appointment_id, draft)
    return await notes.note_page(context, specialist, appointment_id, locale)


@router.post("/amend")
async def amend(
    context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID, amendment: Amendment
) -> NotePage:
    await notes.amend(context, specialist, appointment_id, amendment)
    return await notes.note_page(context, specialist, appointment_id, locale)
