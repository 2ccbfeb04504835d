"""Messages that waited, for the morning or for a vendor, and are not true any more when they could go."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, House, Patient
from gateways.errors import VendorRetry
from gateways.messages import DeliveryEvent
from models import Appointment, Person, Preference
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import journey_at_booking
from tests.usecases.test_late_messages import NoMailer
from tests.usecases.test_messages import NOON, booked, messages_of, phone_of, reachable, reminder, rows, texts_to
from usecases.webhooks import delivery_event
from workflows.steps import SendMessage

NIGHT = datetime.combine(NOON.date(), datetime.min.time(), ZoneInfo("America/New_York")) + timedelta(hours=2)
LATE = NIGHT.astimezone(UTC)
MORNING = LATE + timedelta(hours=7)


def about(patient: Patient, appointment_id: UUID, template: str, key: str, at: datetime) -> SendMessage:
    return SendMessage(
        organization_id=patient.organization_id,
        appointment_id=appointment_id,
        template=template,
        key=f"appointment/{appointment_id}/{key}",
        at=at,
    )


async def now_is(house: RunningHouse, patient: Patient, appointment_id: UUID, **state: object) -> None:
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        row = await session.get_one(Appointment, appointment_id)
        for name, value in state.items():
            setattr(row, name, value)


async def told(house: RunningHouse, patient: Patient) -> list[tuple[str, str, str]]:
    return [(row.template, row.status, row.reason) for row in await rows(house, patient)]


@pytest.mark.parametrize(("template", "key"), [("confirmation", "confirmation"), ("moved", "moved/1")])
async def test_what_the_night_has_undone_is_not_told_in_the_morning(
    house: RunningHouse, template: str, key: str
) -> None:
    """Booked or moved at night, and cancelled before the morning."""
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    await now_is(house, patient, appointment_id, moves=1)
    assert await messages_of(house).send_message(about(patient, appointment_id, template, key, LATE)) is not None
    assert await told(house, patient) == [(template, "queued", "")]
    await now_is(house, patient, appointment_id, status="cancelled")
    assert await messages_of(house).send_message(about(patient, appointment_id, template, key, MORNING)) is None
    assert await told(house, patient) == [(template, "suppressed", "outdated")]
    assert await texts_to(house, await phone_of(house, patient)) == []


async def test_of_two_moves_in_a_night_the_last_is_told(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    for moves in (1, 2):
        await now_is(house, patient, appointment_id, moves=moves)
        await messages_of(house).send_message(about(patient, appointment_id, "moved", f"moved/{moves}", LATE))
    for moves in (1, 2):
        await messages_of(house).send_message(about(patient, appointment_id, "moved", f"moved/{moves}", MORNING))
    assert len(await texts_to(house, await phone_of(house, patient))) == 1


async def test_nobody_is_nudged_to_what_is_done(house: RunningHouse) -> None:
    """Due at night; before the morning the patient had done it."""
    patient = await reachable(house, AURORA, "sms", category="next-steps")
    journey_id = await journey_at_booking(house, patient)
    nudges = {
        step: SendMessage(
            organization_id=patient.organization_id,
            journey_id=journey_id,
            template="nudge",
            key=f"journey/{journey_id}/nudge/{step}/3",
            at=MORNING,
        )
        for step in ("phq-9", "book-first")
    }
    await messages_of(house).send_message(nudges["phq-9"])
    assert await texts_to(house, await phone_of(house, patient)) == []
    await messages_of(house).send_message(nudges["book-first"])
    assert len(await texts_to(house, await phone_of(house, patient))) == 1
    in_passing = nudges["phq-9"].model_copy(update={"key": f"journey/{journey_id}/welcome/3"})
    await messages_of(house).send_message(in_passing)  # a step of its own that says it in the same words
    assert len(await texts_to(house, await phone_of(house, patient))) == 2


async def test_a_channel_nobody_wants_any_more_is_not_being_sent_for_ever(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "sms")
    asked = reminder(patient, await booked(house, patient), LATE)
    await messages_of(house).send_message(asked)
    async with house.database.transaction(House()) as session:
        mine = select(Preference).where(col(Preference.person_id) == patient.person_id)
        (await session.scalars(mine)).one().channels = ["email"]
    await messages_of(house).send_message(asked.model_copy(update={"at": MORNING}))
    assert await told(house, patient) == [("reminder", "sent", ""), ("reminder", "suppressed", "outdated")]
    assert await texts_to(house, await phone_of(house, patient)) == []


async def test_a_vendor_that_had_sent_it_after_all_is_believed(house: RunningHouse) -> None:
    """It was silent when it was asked to send; then there was no reason any more to ask again."""
    patient = await reachable(house, AURORA, "email")
    asked = reminder(patient, appointment_id := await booked(house, patient))
    without = messages_of(house)
    without.delivery.mailer = NoMailer()
    with pytest.raises(VendorRetry):
        await without.send_message(asked)
    await now_is(house, patient, appointment_id, status="cancelled")
    await messages_of(house).send_message(asked)
    (row,) = await rows(house, patient)
    assert (row.status, row.reason) == ("suppressed", "outdated")
    said = DeliveryEvent(id=uuid4().hex, reference=str(row.id), status="delivered", address="", at=NOON)
    await delivery_event(house.context, "sendgrid", said)
    assert await told(house, patient) == [("reminder", "delivered", "")]


async def test_what_the_morning_would_tell_too_late_comes_by_email_at_night(house: RunningHouse) -> None:
    """Called off in the evening, and it would have begun at seven: nobody is woken, and nobody comes in vain."""
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(patient) as session:
        begins = (await session.get_one(Appointment, appointment_id)).starts_at
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).time_zone = where_it_is(7, begins)
    await now_is(house, patient, appointment_id, status="cancelled")
    evening = about(patient, appointment_id, "cancelled", "cancelled", begins - timedelta(hours=8))
    assert await messages_of(house).send_message(evening) is None
    assert [(row.channel, row.status) for row in await rows(house, patient)] == [("email", "sent")]
    assert await texts_to(house, await phone_of(house, patient)) == []


def where_it_is(hour: int, moment: datetime) -> str:
    """A zone in which the clocks show `hour` at `moment`."""
    ahead = hour - moment.astimezone(UTC).hour
    return f"Etc/GMT{-(ahead if ahead >= -12 else ahead + 24):+d}"
