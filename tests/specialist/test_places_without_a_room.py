"""Sessions by phone and in person: who may treat there, who is told where, and what no door takes."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from domain.actors import House, Patient
from domain.appointments.state import Status
from domain.refusals import (
    NoRoom,
    NotInThisState,
    NotLicensedThere,
    PatientElsewhere,
    PatientNotConsented,
)
from models import AppointmentType, Licence
from models import Patient as PatientRow
from tests.audit.reading import entries
from tests.fixtures.house import AURORA, RunningHouse
from tests.specialist.arranged import HERE, NUMBER, arranged
from tests.specialist.people import (
    CALL,
    FREE,
    VISIT,
    Colleague,
    app_of,
    at_pages,
    booked,
    has_status,
    new_specialist,
    soon,
)
from tests.usecases.steps import new_patient, until
from tests.usecases.test_booking import row_of
from usecases.patient.appointment import appointment
from usecases.patient.calendar import calendar_file
from usecases.patient.consents import GiveConsents, WithdrawConsent, give, withdraw
from usecases.patient.specialists import Search, directory
from usecases.processes import appointment_handle
from usecases.specialist import sessions
from usecases.specialist.brief import brief
from usecases.specialist.sessions import BeginSession
from workflows.appointment import Appointment


async def test_in_person_the_licence_of_the_place_counts_and_not_of_the_patients_home(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    await lives_in(house, patient, "US-NH")
    visit = await booked(house, patient, me, kind=VISIT)
    assert (await row_of(house, patient, visit)).jurisdiction == "US-MA"
    assert (await directory(house.context, patient, Search(type=VISIT), "en")).jurisdiction == "US-MA"
    assert me.specialist.specialist_id in await found_by(house, patient, VISIT)
    elsewhere = await licensed_in(house, "US-NH")
    for kind, allowed in ((CALL, True), (VISIT, False)):
        assert (elsewhere.specialist.specialist_id in await found_by(house, patient, kind)) is allowed
    with pytest.raises(NotLicensedThere):
        await booked(house, patient, elsewhere, soon(house, 120), kind=VISIT)


async def found_by(house: RunningHouse, patient: Patient, kind: str) -> set[UUID]:
    """Whoever the patient finds for sessions of that kind, on all pages: other tests make colleagues, too."""
    found: set[UUID] = set()
    page: int | None = 1
    while page:
        view = await directory(house.context, patient, Search(type=kind, page=page), "en")
        found |= {each.id for each in view.specialists}
        page = view.paging.following
    return found


async def lives_in(house: RunningHouse, patient: Patient, place: str) -> None:
    async with house.database.transaction(House()) as session:
        (await session.get_one(PatientRow, patient.patient_id)).jurisdiction = place


async def licensed_in(house: RunningHouse, place: str) -> Colleague:
    """A new specialist, licensed there only."""
    me = await new_specialist(house)
    async with house.database.transaction(House()) as session:
        held = delete(Licence).where(col(Licence.specialist_id) == me.specialist.specialist_id)
        await session.execute(held.where(col(Licence.jurisdiction) != "DE"))
        mine = update(Licence).where(col(Licence.specialist_id) == me.specialist.specialist_id)
        await session.execute(mine.values(jurisdiction=place))
    return me


async def test_who_finishes_what_is_over_is_led_to_the_note_and_told_of_no_room(house: RunningHouse) -> None:
    call = await arranged(house)
    await sessions.begin(house.context, call.me.specialist, call.id, HERE)
    await appointment_handle(house.temporal, call.id).execute_update(Appointment.finish, id="as-the-clock-does")
    await until(lambda: has_status(house, call.patient, call.id, Status.COMPLETED))
    async with at_pages(house, call.me) as visitor:
        await visitor.get(f"/appointments/{call.id}")
        again = await visitor.post(f"/appointments/{call.id}/finish")
        assert NotInThisState.title in again.text
        assert NoRoom.title not in again.text
        assert f'href="/appointments/{call.id}/note"' in again.text


async def test_every_word_on_a_place_is_in_the_audit_whoever_wrote_it_down(house: RunningHouse) -> None:
    call = await arranged(house)
    with pytest.raises(PatientElsewhere):
        await sessions.begin(house.context, call.me.specialist, call.id, BeginSession(jurisdiction="US-CA"))
    await sessions.begin(house.context, call.me.specialist, call.id, HERE)
    told = await entries(house, act="place:state", resource_id=call.id)
    assert [(entry.outcome, entry.person_id) for entry in told] == [
        ("refused:ElsewhereNow", call.me.specialist.person_id),
        ("done", call.me.specialist.person_id),
    ]


async def test_the_calendar_file_says_where_to_come_and_no_number(house: RunningHouse) -> None:
    visit, call = await arranged(house, VISIT), await arranged(house)
    where = "LOCATION:100 Beacon Street\\, Boston\\, MA"
    assert where in (await calendar_file(house.context, visit.patient, visit.id)).decode()
    by_phone = (await calendar_file(house.context, call.patient, call.id)).decode()
    assert "LOCATION" not in by_phone
    assert NUMBER not in by_phone


async def test_a_visit_stays_where_it_was_booked_when_its_kind_changes(house: RunningHouse) -> None:
    visit = await arranged(house, VISIT)
    kind = col(AppointmentType.id) == (await visit.row()).appointment_type_id
    async with house.database.transaction(House()) as session:
        at = await session.scalar(select(col(AppointmentType.location_id)).where(kind))
        by_video = {"modality": "video", "location_id": None}
        await session.execute(update(AppointmentType).where(kind).values(by_video))
    try:
        mine = (await appointment(house.context, visit.patient, visit.id, "en")).meeting
        theirs = (await brief(house.context, visit.me.specialist, visit.id, "en")).meeting
    finally:
        async with house.database.transaction(House()) as session:
            as_before = {"modality": "in-person", "location_id": at}
            await session.execute(update(AppointmentType).where(kind).values(as_before))
    assert mine is not None
    assert theirs is not None
    assert {mine.place, theirs.place} == {"Boston, Beacon Street"}
    assert {mine.address, theirs.address} == {"100 Beacon Street, Boston, MA"}


async def test_the_json_door_refuses_what_is_no_beginning(house: RunningHouse) -> None:
    call, room = await arranged(house), await arranged(house, FREE)
    async with app_of(house, call.me) as app:
        assert (await app.post(f"appointments/{call.id}/begin")).status_code == 422
        for body in ({}, {"jurisdiction": "US"}, {"jurisdiction": None}):
            assert (await app.post(f"appointments/{call.id}/begin", json=body)).status_code == 422
        assert (await app.post(f"appointments/{call.id}/admit")).status_code == 409
        assert (await app.post(f"appointments/{call.id}/finish")).status_code == 409
    async with app_of(house, room.me) as app:
        begun = await app.post(f"appointments/{room.id}/begin", json={"jurisdiction": "US-MA"})
        assert (begun.status_code, begun.json()["title"]) == (409, NotInThisState.title)
        assert (await app.post(f"appointments/{room.id}/no-show")).status_code == 409
    assert [(await each.row()).status for each in (call, room)] == ["confirmed", "confirmed"]
    assert [await each.places() for each in (call, room)] == [[], []]


@pytest.mark.parametrize("kind", [CALL, VISIT])
async def test_nobody_is_treated_who_has_withdrawn_a_consent(house: RunningHouse, kind: str) -> None:
    session = await arranged(house, kind)
    await withdraw(house.context, session.patient, WithdrawConsent(kind="treatment"))
    with pytest.raises(PatientNotConsented):
        await sessions.begin(house.context, session.me.specialist, session.id, HERE)
    assert ((await session.row()).status, await session.places()) == ("confirmed", [])
    await give(house.context, session.patient, GiveConsents(kinds=["treatment"]), "en", "portal")
    await sessions.begin(house.context, session.me.specialist, session.id, HERE)
    assert (await session.row()).status == "in-session"


async def test_nobody_is_treated_in_person_without_the_licence_of_the_day(house: RunningHouse) -> None:
    visit = await arranged(house, VISIT)
    async with house.database.transaction(House()) as session:
        await session.execute(delete(Licence).where(col(Licence.specialist_id) == visit.me.specialist.specialist_id))
    with pytest.raises(PatientElsewhere):
        await sessions.begin(house.context, visit.me.specialist, visit.id, BeginSession())
    assert (await visit.row()).status == "confirmed"
    assert [(said.jurisdiction, said.may_be_treated) for said in await visit.places()] == [("US-MA", False)]


async def test_whoever_was_not_licensed_hears_that_it_is_cancelled_and_nobody_is_absent(house: RunningHouse) -> None:
    call = await arranged(house)
    await call.should_have_begun(timedelta(minutes=16))
    async with house.database.transaction(House()) as session:
        await session.execute(delete(Licence).where(col(Licence.specialist_id) == call.me.specialist.specialist_id))
    async with at_pages(house, call.me) as visitor:
        await visitor.get(f"/appointments/{call.id}")
        page = await visitor.follow(await visitor.post(f"/appointments/{call.id}/no-show"))
    assert "Cancelled" in page.text
    assert "the patient did not come" not in page.text
    row = await call.row()
    assert (row.status, row.cancelled_by, row.absent, row.fee) == ("cancelled", "organization", "", 0)


async def test_the_audit_tells_who_said_that_the_patient_did_not_come(house: RunningHouse) -> None:
    call = await arranged(house)
    await call.should_have_begun(timedelta(minutes=16))
    await sessions.report_no_show(house.context, call.me.specialist, call.id)
    (told,) = await entries(house, act="session:no-show", resource_id=call.id)
    assert (told.outcome, told.person_id) == ("done", call.me.specialist.person_id)
