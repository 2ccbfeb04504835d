"""What allowed a hold and ceases before the session: a licence that expires, a consent that is withdrawn."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from domain.actors import Engine, House, Patient
from domain.refusals import ConsentMissing, NotLicensedThere
from models import Appointment, Engagement, LedgerIntent, Licence
from tests.fixtures.house import AURORA, RunningHouse
from tests.specialist.people import PAID, Colleague, booked, new_specialist
from tests.usecases.steps import new_patient
from usecases.patient.booking import MoveAppointment, move
from usecases.patient.consents import GiveConsents, WithdrawConsent, give, withdraw
from usecases.patient.free_times import slots
from usecases.patient.paying import PayAppointment, pay
from usecases.scheduling.holding import Hold, hold


async def in_a_week(house: RunningHouse) -> tuple[Patient, Colleague, datetime]:
    start = (house.context.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    return await new_patient(house, AURORA), await new_specialist(house), start


async def held(house: RunningHouse, patient: Patient, colleague: Colleague, start: datetime) -> UUID:
    me = colleague.specialist.specialist_id
    wish = Hold(specialist_id=me, appointment_type=PAID, start=start, key=uuid4().hex)
    return await hold(house.context, patient, wish)


async def licensed_until(house: RunningHouse, colleague: Colleague, day: date) -> None:
    theirs = col(Licence.specialist_id) == colleague.specialist.specialist_id
    async with house.database.transaction(House()) as session:
        await session.execute(update(Licence).where(theirs).values(expires_on=day))


async def left(house: RunningHouse, patient: Patient) -> tuple[list[tuple[str, datetime]], int]:
    """The patient's appointments, and how often money was to move for them."""
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        mine = await session.scalars(select(Appointment).where(col(Appointment.patient_id) == patient.patient_id))
        paid = await session.scalars(select(LedgerIntent).where(col(LedgerIntent.patient_id) == patient.patient_id))
        return [(row.status, row.starts_at) for row in mine], len(list(paid))


async def test_nothing_is_booked_beyond_the_licence(house: RunningHouse) -> None:
    patient, colleague, start = await in_a_week(house)
    await licensed_until(house, colleague, start.date() - timedelta(days=1))
    with pytest.raises(NotLicensedThere):
        await held(house, patient, colleague, start)
    assert await left(house, patient) == ([], 0)
    await licensed_until(house, colleague, start.date())
    await held(house, patient, colleague, start)


async def test_nothing_is_offered_beyond_the_licence(house: RunningHouse) -> None:
    patient, colleague, start = await in_a_week(house)
    await licensed_until(house, colleague, start.date())
    assert await last_offered(house, patient, colleague.specialist.specialist_id) == start.date()


async def test_times_are_offered_up_to_the_last_day_of_any_engagement(house: RunningHouse) -> None:
    patient, colleague, start = await in_a_week(house)
    me, there = colleague.specialist.specialist_id, patient.organization_id
    async with house.database.transaction(House()) as session:
        theirs = col(Engagement.specialist_id) == me, col(Engagement.organization_id) == there
        first = (await session.scalars(select(Engagement).where(*theirs))).one()
        first.effective_until = start.date() - timedelta(days=3)
    assert await last_offered(house, patient, me) == first.effective_until
    with pytest.raises(NotLicensedThere):
        await held(house, patient, colleague, start)
    assert await left(house, patient) == ([], 0)
    async with house.database.transaction(House()) as session:
        session.add(Engagement(**first.model_dump(exclude={"id"}) | {"effective_until": start.date()}))
    assert await last_offered(house, patient, me) == start.date()
    await held(house, patient, colleague, start)


async def last_offered(house: RunningHouse, patient: Patient, specialist_id: UUID) -> date:
    pages = [await slots(house.context, patient, specialist_id, PAID, week, "en") for week in (0, 1, 2)]
    return max(time for page in pages for time in page.times).astimezone(UTC).date()


async def test_nothing_is_paid_beyond_the_licence(house: RunningHouse) -> None:
    patient, colleague, start = await in_a_week(house)
    appointment_id = await held(house, patient, colleague, start)
    await licensed_until(house, colleague, start.date() - timedelta(days=1))
    with pytest.raises(NotLicensedThere):
        await pay(house.context, patient, appointment_id, PayAppointment(key=uuid4().hex))
    assert await left(house, patient) == ([("held", start)], 0)


async def test_nothing_is_moved_beyond_the_licence(house: RunningHouse) -> None:
    patient, colleague, start = await in_a_week(house)
    appointment_id = await booked(house, patient, colleague, start)
    await licensed_until(house, colleague, start.date())
    later = MoveAppointment(start=start + timedelta(days=1), key=uuid4().hex)
    with pytest.raises(NotLicensedThere):
        await move(house.context, patient, appointment_id, later)
    assert await left(house, patient) == ([("confirmed", start)], 0)


async def test_nothing_is_paid_or_moved_without_consent(house: RunningHouse) -> None:
    patient, colleague, start = await in_a_week(house)
    confirmed = await booked(house, patient, colleague, start)
    unpaid = await held(house, patient, colleague, start + timedelta(days=1))
    await withdraw(house.context, patient, WithdrawConsent(kind="treatment"))
    with pytest.raises(ConsentMissing):
        await pay(house.context, patient, unpaid, PayAppointment(key=uuid4().hex))
    later = MoveAppointment(start=start + timedelta(days=2), key=uuid4().hex)
    with pytest.raises(ConsentMissing):
        await move(house.context, patient, confirmed, later)
    appointments, intents = await left(house, patient)
    assert sorted(appointments) == [("confirmed", start), ("held", start + timedelta(days=1))]
    assert intents == 0
    await give(house.context, patient, GiveConsents(kinds=["treatment"]), "en", "portal")
    assert (await pay(house.context, patient, unpaid, PayAppointment(key=uuid4().hex))).status == "open"
