"""Saved cards: they live at the payment vendor; we know brand, last digits and expiry only while we show them."""

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Patient
from domain.refusals import NotFound, StillWorking
from gateways.errors import VendorError
from models import PaymentCustomer
from usecases.context import Context
from usecases.permission import needs
from usecases.views import View


class CardView(View):
    payment_method: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@needs("card:read")
async def cards(context: Context, patient: Patient) -> list[CardView]:
    """Raises `StillWorking` when the vendor does not answer."""
    customer = await _customer(context, patient)
    if customer is None:
        return []
    try:
        return [CardView.model_validate(card) for card in await context.payments.cards(customer)]
    except VendorError as silent:
        raise StillWorking from silent


async def check_own(context: Context, patient: Patient, payment_method: str) -> None:
    """Raises `NotFound` for a card that is not one of the patient's."""
    if payment_method not in {card.payment_method for card in await cards(context, patient)}:
        raise NotFound


@needs("card:remove")
async def forget(context: Context, patient: Patient, payment_method: str) -> None:
    """Raises `NotFound`, `StillWorking`."""
    await check_own(context, patient, payment_method)
    try:
        await context.payments.forget_card(payment_method)
    except VendorError as silent:
        raise StillWorking from silent


async def _customer(context: Context, patient: Patient) -> str | None:
    mine = select(col(PaymentCustomer.vendor_customer)).where(col(PaymentCustomer.patient_id) == patient.patient_id)
    async with context.database.transaction(patient) as session:
        return await session.scalar(mine)
