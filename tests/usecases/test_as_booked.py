"""What was agreed of an appointment stays when it moves, whatever its kind of session has become since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col

from domain.actors import House
from domain.money import Money
from domain.refusals import AlreadyBooked, NotFound
from models import Appointment, AppointmentType, Price
from tests.fixtures.house import AURORA, RunningHouse
from tests.specialist.people import PAID, booked, new_specialist, soon
from tests.usecases.steps import new_patient
from tests.usecases.test_booking import row_of
from usecases.patient.booking import MoveAppointment, move
from usecases.patient.free_times import slots, slots_to_move

IN_TWO_DAYS = 2 * 24 * 60


async def test_a_session_moves_to_where_all_of_it_fits(house: RunningHouse) -> None:
    """Offered as short as its kind is by now, it would run into the next one."""
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    mine = await row_of(house, patient, await booked(house, patient, me, soon(house, IN_TWO_DAYS), kind=PAID))
    next_one = soon(house, IN_TWO_DAYS + 12 * 60)
    await booked(house, await new_patient(house, AURORA), me, next_one)
    length = mine.ends_at - mine.starts_at
    async with only_five_minutes_long(house, mine):
        found = [await slots_to_move(house.context, patient, mine.id, week, "en") for week in (0, 1)]
        times = [start for each in found for start in each.times]
        assert next_one - length in times
        assert not [start for start in times if next_one - length < start <= next_one]
        await move(house.context, patient, mine.id, MoveAppointment(start=next_one - length, key=uuid4().hex))
    moved = await row_of(house, patient, mine.id)
    assert (moved.starts_at, moved.ends_at) == (next_one - length, next_one)


async def test_what_is_not_on_offer_any_more_can_still_be_moved(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    mine = await row_of(house, patient, await booked(house, patient, me, soon(house, IN_TWO_DAYS), kind=PAID))
    async with not_on_offer(house, mine):
        with pytest.raises(NotFound):
            await slots(house.context, patient, me.specialist.specialist_id, PAID, 0, "en")
        found = await slots_to_move(house.context, patient, mine.id, 0, "en")
        assert found.chosen.price == Money(mine.amount, mine.currency)
        await move(house.context, patient, mine.id, MoveAppointment(start=found.times[-1], key=uuid4().hex))
    assert (await row_of(house, patient, mine.id)).starts_at == found.times[-1]


async def test_nobody_moves_into_an_appointment_of_their_own(house: RunningHouse) -> None:
    patient, me, other = await new_patient(house, AURORA), await new_specialist(house), await new_specialist(house)
    mine = await row_of(house, patient, await booked(house, patient, me, soon(house, IN_TWO_DAYS), kind=PAID))
    there = soon(house, 2 * IN_TWO_DAYS)
    await booked(house, patient, other, there)
    found = await slots_to_move(house.context, patient, mine.id, 0, "en")
    assert there not in found.times
    with pytest.raises(AlreadyBooked):
        await move(house.context, patient, mine.id, MoveAppointment(start=there, key=uuid4().hex))
    after = await row_of(house, patient, mine.id)
    assert (after.starts_at, after.moves) == (mine.starts_at, 0)


@asynccontextmanager
async def only_five_minutes_long(house: RunningHouse, row: Appointment) -> AsyncIterator[None]:
    kind = update(AppointmentType).where(col(AppointmentType.id) == row.appointment_type_id)
    async with house.database.transaction(House()) as session:
        await session.execute(kind.values(length=5))
    try:
        yield
    finally:
        async with house.database.transaction(House()) as session:
            length = (row.ends_at - row.starts_at) // timedelta(minutes=1)
            await session.execute(kind.values(length=length))


@asynccontextmanager
async def not_on_offer(house: RunningHouse, row: Appointment) -> AsyncIterator[None]:
    """As if a pack had a price for its kind only in the far future."""
    prices = update(Price).where(col(Price.appointment_type_id) == row.appointment_type_id)
    async with house.database.transaction(House()) as session:
        await session.execute(prices.values(effective_from=house.context.now() + timedelta(days=900)))
    try:
        yield
    finally:
        async with house.database.transaction(House()) as session:
            await session.execute(prices.values(effective_from=house.context.now() - timedelta(days=900)))
