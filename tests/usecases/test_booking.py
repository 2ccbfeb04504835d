"""Holding, paying, moving and cancelling on the running house."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, Patient
from domain.appointments.state import Status
from domain.journeys.state import AppointmentHeld
from domain.refusals import AlreadyBooked, ConsentMissing, Refusal, SlotNotOffered, SlotTaken
from models import Appointment as AppointmentRow
from models import Consent, JourneyEntry, LedgerIntent, LedgerLine, Message, PaymentCustomer
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.usecases.steps import (
    Offered,
    all_offered,
    held,
    journey_at_booking,
    new_patient,
    offered,
    two_offered,
    until,
)
from usecases.journeys import tell
from usecases.processes import appointment_handle, ask, journey_handle
from usecases.records import record_appointment
from usecases.scheduling.holding import Hold, hold
from workflows.appointment import Appointment
from workflows.commands import Cancel, Pay, Reschedule
from workflows.patient_journey import PatientJourney
from workflows.steps import PaymentResult


def payment(method: str | None = None) -> Pay:
    return Pay(
        payment_method=method,
        attempt=uuid4().hex,
        return_url="http://aurora.localhost/back",
        cancel_url="http://aurora.localhost/cancel",
        save_card=True,
    )


async def pay(house: RunningHouse, appointment_id: UUID, card: str = "4242424242424242") -> PaymentResult:
    """On the vendor's page, then back."""
    handle = appointment_handle(house.temporal, appointment_id)
    answer = await ask(handle.execute_update(Appointment.pay, payment()))
    assert answer.action_url
    await house.sandbox.pay(answer.action_url, card)
    return await ask(handle.execute_update(Appointment.settle))


async def intents_of(house: RunningHouse, patient: Patient, appointment_id: UUID) -> list[LedgerIntent]:
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = select(LedgerIntent).where(col(LedgerIntent.appointment_id) == appointment_id)
        return list(await session.scalars(mine.order_by(col(LedgerIntent.created_at))))


async def balance(house: RunningHouse, patient: Patient, appointment_id: UUID) -> Counter[str]:
    sums: Counter[str] = Counter()
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = select(LedgerLine).where(col(LedgerLine.appointment_id) == appointment_id)
        for line in await session.scalars(mine):
            sums[line.account] += line.amount
    return sums


async def row_of(house: RunningHouse, patient: Patient, appointment_id: UUID) -> AppointmentRow:
    async with house.database.transaction(patient) as session:
        return await session.get_one(AppointmentRow, appointment_id)


async def test_held_paid_and_the_journey_goes_on(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    journey_id = await journey_at_booking(house, patient)
    appointment_id = await held(house, patient, await offered(house, patient), journey_id)
    await tell(house.context, journey_id, AppointmentHeld(appointment_id=appointment_id), uuid4().hex)
    settled = await pay(house, appointment_id)
    assert settled.status == "succeeded"
    assert (await row_of(house, patient, appointment_id)).status == "confirmed"
    journey = journey_handle(house.temporal, journey_id)

    async def at_session() -> bool:
        return (await journey.query(PatientJourney.state)).step == "first-session"

    await until(at_session)
    assert await balance(house, patient, appointment_id) == {"card-vendor": 14000, "prepaid-sessions": -14000}
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        story = select(col(JourneyEntry.what)).where(col(JourneyEntry.journey_id) == journey_id)
        told = list(await session.scalars(story.order_by(col(JourneyEntry.version))))
    assert told == [
        "began",
        "done",
        "done",
        "passed-triage",
        "passed-branch",
        "passed-match",
        "done",
        "done",
        "passed-prepare",
    ]


async def test_the_confirmation_is_mailed_once_and_says_nothing_clinical(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    await pay(house, appointment_id)

    async def messages() -> list[Message]:
        async with house.database.transaction(Engine(patient.organization_id)) as session:
            return list(await session.scalars(select(Message).where(col(Message.appointment_id) == appointment_id)))

    async def sent() -> bool:
        return [row.status for row in await messages()] in (["sent"], ["delivered"])

    await until(sent)
    row = (await messages())[0]
    mails = [mail for mail in await house.sandbox.seen("mails") if mail["args"].get("reference") == str(row.id)]
    assert len(mails) == 1
    assert (row.template, row.channel, row.category) == ("confirmation", "email", "appointments")


async def test_the_same_wish_twice_is_one_hold(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    slot = await offered(house, patient)
    wish = Hold(specialist_id=slot.specialist_id, appointment_type="intake", start=slot.start, key=uuid4().hex)
    first, again = await asyncio.gather(*(hold(house.context, patient, wish) for _ in range(2)))
    assert first == again == await hold(house.context, patient, wish)


async def test_one_slot_many_wishes_one_winner(house: RunningHouse) -> None:
    """P09: everybody else is refused clearly, and nothing of them is left."""
    patients = [await new_patient(house, AURORA) for _ in range(50)]
    slot = await offered(house, patients[0])
    answers = await asyncio.gather(*(held(house, one, slot) for one in patients), return_exceptions=True)
    assert Counter(type(answer).__name__ for answer in answers) == {"UUID": 1, "SlotTaken": 49}
    async with house.database.transaction(Engine(patients[0].organization_id)) as session:
        taken = select(AppointmentRow).where(col(AppointmentRow.starts_at) == slot.start)
        rows = [row for row in await session.scalars(taken) if row.specialist_id == slot.specialist_id]
    assert [row.status for row in rows] == ["held"]


async def test_one_specialist_is_never_in_two_places(house: RunningHouse) -> None:
    """S20: a slot taken through one organization is gone in the other, which learns only that it is busy."""
    here, there = await new_patient(house, AURORA), await new_patient(house, MARIGOLD)
    slot = await _shared_slot(house, here, there)
    await held(house, here, slot)
    with pytest.raises(SlotTaken):
        await held(house, there, slot)


async def _shared_slot(house: RunningHouse, here: Patient, there: Patient) -> Offered:
    mine = {await offered(house, here, skip=n) for n in range(0, 40)}
    for skip in range(80):
        slot = await offered(house, there, skip=skip)
        if slot in mine:
            return slot
    raise AssertionError("the specialist who works for both offers the same time to both")


async def test_times_that_are_not_offered_are_refused(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    slot = await with_the_next_free(house, patient)
    odd = Offered(slot.specialist_id, slot.start + timedelta(minutes=7))
    past = Offered(slot.specialist_id, house.context.now() - timedelta(days=1))
    for wrong in (odd, past):
        with pytest.raises(SlotNotOffered):
            await held(house, patient, wrong)


async def with_the_next_free(house: RunningHouse, patient: Patient) -> Offered:
    """A slot after which nobody has booked yet: whatever begins between the two is free, and on no offer."""
    slots = await all_offered(house, patient)
    return next(one for one in slots if Offered(one.specialist_id, one.start + timedelta(minutes=15)) in slots)


async def test_a_patient_is_not_in_two_places_either(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    slot = await offered(house, patient)
    await held(house, patient, slot)
    others = [await offered(house, patient, skip=n) for n in range(0, 120, 5)]
    elsewhere = [other for other in others if other.specialist_id != slot.specialist_id and other.start == slot.start]
    for other in elsewhere[:1]:
        with pytest.raises(AlreadyBooked):
            await held(house, patient, other)


async def test_nothing_is_booked_without_consent(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    async with house.database.transaction(patient) as session:
        for consent in await session.scalars(select(Consent).where(col(Consent.kind) == "treatment")):
            consent.status = "inactive"
    with pytest.raises(ConsentMissing):
        await held(house, patient, await offered(house, patient))
    async with house.database.transaction(patient) as session:
        assert list(await session.scalars(select(AppointmentRow))) == []


@pytest.mark.parametrize(
    ("card", "code"), [("4000000000000002", "card_declined"), ("4000000000009995", "insufficient_funds")]
)
async def test_a_declined_card_leaves_the_hold_and_another_card_pays(house: RunningHouse, card: str, code: str) -> None:
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    await pay(house, appointment_id, card)
    assert (await row_of(house, patient, appointment_id)).status == "held"
    settled = await pay(house, appointment_id)
    assert settled.status == "succeeded"
    assert (await row_of(house, patient, appointment_id)).status == "confirmed"
    charged = [row for row in await intents_of(house, patient, appointment_id) if row.status == "succeeded"]
    assert len(charged) == 1
    assert (await balance(house, patient, appointment_id))["card-vendor"] == 14000


async def test_a_saved_card_pays_without_typing(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    first = await held(house, patient, await offered(house, patient))
    await pay(house, first)
    customer = (await _customer(house, patient)) or ""
    card = (await house.context.payments.cards(customer))[0]
    second = await held(house, patient, await offered(house, patient, skip=12))
    handle = appointment_handle(house.temporal, second)
    answer = await ask(handle.execute_update(Appointment.pay, payment(card.payment_method)))
    assert answer.status == "succeeded"
    assert (await row_of(house, patient, second)).status == "confirmed"


async def _customer(house: RunningHouse, patient: Patient) -> str | None:
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = col(PaymentCustomer.patient_id) == patient.patient_id
        return await session.scalar(select(col(PaymentCustomer.vendor_customer)).where(mine))


async def test_the_webhook_alone_confirms(house: RunningHouse) -> None:
    """The patient closes the browser on the vendor's page: the vendor's event is enough."""
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    handle = appointment_handle(house.temporal, appointment_id)
    answer = await ask(handle.execute_update(Appointment.pay, payment()))
    await house.sandbox.pay(answer.action_url or "")

    async def confirmed() -> bool:
        return (await row_of(house, patient, appointment_id)).status == "confirmed"

    await until(confirmed)
    assert (await balance(house, patient, appointment_id))["card-vendor"] == 14000


async def test_cancelling_in_time_gives_everything_back(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    await pay(house, appointment_id)
    handle = appointment_handle(house.temporal, appointment_id)
    await ask(handle.execute_update(Appointment.cancel, Cancel(by="patient")))
    assert await handle.result() is Status.CANCELLED
    assert await balance(house, patient, appointment_id) == {"card-vendor": 0, "prepaid-sessions": 0}
    refunds = [one for one in await house.sandbox.seen("refunds") if one["amount"] == 14000]
    assert refunds
    with pytest.raises(Refusal):
        await ask(handle.execute_update(Appointment.cancel, Cancel(by="patient")))


async def test_moving_frees_the_old_time_and_carries_the_payment(house: RunningHouse) -> None:
    """P10."""
    patient, other = await new_patient(house, AURORA), await new_patient(house, AURORA)
    slot, wanted = await two_offered(house, patient)
    appointment_id = await held(house, patient, slot)
    await pay(house, appointment_id)
    handle = appointment_handle(house.temporal, appointment_id)
    await record_appointment(
        house.context, await ask(handle.execute_update(Appointment.reschedule, Reschedule(start=wanted.start)))
    )
    row = await row_of(house, patient, appointment_id)
    assert (row.starts_at, row.status, row.paid, row.moves) == (wanted.start, "confirmed", True, 1)
    await held(house, other, slot)
    assert len(await intents_of(house, patient, appointment_id)) == 1


async def test_moving_onto_a_taken_time_changes_nothing(house: RunningHouse) -> None:
    patient, other = await new_patient(house, AURORA), await new_patient(house, AURORA)
    slot, taken = await two_offered(house, patient)
    appointment_id = await held(house, patient, slot)
    await pay(house, appointment_id)
    await held(house, other, taken)
    handle = appointment_handle(house.temporal, appointment_id)
    with pytest.raises(SlotTaken):
        await ask(handle.execute_update(Appointment.reschedule, Reschedule(start=taken.start)))
    row = await row_of(house, patient, appointment_id)
    assert (row.starts_at, row.moves) == (slot.start, 0)


async def test_an_unpaid_hold_cannot_be_moved(house: RunningHouse) -> None:
    patient = await new_patient(house, MARIGOLD)
    appointment_id = await held(house, patient, await offered(house, patient))
    handle = appointment_handle(house.temporal, appointment_id)
    with pytest.raises(Refusal):
        await ask(handle.execute_update(Appointment.reschedule, Reschedule(start=house.context.now())))
