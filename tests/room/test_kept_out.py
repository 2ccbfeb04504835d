"""Whoever is kept out because a licence or an engagement has ended is not charged for not coming."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col

from activities.booking import Booking
from domain.actors import House
from domain.appointments.state import Status
from domain.refusals import ElsewhereNow, LicenceEnded
from models import Engagement, Licence
from tests.audit.reading import entries
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import app_of, signed_in
from tests.room.people import Meeting, meeting, say_place
from tests.room.test_place import at_home
from tests.specialist.people import PAID, booked, new_specialist
from tests.usecases.steps import new_patient
from tests.usecases.test_booking import balance, row_of
from usecases.patient.cancelling import CancelAppointment, cancel
from usecases.processes import appointment_handle
from usecases.room.entering import enter
from workflows import TASK_QUEUE
from workflows.appointment import Appointment
from workflows.steps import SessionDue

End = Callable[[Meeting], Awaitable[None]]


async def licence_ends(met: Meeting, days: int = 1) -> None:
    """So many days before the session."""
    row = await row_of(met.house, met.patient, met.appointment_id)
    day = row.starts_at.date() - timedelta(days=days)
    theirs = col(Licence.specialist_id) == met.colleague.specialist.specialist_id
    async with met.house.database.transaction(House()) as session:
        await session.execute(update(Licence).where(theirs).values(expires_on=day))


async def engagement_ends(met: Meeting) -> None:
    row = await row_of(met.house, met.patient, met.appointment_id)
    day = row.starts_at.date() - timedelta(days=1)
    theirs = col(Engagement.specialist_id) == met.colleague.specialist.specialist_id
    async with met.house.database.transaction(House()) as session:
        await session.execute(update(Engagement).where(theirs).values(effective_until=day))


async def could_take_place(met: Meeting) -> bool:
    due = SessionDue(organization_id=met.patient.organization_id, appointment_id=met.appointment_id)
    return await Booking(met.house.database).could_take_place(due)


async def paid_meeting(house: RunningHouse) -> Meeting:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    return Meeting(house, await booked(house, patient, colleague, kind=PAID), patient, colleague)


async def when_grace_is_over(met: Meeting) -> Status:
    """Its workflow, as the grace ends: whoever wakes much later has stood still, and calls nobody absent."""
    handle = appointment_handle(met.house.temporal, met.appointment_id)
    known = await handle.query(Appointment.state)
    await handle.terminate()
    wait = known.start + timedelta(minutes=known.terms.grace_minutes) - met.house.context.now()
    later = known.model_copy(update={"start": known.start - wait, "end": known.end - wait})
    again = await met.house.temporal.start_workflow(Appointment.run, later, id=handle.id, task_queue=TASK_QUEUE)
    return await again.result()


@pytest.mark.parametrize("ends", [licence_ends, engagement_ends])
async def test_what_ended_on_our_side_costs_the_patient_nothing(house: RunningHouse, ends: End) -> None:
    met = await paid_meeting(house)
    await ends(met)
    assert await when_grace_is_over(met) is Status.CANCELLED
    row = await row_of(house, met.patient, met.appointment_id)
    assert (row.status, row.cancelled_by, row.absent, row.late, row.fee) == ("cancelled", "organization", "", False, 0)
    assert await balance(house, met.patient, met.appointment_id) == {"card-vendor": 0, "prepaid-sessions": 0}


async def test_calling_it_off_costs_nothing_either(house: RunningHouse) -> None:
    met = await paid_meeting(house)
    await licence_ends(met)
    price = (await row_of(house, met.patient, met.appointment_id)).amount
    await cancel(house.context, met.patient, met.appointment_id, CancelAppointment(key=uuid4().hex, fee=price))
    assert await appointment_handle(house.temporal, met.appointment_id).result() is Status.CANCELLED
    row = await row_of(house, met.patient, met.appointment_id)
    assert (row.cancelled_by, row.late, row.fee) == ("organization", False, 0)
    assert await balance(house, met.patient, met.appointment_id) == {"card-vendor": 0, "prepaid-sessions": 0}


async def test_whoever_could_have_come_and_did_not_is_absent(house: RunningHouse) -> None:
    met = await paid_meeting(house)
    assert await when_grace_is_over(met) is Status.NO_SHOW
    row = await row_of(house, met.patient, met.appointment_id)
    assert (row.status, row.absent, row.fee) == ("no-show", "patient", row.amount)
    assert (await balance(house, met.patient, met.appointment_id))["card-vendor"] == row.amount


async def test_a_licence_holds_on_its_last_day(house: RunningHouse) -> None:
    """For whoever comes after midnight as well."""
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    met = Meeting(house, await booked(house, patient, colleague), patient, colleague)
    await licence_ends(met, days=0)
    row = await row_of(house, patient, met.appointment_id)
    minutes_later = replace(house.context, now=lambda: row.starts_at + timedelta(minutes=10))
    await say_place(minutes_later, patient, met.appointment_id)
    assert await could_take_place(met)


async def test_a_licence_renewed_after_they_were_turned_away_changes_nothing(house: RunningHouse) -> None:
    met = await meeting(house)
    await licence_ends(met)
    assert not await could_take_place(met)
    with pytest.raises(LicenceEnded):
        await say_place(house.context, met.patient, met.appointment_id)
    await licence_ends(met, days=-30)
    assert not await could_take_place(met)


async def test_elsewhere_is_the_patients_side(house: RunningHouse) -> None:
    met = await meeting(house)
    with pytest.raises(ElsewhereNow):
        await say_place(house.context, met.patient, met.appointment_id, "US-NY")
    assert await could_take_place(met)


async def test_they_are_told_that_it_is_not_their_doing(house: RunningHouse) -> None:
    met = await meeting(house)
    await licence_ends(met)
    here = f"appointments/{met.appointment_id}"
    missed = "counts as missed"
    async with signed_in(house, at_home(met)) as visitor, app_of(house, at_home(met)) as app:
        await visitor.get(f"/{here}/room")
        refused = await visitor.post(f"/{here}/place", jurisdiction="US-MA")
        assert (refused.status_code, LicenceEnded.title in refused.text, missed in refused.text) == (409, True, False)
        assert LicenceEnded.title in (await visitor.get(f"/{here}/room")).text
        assert missed in (await visitor.post(f"/{here}/place", jurisdiction="US-NY")).text
        assert (await app.post(f"{here}/place", json={"jurisdiction": "US-MA"})).json()["type"] == LicenceEnded.__name__
    with pytest.raises(LicenceEnded):
        await enter(house.context, met.patient, met.appointment_id)
    found = await entries(house, act="place:state", resource_id=met.appointment_id)
    assert [entry.outcome for entry in found] == [
        "refused:LicenceEnded", "refused:ElsewhereNow", "refused:LicenceEnded",
    ]  # fmt: skip
    assert (await row_of(house, met.patient, met.appointment_id)).status == "confirmed"


async def test_of_what_is_forgotten_nobody_knows_better(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    due = SessionDue(organization_id=patient.organization_id, appointment_id=uuid4())
    assert await Booking(house.database).could_take_place(due)
