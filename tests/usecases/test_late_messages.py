"""Messages whose vendor or worker was away when their time had come."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from domain.actors import Engine, House
from gateways.errors import Forged, VendorRetry
from gateways.messages import DeliveryEvent, Email, Inbound, InboundKind, Text
from models import Appointment, Person
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.test_messages import booked, messages_of, phone_of, reachable, reminder, rows, texts_to


class NoMailer:
    """As if the vendor's mail service were away, for all that is asked of it."""

    async def send(self, email: Email) -> str:
        raise VendorRetry("sendgrid", 503)

    async def find(self, reference: str) -> str | None:
        return None

    def parse_events(self, payload: bytes, signature: str, timestamp: str) -> list[DeliveryEvent]:
        return []


class NoTexter:
    """The same of texts."""

    async def send(self, text: Text) -> str:
        raise VendorRetry("twilio", 503)

    async def find(self, text: Text, since: datetime) -> str | None:
        return None

    async def last_word(self, heard: Inbound) -> InboundKind:
        return "other"

    def parse_callback(self, url: str, form: Mapping[str, str], signature: str) -> DeliveryEvent:
        raise Forged("twilio")

    def parse_inbound(self, url: str, form: Mapping[str, str], signature: str) -> Inbound:
        raise Forged("twilio")


async def test_a_vendor_that_is_away_holds_nothing_else_up(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "email", "sms")
    asked = reminder(patient, await booked(house, patient))
    without = messages_of(house)
    without.delivery.mailer = NoMailer()
    with pytest.raises(VendorRetry):
        await without.send_message(asked)
    assert [(row.channel, row.status) for row in await rows(house, patient)] == [("email", "sending"), ("sms", "sent")]
    assert await messages_of(house).send_message(asked) is None
    assert {row.status for row in await rows(house, patient)} <= {"sent", "delivered"}
    assert len(await texts_to(house, await phone_of(house, patient))) == 1


@pytest.mark.parametrize(("hours", "status"), [(22, "sending"), (24, "failed")])
async def test_what_no_vendor_takes_for_a_day_is_not_being_sent_any_more(
    house: RunningHouse, hours: int, status: str
) -> None:
    patient = await reachable(house, AURORA, "email")
    asked = reminder(patient, await booked(house, patient), datetime.now(UTC) - timedelta(hours=hours))
    without = messages_of(house)
    without.delivery.mailer = NoMailer()
    if status == "sending":
        with pytest.raises(VendorRetry):
            await without.send_message(asked)
    else:
        assert await without.send_message(asked) is None
    (row,) = await rows(house, patient)
    assert (row.status, row.reason) == (status, "given-up" if status == "failed" else "")


async def test_e_mail_takes_the_place_of_a_text_that_no_vendor_takes_for_a_day(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "sms")
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).time_zone = noon_somewhere()
    asked = reminder(patient, await booked(house, patient), datetime.now(UTC) - timedelta(hours=24))
    without = messages_of(house)
    without.delivery.texter = NoTexter()
    assert await without.send_message(asked) is None
    assert [(row.channel, row.reason) for row in await rows(house, patient)] == [("email", ""), ("sms", "given-up")]
    assert await texts_to(house, await phone_of(house, patient)) == []


async def test_what_a_worker_took_up_too_late_wakes_nobody_either(house: RunningHouse) -> None:
    """Its time was by day, but it is night when the worker is back."""
    patient = await reachable(house, AURORA, "sms", category="appointments")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).time_zone = midnight_somewhere()
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        (await session.get_one(Appointment, appointment_id)).moves = 1
    moved = reminder(patient, appointment_id, datetime.now(UTC) - timedelta(hours=12)).model_copy(
        update={"template": "moved", "key": f"appointment/{appointment_id}/moved/1"}
    )
    later = await messages_of(house).send_message(moved)
    assert later is not None
    assert later > datetime.now(UTC)
    assert await texts_to(house, await phone_of(house, patient)) == []


def midnight_somewhere() -> str:
    hour = datetime.now(UTC).hour
    return f"Etc/GMT{hour:+d}" if hour <= 12 else f"Etc/GMT{hour - 24:+d}"


def noon_somewhere() -> str:
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


async def test_nobody_is_reminded_of_what_has_begun(house: RunningHouse) -> None:
    patient = await reachable(house, AURORA, "email")
    appointment_id = await booked(house, patient)
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        begins = (await session.get_one(Appointment, appointment_id)).starts_at
    for late, sent in ((timedelta(0), 0), (timedelta(minutes=-1), 1)):
        assert await messages_of(house).send_message(reminder(patient, appointment_id, begins + late)) is None
        assert len(await rows(house, patient)) == sent
