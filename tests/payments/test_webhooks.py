"""What the vendor tells by itself: doubled, out of order, late, lost, forged. The appointment looks up what is true."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House, Patient
from models import Appointment as AppointmentRow
from models import WebhookEvent
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.http import http_client
from tests.usecases.steps import held, new_patient, offered, until
from tests.usecases.test_booking import balance, intents_of, payment, row_of
from usecases.processes import appointment_handle, ask
from workflows.appointment import Appointment
from workflows.commands import Cancel

PAID = {"card-vendor": 14000, "prepaid-sessions": -14000}
FORGED, TAKEN = 400, 204


@pytest.fixture
async def vendor(house: RunningHouse) -> AsyncIterator[RunningHouse]:
    """The house, whose vendor's habits are set right again afterwards."""
    yield house
    await house.sandbox.knobs("stripe")


async def on_the_page(house: RunningHouse) -> tuple[Patient, UUID, str]:
    """A patient, the held appointment, and the page on which it is to be paid."""
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    answer = await ask(appointment_handle(house.temporal, appointment_id).execute_update(Appointment.pay, payment()))
    return patient, appointment_id, answer.action_url or ""


async def status_of(house: RunningHouse, patient: Patient, appointment_id: UUID) -> str:
    return (await row_of(house, patient, appointment_id)).status


async def check_paid_once(house: RunningHouse, patient: Patient, appointment_id: UUID) -> None:
    assert [row.status for row in await intents_of(house, patient, appointment_id)] == ["succeeded"]
    assert await balance(house, patient, appointment_id) == PAID
    charged = [
        one for one in await house.sandbox.seen("charges") if one["metadata"]["appointment"] == str(appointment_id)
    ]
    assert len(charged) == 1


async def check_untouched(house: RunningHouse, patient: Patient, appointment_id: UUID) -> None:
    assert await status_of(house, patient, appointment_id) == "held"
    assert [row.status for row in await intents_of(house, patient, appointment_id)] == ["pending"]
    assert await balance(house, patient, appointment_id) == {}


async def outcomes(house: RunningHouse, event: object) -> list[str]:
    """How each kept copy of the event was handled; empty when none was kept."""
    async with house.database.transaction(House()) as session:
        same = select(col(WebhookEvent.outcome)).where(col(WebhookEvent.event_id) == event)
        return list(await session.scalars(same))


@pytest.mark.parametrize(
    "habit", [{"duplicates": 5}, {"disorder": 0.6}, {"delay": 1.5}, {"duplicates": 3, "loss": 0.3}]
)
async def test_doubled_disordered_or_late_it_confirms_once(vendor: RunningHouse, habit: dict[str, float]) -> None:
    patient, appointment_id, page = await on_the_page(vendor)
    await vendor.sandbox.knobs("stripe", **habit)
    await vendor.sandbox.pay(page)

    async def confirmed() -> bool:
        return await status_of(vendor, patient, appointment_id) == "confirmed"

    await until(confirmed)
    await vendor.sandbox.delivered("stripe")
    await check_paid_once(vendor, patient, appointment_id)
    assert (await row_of(vendor, patient, appointment_id)).version == 1


async def test_lost_it_is_looked_up_when_the_patient_is_back(vendor: RunningHouse) -> None:
    patient, appointment_id, page = await on_the_page(vendor)
    await vendor.sandbox.knobs("stripe", loss=1)
    await vendor.sandbox.pay(page)
    await vendor.sandbox.delivered("stripe")
    await check_untouched(vendor, patient, appointment_id)
    await ask(appointment_handle(vendor.temporal, appointment_id).execute_update(Appointment.settle))
    assert await status_of(vendor, patient, appointment_id) == "confirmed"
    await check_paid_once(vendor, patient, appointment_id)


async def test_forged_it_changes_nothing(vendor: RunningHouse) -> None:
    patient, appointment_id, _ = await on_the_page(vendor)
    event = told(appointment_id)
    body, secret = json.dumps(event).encode(), vendor.sandbox.options.stripe_webhook_secret
    for signature in ("", "t=1,v1=00", signed(body, "whsec_guessed"), signed(b"{}", secret), signed(body, secret, 600)):
        assert await post(vendor, body, signature) == FORGED
    assert await outcomes(vendor, event["id"]) == []
    await check_untouched(vendor, patient, appointment_id)


async def test_true_in_form_but_of_a_payment_that_did_not_happen_it_changes_nothing(vendor: RunningHouse) -> None:
    """Even the vendor's own word is only a reason to look."""
    patient, appointment_id, _ = await on_the_page(vendor)
    event = told(appointment_id)
    body = json.dumps(event).encode()
    for _ in range(2):
        assert await post(vendor, body, signed(body, vendor.sandbox.options.stripe_webhook_secret)) == TAKEN
    assert await outcomes(vendor, event["id"]) == ["told the appointment"]
    await ask(appointment_handle(vendor.temporal, appointment_id).execute_update(Appointment.settle))
    await check_untouched(vendor, patient, appointment_id)


@pytest.mark.parametrize(
    ("reference", "outcome"),
    [
        ("", "no appointment named"),
        ("not-an-id", "no appointment named"),
        (str(UUID(int=99)), "the appointment has ended"),
    ],
)
async def test_about_nothing_of_ours_it_is_taken_and_changes_nothing(
    vendor: RunningHouse, reference: str, outcome: str
) -> None:
    event = told(reference)
    body = json.dumps(event).encode()
    assert await post(vendor, body, signed(body, vendor.sandbox.options.stripe_webhook_secret)) == TAKEN
    assert await outcomes(vendor, event["id"]) == [outcome]


async def test_after_the_end_it_revives_nothing(vendor: RunningHouse) -> None:
    patient, appointment_id, _ = await on_the_page(vendor)
    handle = appointment_handle(vendor.temporal, appointment_id)
    await ask(handle.execute_update(Appointment.cancel, Cancel(by="patient")))
    await handle.result()
    body = json.dumps(told(appointment_id)).encode()
    assert await post(vendor, body, signed(body, vendor.sandbox.options.stripe_webhook_secret)) == TAKEN
    async with vendor.database.transaction(patient) as session:
        assert (await session.get_one(AppointmentRow, appointment_id)).status == "released"
    assert await balance(vendor, patient, appointment_id) == {}


def told(appointment: UUID | str) -> dict[str, object]:
    """A payment has succeeded, says the event."""
    about = {"id": "pi_invented", "object": "payment_intent", "metadata": {"appointment": str(appointment)}}
    kind = "payment_intent.succeeded"
    return {"id": f"evt_{uuid4().hex}", "type": kind, "created": int(time.time()), "data": {"object": about}}


def signed(body: bytes, secret: str, seconds_ago: int = 0) -> str:
    stamp = int(time.time()) - seconds_ago
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


async def post(house: RunningHouse, body: bytes, signature: str) -> int:
    url = f"http://127.0.0.1:{house.settings.port}/webhooks/stripe"
    async with http_client() as client:
        return (await client.post(url, content=body, headers={"stripe-signature": signature})).status_code
