"""Who comes through the door of a session room, and when."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domain.refusals import ConsentMissing, NotFound, NotInThisState, RoomClosed
from tests.fixtures.house import AURORA, RunningHouse
from tests.room.people import meeting
from tests.specialist.people import booked, new_specialist, soon
from tests.usecases.steps import new_patient
from usecases.patient.consents import GiveConsents, WithdrawConsent, give, withdraw
from usecases.room.entering import enter
from usecases.why import why_appointment


async def test_both_come_once_however_often_they_open_the_page(house: RunningHouse) -> None:
    met = await meeting(house)
    first = await met.enter(met.colleague.specialist)
    assert (first.party, first.status, first.admitted, first.patient_waits) == ("specialist", "confirmed", False, False)
    assert first.other == "Robin Vale"
    room = await met.enter(met.patient)
    assert (room.party, room.status, room.other) == ("patient", "waiting", "Dr. Toni Berg")
    again = await met.enter(met.patient)
    assert (again.status, again.admitted) == ("waiting", False)
    assert (await met.enter(met.colleague.specialist)).patient_waits
    why = await why_appointment(house.context, met.patient, met.appointment_id, "en")
    assert [line.what for line in reversed(why.story)] == [
        "held",
        "confirmed",
        "patient-arrived",
    ]


async def test_somebody_else_finds_nothing_and_leaves_no_trace(house: RunningHouse) -> None:
    met = await meeting(house)
    strangers = (await new_patient(house, AURORA), (await new_specialist(house)).specialist)
    for stranger in strangers:
        with pytest.raises(NotFound):
            await enter(house.context, stranger, met.appointment_id)
        with pytest.raises(NotFound):
            await enter(house.context, stranger, uuid4())
    why = await why_appointment(house.context, met.patient, met.appointment_id, "en")
    assert [line.what for line in why.story] == ["confirmed", "held"]
    assert await met.left_in_the_database() == (0, 0)


async def test_without_a_consent_the_patient_stays_outside(house: RunningHouse) -> None:
    """As they were told when they withdrew it."""
    met = await meeting(house)
    await withdraw(house.context, met.patient, WithdrawConsent(kind="telehealth"))
    with pytest.raises(ConsentMissing):
        await met.enter(met.patient)
    why = await why_appointment(house.context, met.patient, met.appointment_id, "en")
    assert [line.what for line in why.story] == ["confirmed", "held"]
    await give(house.context, met.patient, GiveConsents(kinds=["telehealth"]), "en", "portal")
    assert (await met.enter(met.patient)).status == "waiting"


async def test_the_door_is_closed_until_shortly_before(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, colleague, soon(house) + timedelta(minutes=30))
    for actor in (patient, colleague.specialist):
        with pytest.raises(RoomClosed):
            await enter(house.context, actor, appointment_id)
    why = await why_appointment(house.context, patient, appointment_id, "en")
    assert why.status == "confirmed"


async def test_nobody_is_admitted_who_does_not_wait(house: RunningHouse) -> None:
    met = await meeting(house)
    with pytest.raises(NotInThisState):
        await met.admit()
    await met.enter(met.patient)
    await met.admit()
    await met.admit()
    assert (await met.enter(met.patient)).admitted
    await met.finish()
    with pytest.raises(RoomClosed):
        await met.enter(met.patient)
