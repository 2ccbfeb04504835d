"""Notes: written as a draft, signed for good, amended with a reason."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import DraftChanged, NotFound, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import Typed, command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.context import Context
from usecases.specialist import notes
from usecases.specialist.notes import Amendment, Draft, NoteBody, NotePage

router = APIRouter(prefix="/appointments/{appointment_id}/note")


@router.get("")
async def note_page(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    return await _page(request, context, specialist, locale, appointment_id)


@router.post("")
async def save_draft(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await notes.save_draft(context, specialist, appointment_id, await _draft(request))
    except NotFound:
        raise
    except Refusal as no:
        return await _page(request, context, specialist, locale, appointment_id, no)
    if request.headers.get("x-fragment") == "saved":
        return await _page(request, context, specialist, locale, appointment_id)
    return see_other(f"/appointments/{appointment_id}/note", _("Your draft is saved."))


@router.post("/sign")
async def sign(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await notes.sign(context, specialist, appointment_id, await _draft(request))
    except NotFound:
        raise
    except Refusal as no:
        return await _page(request, context, specialist, locale, appointment_id, no)
    return see_other(f"/appointments/{appointment_id}", _("Your note is signed."))


@router.get("/amend")
async def amend_page(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    return await _page(request, context, specialist, locale, appointment_id, template="specialist/amend.html")


@router.post("/amend")
async def amend(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, appointment_id: UUID
) -> Response:
    try:
        await notes.amend(context, specialist, appointment_id, await command(request, Amendment))
    except NotFound:
        raise
    except Refusal as no:
        return await _page(request, context, specialist, locale, appointment_id, no, "specialist/amend.html")
    return see_other(f"/appointments/{appointment_id}/note", _("Your amendment is signed."))


async def _draft(request: Request) -> Draft:
    """Who has `seen` the newer text may save over it."""
    form = await typed(request)
    return await command(request, Draft, "seen", revision=form.get("seen") or form.get("revision") or "")


async def _page(
    request: Request,
    context: Context,
    specialist: TheSpecialist,
    locale: str,
    appointment_id: UUID,
    refusal: Refusal | None = None,
    template: str = "specialist/note.html",
) -> Response:
    view = await notes.note_page(context, specialist, appointment_id, locale)
    known = view.newest.body if view.newest else {}
    form = await typed(request) if refusal else known
    newer = view.newest if isinstance(refusal, DraftChanged) else None
    unsaved = _unsaved(form, view) if refusal else {}
    return page(request, template, refusal=refusal, form=form, view=view, newer=newer, unsaved=unsaved, words=words)


def _unsaved(form: Typed, view: NotePage) -> dict[str, str]:
    """What was typed for a note that takes no text any more, where it differs from what is kept."""
    if view.may_write:
        return {}
    kept = view.newest.body if view.newest else {}
    typed_parts = {part: str(form.get(part, "")).strip() for part in NoteBody.model_fields}
    return {part: text for part, text in typed_parts.items() if text and text != kept.get(part)}
