"""A note's life: draft, signature, amendment, and everything that may not happen to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Actor, Engine, Patient, Specialist
from domain.journeys.state import AppointmentChanged
from domain.refusals import DraftChanged, InvalidInput, NoteSigned, NotFound, NotInThisState, StillWorking
from models import Appointment, Journey, Note
from models.session import Database
from tests.fixtures.house import AURORA, RunningHouse
from tests.room.people import come
from tests.specialist.people import Colleague, booked, new_specialist
from tests.usecases.steps import journey_at_booking, new_patient, until
from usecases.processes import journey_handle
from usecases.specialist import notes, sessions
from usecases.specialist.notes import Amendment, Draft, NoteBody, fingerprint, revision_of
from usecases.specialist.sessions import CancelSession
from usecases.specialist.today import today
from workflows.patient_journey import PatientJourney

BODY = Draft(subjective="Sleeps better.", plan="Weekly.")


async def after_session(house: RunningHouse, journey: bool = False) -> tuple[Patient, Colleague, UUID]:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient) if journey else None
    appointment_id = await booked(house, patient, colleague, journey_id=journey_id)
    await come(house.context, patient, appointment_id)
    await sessions.admit(house.context, colleague.specialist, appointment_id)
    await sessions.finish(house.context, colleague.specialist, appointment_id)
    return patient, colleague, appointment_id


def on(known: NoteBody, written: NoteBody) -> Draft:
    """What is `written` on the draft that is `known`."""
    return Draft(**written.body, revision=revision_of(known.body))


async def stored(house: RunningHouse, colleague: Colleague, appointment_id: UUID) -> list[Note]:
    async with house.database.transaction(colleague.specialist) as session:
        query = select(Note).where(col(Note.appointment_id) == appointment_id).order_by(col(Note.version))
        return list(await session.scalars(query))


async def test_a_draft_changes_until_it_is_signed(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    context, me = house.context, colleague.specialist
    first = Draft(subjective="Sl")
    await notes.save_draft(context, me, appointment_id, first)
    await notes.save_draft(context, me, appointment_id, on(first, BODY))
    await notes.sign(context, me, appointment_id, on(BODY, BODY))
    await notes.sign(context, me, appointment_id, BODY)
    page = await notes.note_page(context, me, appointment_id, "en")
    assert [(note.version, note.status) for note in page.versions] == [(1, "signed")]
    assert page.versions[0].body_hash == fingerprint(appointment_id, 1, BODY.body, "")
    assert (page.may_write, page.may_sign, page.signed) == (False, False, True)
    for change in (notes.save_draft, notes.sign):
        with pytest.raises(NoteSigned):
            await change(context, me, appointment_id, Draft(subjective="Another"))
    assert [note.body for note in await stored(house, colleague, appointment_id)] == [BODY.body]


async def test_a_text_written_on_an_older_draft_overwrites_nothing(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    context, me = house.context, colleague.specialist
    elsewhere, here = Draft(objective="Calm."), Draft(assessment="Recovering.")
    await notes.save_draft(context, me, appointment_id, elsewhere)
    await notes.save_draft(context, me, appointment_id, elsewhere)
    for change in (notes.save_draft, notes.sign):
        with pytest.raises(DraftChanged):
            await change(context, me, appointment_id, here)
    assert [note.body for note in await stored(house, colleague, appointment_id)] == [elsewhere.body]
    await notes.save_draft(context, me, appointment_id, on(elsewhere, here))
    assert [note.body for note in await stored(house, colleague, appointment_id)] == [here.body]


async def test_an_amendment_is_the_next_version_with_a_reason(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    context, me = house.context, colleague.specialist
    amended = Amendment(**BODY.body | {"plan": "Every two weeks."}, version=1, reason="Agreed later")
    with pytest.raises(NotInThisState):
        await notes.amend(context, me, appointment_id, amended)
    await notes.sign(context, me, appointment_id, BODY)
    await notes.amend(context, me, appointment_id, amended)
    await notes.amend(context, me, appointment_id, amended)
    with pytest.raises(NotInThisState):
        await notes.amend(context, me, appointment_id, amended.model_copy(update={"plan": "Never"}))
    page = await notes.note_page(context, me, appointment_id, "en")
    assert [(note.version, note.status, note.reason) for note in page.versions] == [
        (2, "amended", "Agreed later"),
        (1, "signed", ""),
    ]
    assert page.versions[1].body == BODY.body


async def test_the_database_itself_keeps_what_is_signed(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    mine = col(Note.appointment_id) == appointment_id
    for attack in (update(Note).where(mine).values(body={}), delete(Note).where(mine)):
        with pytest.raises(DBAPIError):
            async with house.database.transaction(colleague.specialist) as session:
                await session.execute(attack)
    assert [note.body for note in await stored(house, colleague, appointment_id)] == [BODY.body]


async def test_signing_lets_the_journey_go_on(house: RunningHouse) -> None:
    patient, colleague, appointment_id = await after_session(house, journey=True)

    async def at(step: str) -> bool:
        async with house.database.transaction(patient) as session:
            query = select(Journey).where(col(Journey.appointment_id) == appointment_id)
            return (await session.scalars(query)).one().step == step

    await until(lambda: at("note"))
    due = (await today(house.context, colleague.specialist, "en")).notes_due
    assert [one.appointment.appointment_id for one in due] == [appointment_id]
    assert due[0].until is not None
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    await until(lambda: at("feedback"))
    assert (await today(house.context, colleague.specialist, "en")).notes_due == ()


async def test_a_journey_that_hears_of_the_session_after_the_signature_goes_on(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient)
    appointment_id = await booked(house, patient, colleague, journey_id=journey_id)
    await until(lambda: stands_at(house, patient, journey_id, "first-session"))
    await over(house, patient, appointment_id)
    with pytest.raises(StillWorking):
        await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    signing = asyncio.create_task(notes.sign(house.context, colleague.specialist, appointment_id, BODY))
    await asyncio.sleep(0.3)
    word = AppointmentChanged(appointment_id=appointment_id, change="completed")
    await journey_handle(house.temporal, journey_id).signal(PatientJourney.appointment_changed, word)
    await signing
    assert await stands_at(house, patient, journey_id, "feedback")
    assert [note.status for note in await stored(house, colleague, appointment_id)] == ["signed"]


async def test_a_journey_that_hears_of_the_session_just_after_it_refused_the_note_is_told_again(
    house: RunningHouse,
) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient)
    appointment_id = await booked(house, patient, colleague, journey_id=journey_id)
    await until(lambda: stands_at(house, patient, journey_id, "first-session"))
    await over(house, patient, appointment_id)

    async def hear() -> None:
        word = AppointmentChanged(appointment_id=appointment_id, change="completed")
        await journey_handle(house.temporal, journey_id).signal(PatientJourney.appointment_changed, word)
        await until(lambda: has_moved_on(house, patient, journey_id))

    context = replace(house.context, database=Interrupted(house.database, hear))
    await notes.sign(context, colleague.specialist, appointment_id, BODY)
    assert await stands_at(house, patient, journey_id, "feedback")


class Interrupted(Database):
    """Something happens before the specialist's second transaction: refused already, not looked at yet."""

    def __init__(self, database: Database, happens: Callable[[], Awaitable[None]]) -> None:
        vars(self).update(vars(database))
        self.happens, self.asked = happens, 0

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        self.asked += isinstance(actor, Specialist)
        if isinstance(actor, Specialist) and self.asked == 2:
            await self.happens()
        async with super().transaction(actor) as session:
            yield session


async def has_moved_on(house: RunningHouse, patient: Patient, journey_id: UUID) -> bool:
    return not await stands_at(house, patient, journey_id, "first-session")


async def stands_at(house: RunningHouse, patient: Patient, journey_id: UUID, step: str) -> bool:
    async with house.database.transaction(patient) as session:
        return (await session.get_one(Journey, journey_id)).step == step


async def over(house: RunningHouse, patient: Patient, appointment_id: UUID) -> None:
    """Its record says so; its word to the journey is still on the way."""
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        (await session.get_one(Appointment, appointment_id)).status = "completed"


async def test_an_empty_note_is_not_signed(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    with pytest.raises(InvalidInput):
        await notes.sign(house.context, colleague.specialist, appointment_id, Draft(plan="  "))
    assert await stored(house, colleague, appointment_id) == []


async def test_preparation_is_drafted_but_signed_only_afterwards(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, colleague)
    await notes.save_draft(house.context, colleague.specialist, appointment_id, BODY)
    with pytest.raises(NotInThisState):
        await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    assert [note.status for note in await stored(house, colleague, appointment_id)] == ["draft"]


async def test_nothing_is_written_about_a_cancelled_appointment(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, colleague)
    await sessions.cancel(house.context, colleague.specialist, appointment_id, CancelSession())
    for change in (notes.save_draft, notes.sign):
        with pytest.raises(NotInThisState):
            await change(house.context, colleague.specialist, appointment_id, BODY)
    assert await stored(house, colleague, appointment_id) == []


async def test_another_specialist_finds_no_note(house: RunningHouse) -> None:
    _, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    stranger = await new_specialist(house)
    for wanted in (appointment_id, uuid4()):
        with pytest.raises(NotFound):
            await notes.note_page(house.context, stranger.specialist, wanted, "en")
        with pytest.raises(NotFound):
            await notes.save_draft(house.context, stranger.specialist, wanted, BODY)
        with pytest.raises(NotFound):
            await notes.sign(house.context, stranger.specialist, wanted, BODY)
    assert await stored(house, stranger, appointment_id) == []
