"""Paying for a held time, and coming back from the vendor's page."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from domain.refusals import CardDeclined, HoldExpired, NotInThisState, Refusal, StillWorking
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.form_data import form_of
from portals.core.forms import command
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from usecases.context import Context
from usecases.patient import cards, paying
from usecases.patient.appointment import appointment
from usecases.patient.paying import PayAppointment, PaymentStep

router = APIRouter()
NEW_CARD = "new"


@router.get("/appointments/{appointment_id}/pay")
async def pay_page(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    return await _page(request, context, patient, locale, appointment_id)


@router.post("/appointments/{appointment_id}/pay")
async def pay(
    request: Request,
    context: TheContext,
    locale: TheLocale,
    patient: ThePatient,
    appointment_id: UUID,
) -> Response:
    form = await form_of(request)
    given = {"payment_method": None} if form.get("payment_method") == NEW_CARD else {}
    try:
        wanted = await command(request, PayAppointment, **given)
        step = await paying.pay(context, patient, appointment_id, wanted)
    except (HoldExpired, NotInThisState) as over:
        return await _over(request, context, patient, locale, appointment_id, over)
    except Refusal as no:
        return await _page(request, context, patient, locale, appointment_id, refusal=no)
    return await _onward(request, context, patient, locale, appointment_id, step)


@router.get("/appointments/{appointment_id}/paid")
async def paid(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, appointment_id: UUID
) -> Response:
    """The vendor's page leads here."""
    try:
        step = await paying.settle(context, patient, appointment_id)
    except (HoldExpired, NotInThisState) as over:
        return await _over(request, context, patient, locale, appointment_id, over)
    except StillWorking as no:
        return await _page(request, context, patient, locale, appointment_id, refusal=no)
    if step.status in ("open", "requires_action", "none"):
        return see_other(f"/appointments/{appointment_id}/pay", _("The payment is not finished yet."), "info")
    return await _onward(request, context, patient, locale, appointment_id, step)


async def _onward(
    request: Request, context: Context, patient: ThePatient, locale: str, appointment_id: UUID, step: PaymentStep
) -> Response:
    if step.status == "succeeded":
        return see_other(f"/appointments/{appointment_id}", _("Thank you. Your appointment is booked."))
    if step.action_url:
        return RedirectResponse(step.action_url, 303)
    why = words.DECLINED.get(step.decline_code or "", words.NO_REASON)
    return await _page(request, context, patient, locale, appointment_id, refusal=CardDeclined(), why=why)


async def _over(
    request: Request, context: Context, patient: ThePatient, locale: str, appointment_id: UUID, refusal: Refusal
) -> Response:
    """Too late to pay: it is paid already, the time has gone to others, or its own page says what became of it."""
    view = await appointment(context, patient, appointment_id, locale)
    if view.status == "held":
        return await _page(request, context, patient, locale, appointment_id, refusal)
    if view.paid:
        return see_other(f"/appointments/{appointment_id}")
    if view.cancelled_by:
        return see_other(f"/appointments/{appointment_id}", _(refusal.title), "warn")
    return page(request, "patient/hold_over.html", refusal=refusal, view=view, words=words)


async def _page(
    request: Request,
    context: Context,
    patient: ThePatient,
    locale: str,
    appointment_id: UUID,
    refusal: Refusal | None = None,
    **more: Any,
) -> Response:
    view = await appointment(context, patient, appointment_id, locale)
    if view.status == "released" and not view.given_back:
        return page(request, "patient/hold_over.html", refusal=HoldExpired(), view=view, words=words)
    if view.status != "held" or not view.price:
        return see_other(f"/appointments/{appointment_id}")
    try:
        saved = await cards.cards(context, patient)
    except StillWorking:
        saved = []
    said: dict[str, Any] = {"why": "", "view": view, "cards": saved, "key": uuid4(), "new_card": NEW_CARD, **more}
    return page(request, "patient/pay.html", refusal=refusal, form_action=context.payment_origins, words=words, **said)
