"""A visit keeps its place when it moves to another time: that place's licence counts, wherever its kind is held now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from domain.actors import House, Patient
from domain.refusals import NotLicensedThere
from models import Appointment, AppointmentType, Licence, Location
from tests.fixtures.house import AURORA, RunningHouse
from tests.specialist.people import VISIT, Colleague, booked, new_specialist, soon
from tests.usecases.steps import new_patient
from tests.usecases.test_booking import row_of
from usecases.patient.booking import MoveAppointment, move
from usecases.patient.free_times import Slots, slots_to_move
from usecases.patient.paying import PayAppointment, pay
from usecases.scheduling.holding import Hold, hold

IN_TWO_DAYS = 2 * 24 * 60


async def test_the_licence_of_the_place_as_booked_lets_a_visit_move(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    visit = await booked(house, patient, me, soon(house, IN_TWO_DAYS), kind=VISIT)
    async with held_in_new_hampshire(house, await row_of(house, patient, visit)):
        with pytest.raises(NotLicensedThere):
            await booked(house, patient, me, soon(house, 2 * IN_TWO_DAYS), kind=VISIT)
        offered = await free(house, patient, visit)
        assert offered.chosen.place != "Nashua"
        assert "Boston" in offered.chosen.address
        wanted = offered.times[-1]
        await move(house.context, patient, visit, MoveAppointment(start=wanted, key=uuid4().hex))
    row = await row_of(house, patient, visit)
    assert (row.starts_at, row.moves, row.jurisdiction) == (wanted, 1, "US-MA")


async def test_the_licence_of_where_its_kind_is_held_now_moves_no_visit(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    visit = await booked(house, patient, me, soon(house, IN_TWO_DAYS), kind=VISIT)
    before = await row_of(house, patient, visit)
    async with held_in_new_hampshire(house, before):
        wanted = (await free(house, patient, visit)).times[-1]
        await licensed_only_in_new_hampshire(house, me)
        with pytest.raises(NotLicensedThere):
            await free(house, patient, visit)
        with pytest.raises(NotLicensedThere):
            await move(house.context, patient, visit, MoveAppointment(start=wanted, key=uuid4().hex))
    row = await row_of(house, patient, visit)
    assert (row.starts_at, row.moves, row.status) == (before.starts_at, 0, "confirmed")


async def test_a_held_visit_is_paid_for_by_the_licence_of_its_place(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    wish = Hold(
        specialist_id=me.specialist.specialist_id,
        appointment_type=VISIT,
        start=soon(house, IN_TWO_DAYS),
        key=uuid4().hex,
    )
    visit = await hold(house.context, patient, wish)
    async with held_in_new_hampshire(house, await row_of(house, patient, visit)):
        assert (await pay(house.context, patient, visit, PayAppointment(key=uuid4().hex))).status == "open"


async def free(house: RunningHouse, patient: Patient, visit: UUID) -> Slots:
    """The times of this week that the visit may move to."""
    return await slots_to_move(house.context, patient, visit, 0, "en")


@asynccontextmanager
async def held_in_new_hampshire(house: RunningHouse, row: Appointment) -> AsyncIterator[None]:
    """As if a pack had meanwhile given the visit's kind another location."""
    kind = update(AppointmentType).where(col(AppointmentType.id) == row.appointment_type_id)
    async with house.database.transaction(House()) as session:
        there = Location(
            organization_id=row.organization_id,
            key=uuid4().hex,
            name="Nashua",
            kind="physical",
            time_zone="America/New_York",
            address={"line": "1 Main Street", "city": "Nashua", "state": "NH", "country": "US"},
        )
        session.add(there)
        await session.flush()
        await session.execute(kind.values(location_id=there.id))
    try:
        yield
    finally:
        async with house.database.transaction(House()) as session:
            await session.execute(kind.values(location_id=row.location_id))


async def licensed_only_in_new_hampshire(house: RunningHouse, who: Colleague) -> None:
    mine = who.specialist.specialist_id
    async with house.database.transaction(House()) as session:
        await session.execute(delete(Licence).where(col(Licence.specialist_id) == mine))
        session.add(Licence(specialist_id=mine, jurisdiction="US-NH", number="T-1", expires_on=date(2040, 1, 1)))
