"""Two tabs: in one a time is paid or chosen, in the other another one is taken. One appointment comes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, Patient
from domain.refusals import BookedMeanwhile, HoldExpired, StepNotOpen
from models import Appointment, Journey, LedgerIntent
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.people import app_of, newcomer, rows_of, signed_in
from tests.usecases.steps import Offered, held, journey_at_booking, new_patient, offered, until
from tests.usecases.test_booking import pay
from usecases.context import Context
from usecases.keyring import Keyring
from usecases.patient.booking import book
from usecases.scheduling.holding import Hold


class Meanwhile(Keyring):
    """While the hold's workflow is being started, something happens in another tab, once."""

    def __init__(self, keyring: Keyring, happens: Callable[[], Awaitable[object]]) -> None:
        self.keyring = keyring
        self.happens = [happens]

    async def assign(self, workflow_id: str, subject_id: UUID) -> None:
        while self.happens:
            await self.happens.pop()()
        await self.keyring.assign(workflow_id, subject_id)


def meanwhile(house: RunningHouse, happens: Callable[[], Awaitable[object]]) -> Context:
    return replace(house.context, keyring=Meanwhile(house.context.keyring, happens))


def wish(slot: Offered, journey_id: UUID | None = None) -> Hold:
    return Hold(
        specialist_id=slot.specialist_id,
        appointment_type="intake",
        start=slot.start,
        key=uuid4().hex,
        journey_id=journey_id,
    )


async def states(house: RunningHouse, patient: Patient) -> tuple[list[str], list[str]]:
    """Of the patient's appointments, and of what was to be paid, in the order of booking."""
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = select(Appointment).where(col(Appointment.patient_id) == patient.patient_id)
        charges = select(LedgerIntent).where(col(LedgerIntent.patient_id) == patient.patient_id)
        rows = await session.scalars(mine.order_by(col(Appointment.booked_at)))
        return [row.status for row in rows], [row.status for row in await session.scalars(charges)]


@pytest.mark.parametrize("in_a_journey", [True, False])
async def test_what_was_paid_in_another_tab_stays_and_the_new_time_is_free_again(
    house: RunningHouse, in_a_journey: bool
) -> None:
    patient = await new_patient(house, AURORA)
    journey_id = await journey_at_booking(house, patient) if in_a_journey else None
    first = await book(house.context, patient, wish(await offered(house, patient), journey_id))
    slot = await offered(house, patient, skip=12)
    second = wish(slot, journey_id)
    with pytest.raises(BookedMeanwhile) as refused:
        await book(meanwhile(house, lambda: pay(house, first)), patient, second)
    assert refused.value.details == {"appointment": str(first)}
    assert await states(house, patient) == (["confirmed", "released"], ["succeeded"])
    await held(house, await new_patient(house, AURORA), slot)
    if journey_id:
        await until(lambda: stands_at(house, patient, journey_id, "first-session"))
    with pytest.raises(StepNotOpen if journey_id else HoldExpired):
        await book(house.context, patient, second)
    assert await states(house, patient) == (["confirmed", "released"], ["succeeded"])


async def stands_at(house: RunningHouse, patient: Patient, journey_id: UUID, step: str) -> bool:
    async with house.database.transaction(patient) as session:
        return (await session.get_one(Journey, journey_id)).step == step


async def test_another_time_that_was_chosen_in_another_tab_is_the_only_one(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    journey_id = await journey_at_booking(house, patient)
    wishes = [wish(await offered(house, patient, skip=skip), journey_id) for skip in (40, 52)]
    answers = await asyncio.gather(*(book(house.context, patient, each) for each in wishes), return_exceptions=True)
    assert {type(answer) for answer in answers} <= {UUID, BookedMeanwhile}
    assert sorted((await states(house, patient))[0]) == ["held", "released"]
    async with house.database.transaction(patient) as session:
        journey = await session.get_one(Journey, journey_id)
        assert journey.appointment_id
        assert (await session.get_one(Appointment, journey.appointment_id)).status == "held"


async def test_doors_lead_to_what_is_booked(house: RunningHouse) -> None:
    """Of the first it is not written down yet that it is paid."""
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, app_of(house, who) as app:
        await way.to_booking(visitor)
        page = await way.pay(house, visitor, await way.hold_beside(visitor))
        (first,) = await rows_of(house, who, Appointment)
        async with house.database.transaction(Engine(who.patient.organization_id)) as session:
            (await session.get_one(Appointment, first.id)).status = "held"
        there = await way.hold_beside(visitor, week=5)
        assert there.url.path == page.url.path == f"/appointments/{first.id}"
        assert "The one you chose last is free again." in there.text
        slots = (await app.get(f"specialists/{first.specialist_id}/slots?type=follow-up&week=5")).json()["times"]
        sent = {"specialist_id": str(first.specialist_id), "appointment_type": "follow-up", "start": slots[-1]}
        answer = await app.post("appointments", json=sent | {"key": uuid4().hex})
        assert (answer.status_code, answer.json()["type"]) == (409, BookedMeanwhile.__name__)
    assert sorted(row.status for row in await rows_of(house, who, Appointment)) == ["held", "released", "released"]
