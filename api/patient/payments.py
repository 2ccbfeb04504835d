"""Paying for a held time, what was paid, saved cards."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.door import TheContext
from api.patient.door import TheLocale, ThePatient
from threshold.receipts import receipt_pdf
from usecases.patient import cards, paying, receipts
from usecases.patient.cards import CardView
from usecases.patient.paying import PayAppointment, PaymentStep
from usecases.patient.receipts import PaymentView, Receipt

router = APIRouter(tags=["payments"])


@router.post("/appointments/{appointment_id}/pay")
async def pay(context: TheContext, patient: ThePatient, appointment_id: UUID, command: PayAppointment) -> PaymentStep:
    """`open` and `requires_action`: the patient goes on at `action_url`, then ask how it stands with `settle`."""
    return await paying.pay(context, patient, appointment_id, command)


@router.post("/appointments/{appointment_id}/settle")
async def settle(context: TheContext, patient: ThePatient, appointment_id: UUID) -> PaymentStep:
    return await paying.settle(context, patient, appointment_id)


@router.get("/payments")
async def payments(context: TheContext, patient: ThePatient, locale: TheLocale) -> list[PaymentView]:
    return await receipts.payments(context, patient, locale)


@router.get("/payments/{payment_id}")
async def receipt(context: TheContext, patient: ThePatient, locale: TheLocale, payment_id: UUID) -> Receipt:
    return await receipts.receipt(context, patient, payment_id, locale)


@router.get("/payments/{payment_id}/receipt.pdf", response_class=Response)
async def receipt_file(context: TheContext, patient: ThePatient, locale: TheLocale, payment_id: UUID) -> Response:
    made = await receipt_pdf(await receipts.receipt(context, patient, payment_id, locale), locale)
    return Response(made, media_type="application/pdf")


@router.get("/cards")
async def saved(context: TheContext, patient: ThePatient) -> list[CardView]:
    return await cards.cards(context, patient)


@router.delete("/cards/{payment_method}", status_code=204)
async def forget(context: TheContext, patient: ThePatient, payment_method: str) -> None:
    await cards.forget(context, patient, payment_method)
