"""A payment that comes when the time is held no longer goes back, and the patient hears so; none slips through."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from activities.payments import CardPayments
from domain.actors import Engine, Patient
from gateways.errors import VendorRetry
from gateways.payments import ChargeOutcome
from gateways.stripe_payments import StripeConfig, StripePayments
from models import Message
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import Newcomer, signed_in
from tests.payments.conftest import DEADLINE_S
from tests.payments.test_webhooks import on_the_page
from tests.payments.till import Till
from tests.usecases.test_booking import balance
from usecases.processes import appointment_handle, ask
from workflows.appointment import Appointment
from workflows.commands import Cancel


async def told(house: RunningHouse, patient: Patient) -> list[tuple[str, str]]:
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = select(Message).where(col(Message.person_id) == patient.person_id)
        return [(row.template, row.channel) for row in await session.scalars(mine)]


async def test_it_is_returned_told_by_mail_and_leads_on(house: RunningHouse) -> None:
    """The vendor says nothing of the payment before the patient gives the time back in another tab."""
    patient, appointment_id, page = await on_the_page(house)
    await house.sandbox.knobs("stripe", loss=1)
    try:
        await house.sandbox.pay(page)
    finally:
        await house.sandbox.knobs("stripe")
    handle = appointment_handle(house.temporal, appointment_id)
    await ask(handle.execute_update(Appointment.cancel, Cancel(by="patient", unpaid=True)))
    await handle.result()
    assert await balance(house, patient, appointment_id) == {"card-vendor": 0, "prepaid-sessions": 0}
    assert await told(house, patient) == [("payment-returned", "email")]
    here = f"/appointments/{appointment_id}"
    async with signed_in(house, Newcomer(AURORA, "", patient)) as visitor:
        back = await visitor.follow(await visitor.get(f"{here}/paid"))
    assert back.url.path == here
    for words in ("This has changed since you opened the page.", "Paid back", 'href="/specialists?type=intake"'):
        assert words in back.text
    assert "Nothing was charged." not in back.text


class StillProcessing(StripePayments):
    """The vendor's bank takes its time: the charge cannot be cancelled, and has not succeeded."""

    async def cancel_charge(self, payment_intent: str) -> ChargeOutcome:
        return ChargeOutcome(status="processing", payment_intent=payment_intent)


@pytest.mark.parametrize("then", ["end", "another card"])
async def test_what_may_still_succeed_has_not_ended(till: Till, then: str) -> None:
    """Else the time would be given to others, or a second card charged, and the first payment come afterwards."""
    options = till.sandbox.options
    config = StripeConfig(options.stripe_key, options.stripe_webhook_secret, till.sandbox.base_url, DEADLINE_S)
    slow = replace(till, steps=CardPayments(till.house.database, StillProcessing(config)))
    assert (await till.charge(card="pm_card_threeDSecure2Required")).status == "requires_action"
    before = await till.intents()
    with pytest.raises(VendorRetry):
        await (slow.end() if then == "end" else slow.charge("second"))
    assert await till.intents() == before
    await till.check_unpaid()
    assert (await till.end()).status == "none"
    await till.check_unpaid()
