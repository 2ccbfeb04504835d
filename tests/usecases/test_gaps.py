"""Dying between a workflow's answer and its record: asked again it is recorded, and unasked by the next deadline."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.actors import Actor, Engine, Patient
from domain.journeys.state import ConsentsGiven, FormCompleted
from domain.refusals import StepNotOpen
from models import Appointment as AppointmentRow
from models import AppointmentEntry, Journey, JourneyEntry, Program
from models.session import Database
from tests.fixtures.house import AURORA, RunningHouse
from tests.room.people import say_place
from tests.specialist.people import Colleague, booked, new_specialist
from tests.usecases.steps import NO_FLAGS, new_patient, until
from usecases.context import Context
from usecases.journeys import begin_journey, tell
from usecases.processes import appointment_handle, journey_handle
from usecases.room.entering import enter
from usecases.specialist import sessions

CONSENTS = ConsentsGiven(kinds=("treatment", "telehealth", "privacy"))
FORM = FormCompleted(form="phq-9", facts=NO_FLAGS)
STANDING = TimeSkippingConfig(enabled=False, max_session_skip_count=10_000)
AFTER_CONSENT, AFTER_FORM = (
    ["began", "done"],
    ["began", "done", "done", "passed-triage", "passed-branch", "passed-match"],
)


class Forgetful(Database):
    """A database that is away whenever something is to be recorded."""

    def __init__(self, real: Database) -> None:
        self.real = real

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        if isinstance(actor, Engine):
            raise OSError("the database is away")
        async with self.real.transaction(actor) as session:
            yield session


def dying(context: Context) -> Context:
    """As if the process ended just before it records what the workflow has answered."""
    return replace(context, database=Forgetful(context.database))


def skippable(house: RunningHouse) -> tuple[RunningHouse, TimeSkipper]:
    """The same house, where the time of what is begun now can be skipped."""
    skipper = TimeSkipper(house.temporal, config=STANDING)
    return replace(house, context=replace(house.context, temporal=skipper.client)), skipper


class Way:
    """One patient's journey, begun under a key of its own."""

    def __init__(self, house: RunningHouse, patient: Patient, program_id: UUID) -> None:
        self.house, self.patient, self.program_id, self.key = house, patient, program_id, uuid4().hex
        self.journey_id = UUID(int=0)

    async def begin(self, context: Context | None = None) -> None:
        self.journey_id = await begin_journey(context or self.house.context, self.patient, self.program_id, self.key)

    async def row(self) -> Journey | None:
        async with self.house.database.transaction(self.patient) as session:
            mine = select(Journey).where(col(Journey.patient_id) == self.patient.patient_id)
            return (await session.scalars(mine)).one_or_none()

    async def story(self) -> list[str]:
        async with self.house.database.transaction(self.patient) as session:
            mine = select(col(JourneyEntry.what)).where(col(JourneyEntry.patient_id) == self.patient.patient_id)
            return list(await session.scalars(mine.order_by(col(JourneyEntry.version))))

    async def stands_at(self, step: str) -> bool:
        row = await self.row()
        return row is not None and row.step == step


async def way(house: RunningHouse) -> Way:
    patient = await new_patient(house, AURORA)
    async with house.database.transaction(patient) as session:
        program = (await session.scalars(select(Program).where(col(Program.brand_id) == patient.brand_id))).one()
    return Way(house, patient, program.id)


async def test_a_beginning_that_was_not_recorded_is_when_asked_again(house: RunningHouse) -> None:
    mine = await way(house)
    with pytest.raises(OSError, match="away"):
        await mine.begin(dying(house.context))
    assert await mine.row() is None
    for _ in range(2):
        await mine.begin()
    assert (await mine.stands_at("consent"), await mine.story()) == (True, ["began"])
    described = await journey_handle(house.temporal, mine.journey_id).describe()
    assert described.status == WorkflowExecutionStatus.RUNNING


async def test_a_deed_that_was_not_recorded_is_when_asked_again(house: RunningHouse) -> None:
    mine = await way(house)
    await mine.begin()
    with pytest.raises(OSError, match="away"):
        await tell(dying(house.context), mine.journey_id, CONSENTS, "the-form's-key")
    assert (await mine.stands_at("consent"), await mine.story()) == (True, ["began"])
    for _ in range(2):
        await tell(house.context, mine.journey_id, CONSENTS, "the-form's-key")
    assert (await mine.stands_at("phq-9"), await mine.story()) == (True, AFTER_CONSENT)


async def test_an_old_page_is_refused_and_then_is_no_longer_old(house: RunningHouse) -> None:
    mine = await way(house)
    await mine.begin()
    with pytest.raises(OSError, match="away"):
        await tell(dying(house.context), mine.journey_id, CONSENTS, uuid4().hex)
    with pytest.raises(StepNotOpen):
        await tell(house.context, mine.journey_id, CONSENTS, uuid4().hex)
    assert (await mine.stands_at("phq-9"), await mine.story()) == (True, AFTER_CONSENT)


async def test_the_next_deed_fills_the_gap(house: RunningHouse) -> None:
    mine = await way(house)
    await mine.begin()
    with pytest.raises(OSError, match="away"):
        await tell(dying(house.context), mine.journey_id, CONSENTS, uuid4().hex)
    await tell(house.context, mine.journey_id, FORM, uuid4().hex)
    assert (await mine.stands_at("book-first"), await mine.story()) == (True, AFTER_FORM)


async def test_nobody_asks_again_and_the_first_nudge_records_everything(house: RunningHouse) -> None:
    standing, skipper = skippable(house)
    mine = await way(standing)
    with pytest.raises(OSError, match="away"):
        await mine.begin(dying(standing.context))
    journey_id = mine.journey_id = journey_of(mine)
    for event in (CONSENTS, FORM):
        with pytest.raises(OSError, match="away"):
            await tell(dying(standing.context), journey_id, event, uuid4().hex)
    assert (await mine.row(), await mine.story()) == (None, [])
    await skipper.fast_forward(journey_handle(standing.temporal, journey_id), timedelta(days=1, minutes=1))

    async def nudged() -> bool:
        return await mine.story() == [*AFTER_FORM, "nudged"]

    await until(nudged)
    row = await mine.row()
    assert row is not None
    assert (row.step, row.waits_for, row.then) == ("book-first", "patient", "gone-quiet")
    assert row.facts["triage"] == "support"


def journey_of(mine: Way) -> UUID:
    """The id that beginning would have answered."""
    return uuid5(mine.patient.patient_id, f"journey/{mine.key}")


async def test_an_arrival_that_was_not_recorded_is_when_asked_again(house: RunningHouse) -> None:
    patient, _, appointment_id = await at_the_door(house)
    for _ in range(2):
        assert (await enter(house.context, patient, appointment_id)).status == "waiting"
    assert await appointment_story(house, patient, appointment_id) == ["held", "confirmed", "patient-arrived"]


async def test_admission_fills_the_gap(house: RunningHouse) -> None:
    patient, colleague, appointment_id = await at_the_door(house)
    await sessions.admit(house.context, colleague.specialist, appointment_id)
    told = await appointment_story(house, patient, appointment_id)
    assert told == ["held", "confirmed", "patient-arrived", "admitted"]
    assert (await appointment_row(house, patient, appointment_id)).status == "in-session"


async def test_nobody_asks_again_and_the_end_of_grace_records_who_was_there(house: RunningHouse) -> None:
    standing, skipper = skippable(house)
    patient, _, appointment_id = await at_the_door(standing)
    await skipper.fast_forward(appointment_handle(standing.temporal, appointment_id), timedelta(minutes=40))
    row = await appointment_row(house, patient, appointment_id)
    assert (row.status, row.absent, row.patient_arrived) == ("no-show", "specialist", True)
    told = await appointment_story(house, patient, appointment_id)
    assert told == ["held", "confirmed", "patient-arrived", "missed"]


async def at_the_door(house: RunningHouse) -> tuple[Patient, Colleague, UUID]:
    """The patient has come, and nobody has recorded it."""
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, colleague)
    await say_place(house.context, patient, appointment_id)
    with pytest.raises(OSError, match="away"):
        await enter(dying(house.context), patient, appointment_id)
    assert (await appointment_row(house, patient, appointment_id)).status == "confirmed"
    return patient, colleague, appointment_id


async def appointment_row(house: RunningHouse, patient: Patient, appointment_id: UUID) -> AppointmentRow:
    async with house.database.transaction(patient) as session:
        return await session.get_one(AppointmentRow, appointment_id)


async def appointment_story(house: RunningHouse, patient: Patient, appointment_id: UUID) -> list[str]:
    async with house.database.transaction(patient) as session:
        mine = select(col(AppointmentEntry.what)).where(col(AppointmentEntry.appointment_id) == appointment_id)
        return list(await session.scalars(mine.order_by(col(AppointmentEntry.version))))
