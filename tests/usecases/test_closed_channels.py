"""Whoever wants texts only, and can get none: e-mail takes their place, once, and nothing comes by phone after STOP."""

from typing import Any

import pytest

from domain.actors import Engine, House, Patient
from models import Message, Person, Suppression
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.test_messages import booked, cancellation, messages_of, outcomes, phone_of, reachable, texts_to


async def mails_about(house: RunningHouse, patient: Patient) -> list[dict[str, Any]]:
    async with house.database.transaction(House()) as session:
        to = (await session.get_one(Person, patient.person_id)).email
    return [mail for mail in await house.sandbox.seen("mails") if mail["to"] == to]


async def test_whoever_said_stop_still_hears_of_a_cancellation(house: RunningHouse) -> None:
    """Nothing by phone, neither by text nor by WhatsApp; once by e-mail, however often it is asked."""
    patient = await reachable(house, AURORA, "sms", "whatsapp", category="appointments")
    appointment_id, phone = await booked(house, patient), await phone_of(house, patient)
    async with house.database.transaction(House()) as session:
        session.add(Suppression(channel="sms", address=phone, reason="stop"))
    for _ in range(2):
        await messages_of(house).send_message(cancellation(patient, appointment_id))
    assert await outcomes(house, patient) == [("email", "sent"), ("sms", "suppressed"), ("whatsapp", "suppressed")]
    assert await texts_to(house, phone) == []
    assert len(await mails_about(house, patient)) == 1


@pytest.mark.parametrize(("number", "becomes"), [("+15005550001", "failed"), ("+15005550004", "suppressed")])
async def test_an_email_takes_the_place_of_a_text_that_was_refused(
    house: RunningHouse, number: str, becomes: str
) -> None:
    """Mistyped, or silenced at the vendor's only."""
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).phone = number
    for _ in range(2):
        await messages_of(house).send_message(cancellation(patient, appointment_id))
    assert await outcomes(house, patient) == [("email", "sent"), ("sms", becomes)]
    assert len(await mails_about(house, patient)) == 1


async def test_where_another_chosen_channel_tells_it_no_email_is_sent(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "sms", "whatsapp", category="appointments")
    appointment_id = await booked(house, patient)
    asked = cancellation(patient, appointment_id)
    refused = Message(
        organization_id=patient.organization_id,
        person_id=patient.person_id,
        key=f"{asked.key}/{patient.person_id}/sms",
        template="cancelled",
        category="appointments",
        channel="sms",
        locale="en",
        status="failed",
    )
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        session.add(refused)
    await messages_of(house).send_message(asked)
    assert await outcomes(house, patient) == [("sms", "failed"), ("whatsapp", "sent")]
