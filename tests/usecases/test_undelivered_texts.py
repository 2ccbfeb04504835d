"""Texts the vendor took and could not deliver: e-mail takes their place, once, when nothing else has told it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, House, Patient
from models import Appointment, Person, Preference
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import until
from tests.usecases.test_closed_channels import mails_about
from tests.usecases.test_messages import booked, cancellation, messages_of, outcomes, reachable, reminder, rows
from workflows.steps import SendMessage

OFF, LANDLINE = "+15005530003", "+15005530006"


async def with_phone(house: RunningHouse, number: str, *channels: str, category: str = "appointments") -> Patient:
    patient = await reachable(house, AURORA, *channels, category=category)
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).phone = number
    return patient


async def told(house: RunningHouse, message: SendMessage) -> None:
    """Sent, and the vendor's callbacks have all arrived."""
    await messages_of(house).send_message(message)
    await house.sandbox.delivered("twilio")


@asynccontextmanager
async def callbacks(house: RunningHouse, **knobs: float) -> AsyncIterator[None]:
    await house.sandbox.knobs("twilio", **knobs)
    try:
        yield
    finally:
        await house.sandbox.knobs("twilio")


async def has_gone(house: RunningHouse, patient: Patient) -> bool:
    return [row.status for row in await rows(house, patient)] == ["sent"]


async def substitutes(house: RunningHouse, patient: Patient) -> int:
    ids = [f"substitute-message/{row.id}" for row in await rows(house, patient)]
    return len(await house.sql("select 1 from workflow_key where workflow_id = any($1)", ids))


async def replaced(house: RunningHouse, message_id: UUID) -> None:
    """Waits until whatever takes the message's place is done with."""
    async with asyncio.timeout(10):
        await house.temporal.get_workflow_handle(f"substitute-message/{message_id}").result()


@pytest.mark.parametrize("knobs", [{}, {"duplicates": 1, "disorder": 1.0}], ids=["in order", "doubled, in disorder"])
@pytest.mark.parametrize(("number", "reason"), [(OFF, "30003"), (LANDLINE, "30006")])
async def test_an_email_takes_the_place_of_a_text_that_never_arrives(
    house: RunningHouse, number: str, reason: str, knobs: dict[str, float]
) -> None:
    patient = await with_phone(house, number, "sms")
    asked = cancellation(patient, await booked(house, patient))
    async with callbacks(house, **knobs):
        await told(house, asked)
    (text,) = [row for row in await rows(house, patient) if row.channel == "sms"]
    assert (text.status, text.reason) == ("failed", reason)
    await replaced(house, text.id)
    assert await outcomes(house, patient) == [("email", "sent"), ("sms", "failed")]
    await told(house, asked)
    (mail,) = await mails_about(house, patient)
    assert "cancelled" in mail["text"]


async def test_of_several_channels_that_fail_one_email_takes_the_place(house: RunningHouse) -> None:
    patient = await with_phone(house, LANDLINE, "sms", "whatsapp")
    async with callbacks(house, duplicates=1):
        await told(house, cancellation(patient, await booked(house, patient)))
    text, *_ = [row for row in await rows(house, patient) if row.channel == "sms"]
    await replaced(house, text.id)
    assert await outcomes(house, patient) == [("email", "sent"), ("sms", "failed"), ("whatsapp", "failed")]
    assert len(await mails_about(house, patient)) == 1


@pytest.mark.parametrize("other", ["email", "whatsapp"])
async def test_what_another_channel_told_is_not_told_again(house: RunningHouse, other: str) -> None:
    patient = await with_phone(house, OFF, "sms", other)
    await told(house, cancellation(patient, await booked(house, patient)))
    assert await outcomes(house, patient) == sorted([("sms", "failed"), (other, "sent")])
    assert await substitutes(house, patient) == 0


async def test_nobody_is_reminded_late_of_what_has_been_cancelled(house: RunningHouse) -> None:
    patient = await with_phone(house, LANDLINE, "sms", category="reminders")
    appointment_id = await booked(house, patient)
    async with callbacks(house, delay=1.5):
        sending = asyncio.create_task(told(house, reminder(patient, appointment_id)))
        await until(lambda: has_gone(house, patient))
        async with house.database.transaction(Engine(patient.organization_id)) as session:
            (await session.get_one(Appointment, appointment_id)).status = "cancelled"
        await sending
    (text,) = await rows(house, patient)
    await replaced(house, text.id)
    assert await outcomes(house, patient) == [("sms", "failed")]
    assert await mails_about(house, patient) == []


async def test_whoever_has_chosen_nothing_by_now_is_told_nothing(house: RunningHouse) -> None:
    patient = await with_phone(house, LANDLINE, "sms")
    async with callbacks(house, delay=1.5):
        sending = asyncio.create_task(told(house, cancellation(patient, await booked(house, patient))))
        await until(lambda: has_gone(house, patient))
        async with house.database.transaction(House()) as session:
            mine = select(Preference).where(col(Preference.person_id) == patient.person_id)
            (await session.scalars(mine)).one().channels = []
        await sending
    (text,) = await rows(house, patient)
    await replaced(house, text.id)
    assert await outcomes(house, patient) == [("sms", "failed")]
    assert await mails_about(house, patient) == []
