"""What is offered to somebody who has or holds times already."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, House, Patient
from domain.refusals import NotLicensedThere
from domain.scheduling.interval import Interval
from models import Appointment, LedgerIntent, Person
from models import Patient as PatientRow
from models.treating import who_may_treat
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import new_patient, offered, until
from usecases.patient.booking import book
from usecases.patient.free_times import slots
from usecases.patient.offers import bookable, offers_to
from usecases.patient.paying import PayAppointment, pay
from usecases.patient.specialists import Search, directory
from usecases.scheduling.holding import Hold
from usecases.scheduling.openings import STRETCH, first_free, openings


async def test_nobody_keeps_many_times_without_paying(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    wishes = [await _wish(house, patient, skip) for skip in (20, 24, 28)]
    kept = [await book(house.context, patient, wish) for wish in wishes]

    async def one_is_left() -> bool:
        async with house.database.transaction(patient) as session:
            rows = await session.scalars(select(Appointment).where(col(Appointment.id).in_(kept)))
            return {row.id for row in rows if row.status == "held"} == {kept[-1]}

    await until(one_is_left)
    assert await book(house.context, patient, wishes[-1]) == kept[-1]
    assert await one_is_left()


async def _wish(house: RunningHouse, patient: Patient, skip: int) -> Hold:
    slot = await offered(house, patient, skip=skip)
    fields = {"specialist_id": slot.specialist_id, "start": slot.start, "appointment_type": "intake"}
    return Hold.model_validate(fields | {"key": uuid4().hex})


async def test_own_appointments_are_no_free_times(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    wish = await _wish(house, patient, 32)
    async with house.database.transaction(patient) as session:
        zone = ZoneInfo((await session.get_one(Person, patient.person_id)).time_zone)
    week = (wish.start.astimezone(zone).date() - house.context.now().astimezone(zone).date()).days // 7
    await book(house.context, patient, wish)
    found = await directory(house.context, patient, Search(type="intake"), "en")
    taken = Interval(wish.start, wish.start + timedelta(minutes=50))
    for card in found.specialists:
        shown = await slots(house.context, patient, card.id, "intake", week, "en")
        assert not [time for time in shown.times if Interval(time, time + timedelta(minutes=50)).overlaps(taken)]


async def test_whoever_is_free_first_is_found_however_far_one_looks_at_once(house: RunningHouse) -> None:
    """Also where a stretch ends within a session, or just before what the patient has already."""
    patient, now = await new_patient(house, AURORA), house.context.now()
    own = await _wish(house, patient, 20)
    await book(house.context, patient, own)
    async with house.database.transaction(patient) as session:
        offer = (await offers_to(session, patient, now))["intake"]
        who = await who_may_treat(session, patient.organization_id, "US-MA", offer.kind, now.date())
        for moment in [now + number * timedelta(minutes=97) for number in range(12)] + [own.start - STRETCH]:
            span = Interval(moment, bookable(offer, now).end)
            asked = patient.organization_id, offer.rule, span, patient
            seen = await openings(session, who, patient.organization_id, span, moment, patient)
            whole = {id: times[0].start for id, times in seen.free(offer.rule, span, 1).items() if times}
            assert await first_free(session, who, *asked) == whole
    assert whole


async def test_who_has_gone_where_nobody_may_treat_them_pays_nothing(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    appointment_id = await book(house.context, patient, await _wish(house, patient, 36))
    async with house.database.transaction(House()) as session:
        (await session.get_one(PatientRow, patient.patient_id)).jurisdiction = "FR"
    with pytest.raises(NotLicensedThere):
        await pay(house.context, patient, appointment_id, PayAppointment(key=uuid4().hex))
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        asked = select(LedgerIntent).where(col(LedgerIntent.appointment_id) == appointment_id)
        assert (await session.scalars(asked)).all() == []
