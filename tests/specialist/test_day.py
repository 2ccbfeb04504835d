"""What a specialist sees of the day, of one appointment, of the people treated; and of nobody else's."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, Patient, Specialist
from domain.appointments.state import Status
from domain.refusals import NotFound, NotInThisState
from models import Journey, LedgerLine, OfferedMaterial, QuestionnaireResponse, Task
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.room.people import come
from tests.specialist.people import PAID, Colleague, booked, has_status, new_specialist, soon
from tests.usecases.steps import journey_at_booking, new_patient, until
from usecases.context import Context
from usecases.listing import ListQuery
from usecases.scheduling.holding import Hold, hold
from usecases.specialist import sessions, tasks
from usecases.specialist.brief import brief
from usecases.specialist.caseload import CaseloadSearch, caseload, patient_history
from usecases.specialist.profile import SaveProfile, profile, save_profile
from usecases.specialist.sessions import CancelSession
from usecases.specialist.today import today
from usecases.specialist.week import week

FLAGGED = {"44250-9": "LA6571-9", "44255-8": "LA6569-3", "44260-8": "LA6569-3"}


async def answered(house: RunningHouse, patient: Patient) -> None:
    async with house.database.transaction(patient) as session:
        session.add(
            QuestionnaireResponse(
                organization_id=patient.organization_id,
                patient_id=patient.patient_id,
                questionnaire_key="phq-9",
                questionnaire_version=1,
                locale="en",
                status="completed",
                answers=FLAGGED,
                score=5,
                band="mild",
                flags=["self-harm"],
                completed_at=house.context.now(),
            )
        )


async def merely_held(house: RunningHouse, patient: Patient, colleague: Colleague) -> UUID:
    wish = Hold(
        specialist_id=colleague.specialist.specialist_id,
        appointment_type=PAID,
        start=soon(house) + timedelta(hours=30),
        key=uuid4().hex,
    )
    return await hold(house.context, patient, wish)


async def test_the_day_of_two_organizations_is_one(house: RunningHouse) -> None:
    me = await new_specialist(house, "northlight", "lindenhof")
    here, there = await new_patient(house, AURORA), await new_patient(house, MARIGOLD)
    first = await booked(house, here, me)
    second = await booked(house, there, me, soon(house) + timedelta(days=2))
    await come(house.context, here, first)
    page = await today(house.context, me.specialist, "en")
    assert [(item.appointment_id, item.brand, item.status) for item in page.waiting] == [
        (first, "Aurora Health", "waiting")
    ]
    assert {item.appointment_id for item in page.items} <= {first, second}
    assert sum(day.count for day in page.ahead) == 2 - len(page.items)
    shown = (await week(house.context, me.specialist, (soon(house) + timedelta(days=2)).date(), "en")).blocks
    assert "Marigold Therapie" in {block.organization for block in shown if block.kind == "appointment"}
    people = await caseload(house.context, me.specialist, ListQuery())
    assert {row.organization for row in people.rows} == {"Northlight Health", "Praxis Lindenhof"}


async def test_the_brief_shows_answers_flags_consents_and_why(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient)
    await answered(house, patient)
    appointment_id = await booked(house, patient, me, journey_id=journey_id)
    view = await brief(house.context, me.specialist, appointment_id, "de")
    [form] = view.forms
    assert (form.score, form.most, form.band, form.flags) == (5, 27, "mild", ("self-harm",))
    assert [(answer.score, answer.flagged) for answer in form.answers] == [(3, False), (1, False), (1, True)]
    assert form.answers[0].answer == "Beinahe jeden Tag"
    assert {line.kind for line in view.consents if line.active} >= {"treatment", "telehealth", "privacy"}
    assert view.journey is not None
    assert view.journey.journey_id == journey_id
    assert (view.why.status, view.room_open, view.may_cancel, view.earlier) == ("confirmed", True, True, ())


async def test_the_brief_lists_what_was_offered_for_this_appointment(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient)
    mine = await booked(house, patient, me, journey_id=journey_id)
    other = await booked(house, patient, me, soon(house) + timedelta(days=2))
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        session.add(
            OfferedMaterial(
                organization_id=patient.organization_id,
                journey_id=journey_id,
                patient_id=patient.patient_id,
                appointment_id=other,
                material_key="first-session",
                offered_at=house.context.now(),
            )
        )
    assert len((await brief(house.context, me.specialist, other, "en")).materials) == 1
    of_mine = (await brief(house.context, me.specialist, mine, "en")).materials
    assert all(line.title == "Before your first session" for line in of_mine)
    assert len(of_mine) <= 1


async def test_a_mere_hold_shows_nothing_of_the_patient(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await merely_held(house, patient, me)
    with pytest.raises(NotFound):
        await brief(house.context, me.specialist, appointment_id, "en")
    with pytest.raises(NotFound):
        await patient_history(house.context, me.specialist, patient.patient_id, "en")
    with pytest.raises(NotFound):
        await sessions.cancel(house.context, me.specialist, appointment_id, CancelSession())
    assert (await caseload(house.context, me.specialist, ListQuery())).paging.total == 0
    shown = (await week(house.context, me.specialist, (soon(house) + timedelta(hours=30)).date(), "en")).blocks
    assert [(block.kind, block.label) for block in shown if block.kind in ("held", "appointment")] == [("held", "")]


async def _cancel(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    await sessions.cancel(context, specialist, appointment_id, CancelSession())


async def test_what_is_anothers_is_not_there(house: RunningHouse) -> None:
    patient, me, stranger = await new_patient(house, AURORA), await new_specialist(house), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    await come(house.context, patient, appointment_id)
    for wanted in (appointment_id, uuid4()):
        for act in (sessions.admit, sessions.finish, _cancel):
            with pytest.raises(NotFound):
                await act(house.context, stranger.specialist, wanted)
        with pytest.raises(NotFound):
            await brief(house.context, stranger.specialist, wanted, "en")
    for somebody in (patient.patient_id, uuid4()):
        with pytest.raises(NotFound):
            await patient_history(house.context, stranger.specialist, somebody, "en")
    page = await today(house.context, stranger.specialist, "en")
    assert (page.items, page.waiting, page.tasks) == ((), (), ())
    assert (await caseload(house.context, stranger.specialist, ListQuery())).rows == ()
    assert await has_status(house, patient, appointment_id, Status.WAITING)


async def test_cancelling_costs_the_patient_nothing(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me, kind=PAID)
    await sessions.cancel(house.context, me.specialist, appointment_id, CancelSession())
    await sessions.cancel(house.context, me.specialist, appointment_id, CancelSession())
    assert await has_status(house, patient, appointment_id, Status.CANCELLED)

    async def balance() -> Counter[str]:
        sums: Counter[str] = Counter()
        async with house.database.transaction(Engine(patient.organization_id)) as session:
            mine = select(LedgerLine).where(col(LedgerLine.appointment_id) == appointment_id)
            for line in await session.scalars(mine):
                sums[line.account] += line.amount
        return sums

    async def given_back() -> bool:
        return not any((await balance()).values()) and bool(await balance())

    await until(given_back)
    with pytest.raises(NotInThisState):
        await sessions.admit(house.context, me.specialist, appointment_id)


async def test_a_patients_page_after_a_session(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    first = await booked(house, patient, me)
    await come(house.context, patient, first)
    await sessions.admit(house.context, me.specialist, first)
    await sessions.finish(house.context, me.specialist, first)
    second = await booked(house, patient, me, soon(house) + timedelta(days=1))
    view = await patient_history(house.context, me.specialist, patient.patient_id, "en")
    assert [item.appointment_id for item in view.appointments] == [second, first]
    [row] = (await caseload(house.context, me.specialist, CaseloadSearch(search="robin v"))).rows
    assert (row.sessions, row.name) == (1, "Robin Vale")
    assert row.next_at is not None
    assert row.last_at is not None
    assert (await caseload(house.context, me.specialist, CaseloadSearch(search="%"))).rows == ()


async def test_tasks_of_the_specialist_only(house: RunningHouse) -> None:
    patient, me, stranger = await new_patient(house, AURORA), await new_specialist(house), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient)
    await booked(house, patient, me, journey_id=journey_id)

    async def told() -> bool:
        """The journey has heard of the booking; what it records later would close tasks of other steps."""
        async with house.database.transaction(patient) as session:
            return (await session.get_one(Journey, journey_id)).step == "first-session"

    await until(told)
    now = house.context.now()
    known = {"organization_id": patient.organization_id, "journey_id": journey_id, "patient_id": patient.patient_id}
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        for version, assignee in enumerate(("specialist", "care-coordinator")):
            row = Task.model_validate(
                known
                | {"step": "consent", "opened_version": 900 + version, "assignee": assignee}
                | {"due_at": now, "opened_at": now}
            )
            session.add(row)
    [task] = await tasks.tasks(house.context, me.specialist, "en")
    assert (task.title, task.patient) == ("Your consent", "Robin Vale")
    assert await tasks.tasks(house.context, stranger.specialist, "en") == ()
    for wanted in (task.task_id, uuid4()):
        with pytest.raises(NotFound):
            await tasks.complete_task(house.context, stranger.specialist, wanted)


async def test_the_profile_keeps_contracts_out_of_reach(house: RunningHouse) -> None:
    me = await new_specialist(house, "northlight", "lindenhof")
    wish = SaveProfile(languages=["de", "en", "de"], biography={"en": " Calm. ", "de": ""}, zone="Europe/Berlin")
    await save_profile(house.context, me.specialist, wish)
    view = await profile(house.context, me.specialist, "en")
    assert (view.languages, view.biography, view.zone) == (("de", "en"), {"en": "Calm."}, "Europe/Berlin")
    assert [(line.organization, line.terms) for line in view.engagements] == [
        ("Northlight Health", {"kind": "percentage", "percent": 70}),
        ("Praxis Lindenhof", {"kind": "percentage", "percent": 70}),
    ]
    assert SaveProfile.model_fields.keys() == {"languages", "biography", "zone"}
