"""A refund that the patient's bank sends back days later: the ledger follows, once, and a person is to act."""

import json
from typing import Any
from uuid import UUID, uuid4

from domain.actors import Operator, Patient
from tests.fixtures.house import AURORA, RunningHouse
from tests.payments.test_webhooks import FORGED, PAID, TAKEN, outcomes, post, signed
from tests.usecases.steps import held, new_patient, offered, until
from tests.usecases.test_booking import balance, intents_of, pay
from usecases.organization.payments import PaymentQuery, payments
from usecases.processes import appointment_handle, ask
from workflows.appointment import Appointment
from workflows.commands import Cancel

RETURNED = ("refund-returned", 14000)
GIVEN_BACK = {"card-vendor": 0, "prepaid-sessions": 0}


async def given_back(house: RunningHouse) -> tuple[Patient, UUID, dict[str, Any]]:
    """A cancelled appointment whose price was given back, and the refund as the vendor has it."""
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    await pay(house, appointment_id)
    handle = appointment_handle(house.temporal, appointment_id)
    await ask(handle.execute_update(Appointment.cancel, Cancel(by="patient")))
    await handle.result()
    assert await balance(house, patient, appointment_id) == GIVEN_BACK
    ours = f"refund/{appointment_id}/refund"
    (refund,) = [one for one in await house.sandbox.seen("refunds") if one["metadata"]["intent_key"] == ours]
    return patient, appointment_id, refund


async def movements(house: RunningHouse, patient: Patient, appointment_id: UUID) -> list[tuple[str, int]]:
    """As whoever reads the organization's payments sees them, the first one first."""
    operator = Operator(patient.organization_id, uuid4(), frozenset({"owner"}))
    found = await payments(house.context, operator, PaymentQuery())
    mine = [(row.kind, row.amount.amount) for row in found.rows if row.appointment_id == appointment_id]
    return mine[::-1]


async def statuses(house: RunningHouse, patient: Patient, appointment_id: UUID) -> list[tuple[str, str]]:
    return [(row.kind, row.status) for row in await intents_of(house, patient, appointment_id)]


async def test_it_is_ours_again_once_however_often_it_is_told(house: RunningHouse) -> None:
    patient, appointment_id, refund = await given_back(house)
    await house.sandbox.knobs("stripe", duplicates=3, disorder=0.3)
    await house.sandbox.refund_comes_back(refund["id"])

    async def parked() -> bool:
        return ("refund", "parked") in await statuses(house, patient, appointment_id)

    await until(parked)
    await house.sandbox.delivered("stripe")
    await house.sandbox.knobs("stripe")
    assert await balance(house, patient, appointment_id) == PAID
    assert await statuses(house, patient, appointment_id) == [("charge", "succeeded"), ("refund", "parked")]
    assert await movements(house, patient, appointment_id) == [("charge", 14000), ("refund", -14000), RETURNED]


async def test_told_of_a_refund_that_stands_nothing_moves(house: RunningHouse) -> None:
    """Even the vendor's own word is only a reason to look; a forger's is none."""
    patient, appointment_id, refund = await given_back(house)
    event = failed(refund)
    body, secret = json.dumps(event).encode(), house.sandbox.options.stripe_webhook_secret
    assert await post(house, body, signed(body, "whsec_guessed")) == FORGED
    assert await outcomes(house, event["id"]) == []
    assert await post(house, body, signed(body, secret)) == TAKEN
    assert await outcomes(house, event["id"]) == ["the refund stands"]
    assert await balance(house, patient, appointment_id) == GIVEN_BACK
    assert ("refund", "succeeded") in await statuses(house, patient, appointment_id)


async def test_while_the_vendor_is_silent_it_has_to_tell_again(house: RunningHouse) -> None:
    patient, appointment_id, refund = await given_back(house)
    await house.sandbox.knobs("stripe", loss=1)
    await house.sandbox.refund_comes_back(refund["id"])
    await house.sandbox.delivered("stripe")
    await house.sandbox.knobs("stripe")
    await house.sandbox.fault("stripe", "error_before", "GET /v1/refunds", times=1)
    event = failed(refund)
    body = json.dumps(event).encode()
    signature = signed(body, house.sandbox.options.stripe_webhook_secret)
    assert await post(house, body, signature) == 503
    assert await balance(house, patient, appointment_id) == GIVEN_BACK
    assert await post(house, body, signature) == TAKEN
    assert await outcomes(house, event["id"]) == ["the refund came back"]
    assert await balance(house, patient, appointment_id) == PAID


def failed(refund: dict[str, Any]) -> dict[str, Any]:
    about = {**refund, "status": "failed"}
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "refund.failed",
        "created": 1,
        "data": {"object": about},
    }
