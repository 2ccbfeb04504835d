"""Messages on the running house: by the channels people want, once each, and to nobody who said stop."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

import composition
from activities.delivery import Delivery
from activities.messages import Messages
from domain.actors import Engine, House, Patient
from gateways.messages import Inbound, InboundKind
from models import Appointment, Message, MessageTemplate, Person, Preference, Suppression, WebhookEvent
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from tests.fixtures.http import http_client
from tests.usecases.steps import held, new_patient, offered, until
from usecases.webhooks import inbound_text
from workflows.steps import SendMessage

NOON = datetime.now(UTC).replace(hour=17, minute=0) + timedelta(days=1)


def messages_of(house: RunningHouse) -> Messages:
    context = house.context
    callback_url = f"http://127.0.0.1:{house.settings.port}/webhooks/twilio"
    delivery = Delivery(context.database, context.mailer, context.texter, callback_url)
    return Messages(context.database, delivery, composition.addresses_of(house.settings))


async def reachable(house: RunningHouse, host: str, *channels: str, category: str = "reminders") -> Patient:
    """A patient with a phone of their own who wants `channels`."""
    patient = await new_patient(house, host)
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, patient.person_id)
        person.phone = f"+1617555{uuid4().int % 10_000:04d}"
        session.add(Preference(person_id=person.id, category=category, channels=list(channels)))
    return patient


async def phone_of(house: RunningHouse, patient: Patient) -> str:
    async with house.database.transaction(House()) as session:
        return (await session.get_one(Person, patient.person_id)).phone


async def booked(house: RunningHouse, patient: Patient) -> UUID:
    """An appointment that counts as confirmed, without the way there."""
    appointment_id = await held(house, patient, await offered(house, patient))
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        (await session.get_one(Appointment, appointment_id)).status = "confirmed"
    return appointment_id


def reminder(patient: Patient, appointment_id: UUID, at: datetime = NOON) -> SendMessage:
    return SendMessage(
        organization_id=patient.organization_id,
        appointment_id=appointment_id,
        template="reminder",
        key=f"appointment/{appointment_id}/reminder/0/0",
        at=at,
    )


def cancellation(patient: Patient, appointment_id: UUID) -> SendMessage:
    return SendMessage(
        organization_id=patient.organization_id,
        appointment_id=appointment_id,
        template="cancelled",
        key=f"appointment/{appointment_id}/cancelled",
        at=NOON,
    )


async def rows(house: RunningHouse, patient: Patient) -> list[Message]:
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = select(Message).where(col(Message.person_id) == patient.person_id).order_by(col(Message.channel))
        return list(await session.scalars(mine))


async def outcomes(house: RunningHouse, patient: Patient) -> list[tuple[str, str]]:
    """By channel; of what has gone out the vendor may have told more already."""
    gone = {"delivered": "sent"}
    return [(row.channel, gone.get(row.status, row.status)) for row in await rows(house, patient)]


async def texts_to(house: RunningHouse, phone: str) -> list[dict[str, str]]:
    return [text for text in await house.sandbox.seen("messages") if text["to"].endswith(phone)]


async def test_each_channel_once_however_often_it_is_asked(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "email", "sms", "whatsapp")
    appointment_id = await booked(house, patient)
    for _ in range(3):
        assert await messages_of(house).send_message(reminder(patient, appointment_id)) is None
    assert [(row.channel, row.template) for row in await rows(house, patient)] == [
        ("email", "reminder"),
        ("sms", "reminder"),
        ("whatsapp", "reminder"),
    ]
    assert len(await texts_to(house, await phone_of(house, patient))) == 2


async def test_the_specialists_cancellation_reaches_who_wants_texts_only(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    await messages_of(house).send_message(cancellation(patient, appointment_id))
    assert [(row.channel, row.template) for row in await rows(house, patient)] == [("sms", "cancelled")]
    (text,) = await texts_to(house, await phone_of(house, patient))
    assert "is cancelled" in text["body"]


async def test_what_no_chosen_channel_can_say_comes_by_email(house: RunningHouse) -> None:
    """Here because the phone is gone."""
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).phone = ""
    for _ in range(2):
        await messages_of(house).send_message(cancellation(patient, appointment_id))
    assert [(row.channel, row.template) for row in await rows(house, patient)] == [("email", "cancelled")]


async def test_what_nobody_has_written_yet_is_tried_until_it_is(house: RunningHouse) -> None:
    """After a release that has something new to say: its words come with the next pack."""
    patient = await new_patient(house, AURORA)
    appointment_id = await booked(house, patient)
    news = cancellation(patient, appointment_id).model_copy(update={"template": f"news-{uuid4().hex}"})
    with pytest.raises(LookupError, match="load a pack that has it"):
        await messages_of(house).send_message(news)
    assert await rows(house, patient) == []
    words = MessageTemplate(
        organization_id=patient.organization_id,
        key=news.template,
        locale="en",
        channel="email",
        subject="News",
        body="Dear {name}, there is news.",
    )
    async with house.database.transaction(House()) as session:
        session.add(words)
    await messages_of(house).send_message(news)
    assert [(row.template, row.status) for row in await rows(house, patient)] == [(news.template, "sent")]


async def test_whoever_chose_nothing_is_told_nothing(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, category="appointments")
    await messages_of(house).send_message(cancellation(patient, await booked(house, patient)))
    assert await rows(house, patient) == []


@pytest.mark.parametrize(("host", "word"), [(MARIGOLD, "Termin"), (SANA, "موعد"), (AURORA, "appointment")])
async def test_each_brand_in_its_language_and_nothing_clinical(house: RunningHouse, host: str, word: str) -> None:
    """P05: the text names the brand, the time and a link; nothing of what for or with whom."""
    patient = await reachable(house, host, "sms")
    appointment_id = await booked(house, patient)
    await messages_of(house).send_message(reminder(patient, appointment_id))
    (text,) = await texts_to(house, await phone_of(house, patient))
    assert word in text["body"]
    assert host in text["body"]
    assert not any(clinical in text["body"].lower() for clinical in ("therap session", "phq", "dr.", "psych"))


async def test_opting_out_is_heard_at_once(house: RunningHouse) -> None:
    """P06."""
    patient = await reachable(house, AURORA)
    await messages_of(house).send_message(reminder(patient, await booked(house, patient)))
    assert await rows(house, patient) == []


async def test_nobody_is_woken(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "email", "sms")
    appointment_id = await booked(house, patient)
    night = datetime.combine(NOON.date(), datetime.min.time(), ZoneInfo("America/New_York")) + timedelta(hours=2)
    later = await messages_of(house).send_message(reminder(patient, appointment_id, night.astimezone(UTC)))
    assert later is not None
    assert later.astimezone(ZoneInfo("America/New_York")).hour == 8
    assert await texts_to(house, await phone_of(house, patient)) == []
    assert await messages_of(house).send_message(reminder(patient, appointment_id, later)) is None
    assert len(await texts_to(house, await phone_of(house, patient))) == 1


@pytest.mark.parametrize("status", ["cancelled", "no-show", "released"])
async def test_an_appointment_that_is_off_reminds_nobody(house: RunningHouse, status: str) -> None:
    patient = await reachable(house, AURORA, "email", "sms")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        (await session.get_one(Appointment, appointment_id)).status = status
    await messages_of(house).send_message(reminder(patient, appointment_id))
    assert await rows(house, patient) == []


async def test_a_reminder_of_the_time_before_a_move_is_not_sent(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "email")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        (await session.get_one(Appointment, appointment_id)).moves = 1
    await messages_of(house).send_message(reminder(patient, appointment_id))
    assert await rows(house, patient) == []


async def test_stop_and_start(house: RunningHouse) -> None:
    """STOP on the phone is heard through the signed webhook and silences it at once; START lifts that."""
    patient = await reachable(house, AURORA, "sms")
    phone = await phone_of(house, patient)

    async def suppressed() -> bool:
        return await is_suppressed(house, phone)

    async def free() -> bool:
        return not await suppressed()

    await house.sandbox.reply(phone, "STOP")
    await until(suppressed)
    await messages_of(house).send_message(reminder(patient, await booked(house, patient)))
    assert await outcomes(house, patient) == [("email", "sent"), ("sms", "suppressed")]
    assert not any(AURORA in text["body"] for text in await texts_to(house, phone))  # only the carrier's own answer
    await house.sandbox.reply(phone, "START")
    await until(free)


@pytest.mark.parametrize(
    ("said", "arrive", "silent"),
    [
        (["STOP", "START"], [1, 0], False),
        (["START", "STOP"], [1, 0], True),
        (["STOP", "START", "STOP"], [2, 0, 1], True),
        (["STOP", "START"], [1], False),
        (["START", "STOP"], [0], True),
    ],
)
async def test_the_word_that_was_said_last_counts_in_whatever_order_they_arrive(
    house: RunningHouse, said: list[str], arrive: list[int], silent: bool
) -> None:
    phone = f"+1617556{uuid4().int % 10_000:04d}"
    await house.sandbox.knobs("twilio", loss=1)
    try:
        for word in said:
            await house.sandbox.reply(phone, word)
    finally:
        await house.sandbox.knobs("twilio", loss=0)
    heard = [text for text in await house.sandbox.seen("messages") if text["from"] == phone]
    for place in arrive:
        word = said[place].lower()
        kind: InboundKind = "stop" if word == "stop" else "start"
        await inbound_text(house.context, Inbound(heard[place]["sid"], "sms", phone, word, kind))
    assert await is_suppressed(house, phone) is silent


async def test_a_word_the_vendor_does_not_list_is_heard_as_it_came(house: RunningHouse) -> None:
    phone = f"+1617557{uuid4().int % 10_000:04d}"
    words: tuple[InboundKind, ...] = ("stop", "start", "stop")
    for kind in words:
        await inbound_text(house.context, Inbound(f"SM{uuid4().hex}", "sms", phone, kind, kind))
        assert await is_suppressed(house, phone) is (kind == "stop")


async def is_suppressed(house: RunningHouse, phone: str) -> bool:
    async with house.database.transaction(House()) as session:
        return await session.scalar(select(Suppression).where(col(Suppression.address) == phone)) is not None


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("stripe", "stripe-signature"),
        ("sendgrid", "x-twilio-email-event-webhook-signature"),
        ("twilio", "x-twilio-signature"),
    ],
)
async def test_forged_webhooks_leave_nothing(house: RunningHouse, path: str, header: str) -> None:
    async def stored() -> int:
        async with house.database.transaction(House()) as session:
            return len(list(await session.scalars(select(col(WebhookEvent.id)))))

    before = await stored()
    url = f"http://127.0.0.1:{house.settings.port}/webhooks/{path}"
    body = b'{"id": "evt_1", "type": "payment_intent.succeeded"}'
    async with http_client() as client:
        for signature in (b"", b"t=1,v1=00", b"garbage", b"\xe9"):
            answer = await client.post(url, content=body, headers=[(header.encode(), signature)])
            assert answer.status_code == 400
    assert await stored() == before
