"""Sessions by phone and in person: at the pages and the JSON doors of both, over the real engine."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from domain.actors import Engine, House, Patient
from domain.appointments.state import Status
from domain.refusals import (
    InvalidInput,
    NoRoom,
    NotFound,
    NotInThisState,
    NotLicensedThere,
    PatientElsewhere,
    PatientMayCome,
    PlaceNotStated,
    SessionNotNow,
)
from models import Appointment as Row
from models import Licence, Person, PlaceStatement
from models import Patient as PatientRow
from tests.audit.reading import entries
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import Newcomer, signed_in
from tests.patient.people import app_of as patient_app
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
from tests.usecases.test_booking import balance, row_of
from usecases.patient.appointments import appointment
from usecases.patient.calendar import calendar_file
from usecases.patient.specialists import Search, directory
from usecases.patient.why import own_appointment
from usecases.processes import appointment_handle
from usecases.room.entering import enter
from usecases.specialist import sessions
from usecases.specialist.brief import brief
from usecases.specialist.sessions import BeginSession
from usecases.specialist.today import today
from workflows import TASK_QUEUE
from workflows.appointment import Appointment

HERE = BeginSession(jurisdiction="US-MA")
NUMBER = "+16175550142"


@dataclass(frozen=True)
class Arranged:
    house: RunningHouse
    who: Newcomer
    me: Colleague
    id: UUID

    @property
    def patient(self) -> Patient:
        return self.who.patient

    async def row(self) -> Row:
        return await row_of(self.house, self.patient, self.id)

    async def places(self) -> list[PlaceStatement]:
        said = select(PlaceStatement).where(col(PlaceStatement.appointment_id) == self.id)
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            return list(await session.scalars(said))

    async def should_have_begun(self, ago: timedelta) -> None:
        """As if it had been booked for `ago` before now."""
        handle = appointment_handle(self.house.temporal, self.id)
        known = await handle.query(Appointment.state)
        await handle.terminate()
        start = self.house.context.now() - ago
        end = start + (known.end - known.start)
        again = known.model_copy(update={"start": start, "end": end, "reminded": 2})
        await self.house.temporal.start_workflow(Appointment.run, again, id=handle.id, task_queue=TASK_QUEUE)
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            moved = update(Row).where(col(Row.id) == self.id)
            await session.execute(moved.values(starts_at=start, ends_at=end, blocked=Range(start, end)))


async def arranged(house: RunningHouse, kind: str = CALL, phone: str = NUMBER) -> Arranged:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, patient.person_id)
        person.phone = phone
    return Arranged(house, Newcomer(AURORA, person.email, patient), me, await booked(house, patient, me, kind=kind))


async def test_a_call_begins_where_the_patient_says_to_be(house: RunningHouse) -> None:
    call = await arranged(house)
    with pytest.raises(InvalidInput) as asked:
        await sessions.begin(house.context, call.me.specialist, call.id, BeginSession())
    assert list(asked.value.errors) == ["jurisdiction"]
    assert (await call.row()).status == "confirmed"
    await sessions.begin(house.context, call.me.specialist, call.id, HERE)
    row = await call.row()
    assert (row.status, row.patient_arrived, row.waits_for) == ("in-session", True, "specialist")
    [said] = await call.places()
    assert (said.jurisdiction, said.may_be_treated, said.person_id) == ("US-MA", True, call.me.specialist.person_id)
    await sessions.finish(house.context, call.me.specialist, call.id)
    await until(lambda: has_status(house, call.patient, call.id, Status.COMPLETED))
    why = await own_appointment(house.context, call.patient, call.id, "en")
    assert [line.what for line in reversed(why.story)] == ["held", "confirmed", "begun", "completed"]


async def test_nobody_is_treated_by_phone_where_they_may_not_be(house: RunningHouse) -> None:
    call = await arranged(house)
    with pytest.raises(PatientElsewhere):
        await sessions.begin(house.context, call.me.specialist, call.id, BeginSession(jurisdiction="US-CA"))
    assert (await call.row()).status == "confirmed"
    assert [(said.jurisdiction, said.may_be_treated) for said in await call.places()] == [("US-CA", False)]
    async with at_pages(house, call.me) as visitor:
        page = await visitor.get(f"/appointments/{call.id}")
    assert "The patient is where you may not treat." in page.text


async def test_in_person_nobody_is_asked_for_a_place(house: RunningHouse) -> None:
    visit = await arranged(house, VISIT)
    view = await appointment(house.context, visit.patient, visit.id, "en")
    assert view.meeting is not None
    assert (view.meeting.place, view.meeting.address) == ("Boston, Beacon Street", "100 Beacon Street, Boston, MA")
    await sessions.begin(house.context, visit.me.specialist, visit.id, BeginSession())
    assert ((await visit.row()).status, await visit.places()) == ("in-session", [])


async def test_it_has_no_room_and_waits_for_the_specialist(house: RunningHouse) -> None:
    call = await arranged(house)
    for actor in (call.patient, call.me.specialist):
        with pytest.raises((NoRoom, PlaceNotStated)) as no:
            await enter(house.context, actor, call.id)
        assert type(no.value) is NoRoom
    row = await call.row()
    assert (row.waits_for, row.then, row.patient_arrived, row.specialist_arrived) == (
        "specialist", "not-held", False, False,
    )  # fmt: skip
    why = await own_appointment(house.context, call.patient, call.id, "en")
    assert (why.waits_for, why.owner, why.until) == ("beginning", "specialist", row.ends_at + timedelta(hours=1))
    async with patient_app(house, call.who) as app:
        refused = await app.post(f"appointments/{call.id}/room")
        assert (refused.status_code, refused.json()["title"]) == (409, NoRoom.title)


async def test_only_its_own_specialist_begins_it_and_only_around_its_time(house: RunningHouse) -> None:
    call, stranger = await arranged(house), await new_specialist(house)
    for deed in (
        sessions.begin(house.context, stranger.specialist, call.id, HERE),
        sessions.report_no_show(house.context, stranger.specialist, call.id),
    ):
        with pytest.raises(NotFound):
            await deed
    in_two_hours = await booked(house, call.patient, call.me, soon(house, 120), kind=CALL)
    later = Arranged(house, call.who, call.me, in_two_hours)
    with pytest.raises(SessionNotNow):
        await sessions.begin(house.context, later.me.specialist, later.id, HERE)
    assert [(await each.row()).status for each in (call, later)] == ["confirmed", "confirmed"]
    assert await later.places() == []


async def test_whom_nobody_reached_is_absent_on_the_specialists_word(house: RunningHouse) -> None:
    call = await arranged(house)
    with pytest.raises(PatientMayCome):
        await sessions.report_no_show(house.context, call.me.specialist, call.id)
    assert (await call.row()).status == "confirmed"
    await call.should_have_begun(timedelta(minutes=16))
    view = await brief(house.context, call.me.specialist, call.id, "en")
    assert view.meeting is not None
    assert (view.meeting.phone, view.meeting.may_begin, view.meeting.may_report_no_show) == (NUMBER, True, True)
    async with app_of(house, call.me) as app:
        done = await app.post(f"appointments/{call.id}/no-show")
        assert (done.status_code, done.json()["appointment"]["status"], done.json()["meeting"]) == (
            200, "no-show", None,
        )  # fmt: skip
        assert (await app.post(f"appointments/{call.id}/begin", json={"jurisdiction": "US-MA"})).status_code == 409
    await until(lambda: kept(call))
    row = await call.row()
    assert (row.status, row.absent, row.fee) == ("no-show", "patient", row.amount)


async def kept(call: Arranged) -> bool:
    sums = await balance(call.house, call.patient, call.id)
    return sums["cancellation-fees"] == -(await call.row()).amount


async def the_patients_page(call: Arranged) -> httpx.Response:
    async with signed_in(call.house, call.who) as visitor:
        return await visitor.get(f"/appointments/{call.id}")


async def test_who_gives_up_waiting_for_a_call_gets_everything_back(house: RunningHouse) -> None:
    call = await arranged(house)
    await call.should_have_begun(timedelta(minutes=20))
    before = await appointment(house.context, call.patient, call.id, "en")
    assert before.cancellation is not None
    assert (before.cancellation.kept_waiting, before.cancellation.fee.amount > 0) == (False, True)
    await call.should_have_begun(timedelta(minutes=26))
    async with signed_in(house, call.who) as visitor:
        page = await visitor.get(f"/appointments/{call.id}")
        assert "Your specialist is late." in page.text
    async with patient_app(house, call.who) as app:
        done = await app.post(f"appointments/{call.id}/cancel", json={"key": uuid4().hex, "fee": 0})
        assert (done.json()["status"], done.json()["late"]) == ("cancelled", False)
    await until(lambda: given_back(call))


async def given_back(call: Arranged) -> bool:
    return (await balance(call.house, call.patient, call.id))["prepaid-sessions"] == 0


async def test_after_its_end_the_patient_cannot_call_it_off(house: RunningHouse) -> None:
    call = await arranged(house)
    await call.should_have_begun(timedelta(minutes=31))
    view = await appointment(house.context, call.patient, call.id, "en")
    assert view.cancellation is None
    async with patient_app(house, call.who) as app:
        refused = await app.post(f"appointments/{call.id}/cancel", json={"key": uuid4().hex, "fee": 5000})
        assert (refused.status_code, refused.json()["title"]) == (409, NotInThisState.title)
    assert (await call.row()).status == "confirmed"


async def test_the_pages_lead_through_a_call(house: RunningHouse) -> None:
    call = await arranged(house)
    here = f"/appointments/{call.id}"
    async with signed_in(house, call.who) as visitor:
        page = await visitor.get(here)
        assert NUMBER in page.text
        assert f"{here}/room" not in page.text
        assert NoRoom.title in (await visitor.get(f"{here}/room")).text
        home = await visitor.get("/")
        assert NUMBER in home.text
        assert "/room" not in home.text
    day = await today(house.context, call.me.specialist, "en")
    assert [item.appointment_id for item in day.waiting] == [call.id]
    async with at_pages(house, call.me) as visitor:
        assert f'href="{here}"' in (await visitor.get("/")).text
        page = await visitor.get(here)
        assert f'href="tel:{NUMBER}"' in page.text
        assert '<option value="US-MA" selected>' in page.text
        assert "you can say here that the patient did not come" in page.text
        refused = await visitor.post(f"{here}/no-show")
        assert PatientMayCome.title in refused.text
        unsaid = await visitor.post(f"{here}/begin")
        assert "Ask the patient where they are now" in unsaid.text
        begun = await visitor.follow(await visitor.post(f"{here}/begin", jurisdiction="US-MA"))
        assert "Finish session" in begun.text
        assert "The session is under way." in (await the_patients_page(call)).text
        noted = await visitor.follow(await visitor.post(f"{here}/finish"))
        assert noted.url.path == f"{here}/note"
        again = await visitor.post(f"{here}/begin", jurisdiction="US-MA")
        assert NotInThisState.title in again.text


async def test_who_has_no_number_is_asked_for_it(house: RunningHouse) -> None:
    call = await arranged(house, phone="")
    page = await the_patients_page(call)
    assert "We do not have your phone number." in page.text
    async with at_pages(house, call.me) as visitor:
        assert "We do not know the patient's phone number." in (await visitor.get(f"/appointments/{call.id}")).text


async def test_in_person_the_licence_of_the_place_counts_and_not_of_the_patients_home(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    await lives_in(house, patient, "US-NH")
    visit = await booked(house, patient, me, kind=VISIT)
    assert (await row_of(house, patient, visit)).jurisdiction == "US-MA"
    found = await directory(house.context, patient, Search(type=VISIT), "en")
    assert (found.jurisdiction, me.specialist.specialist_id in {each.id for each in found.specialists}) == (
        "US-MA", True,
    )  # fmt: skip
    elsewhere = await licensed_in(house, "US-NH")
    for kind, allowed in ((CALL, True), (VISIT, False)):
        found = await directory(house.context, patient, Search(type=kind), "en")
        assert (elsewhere.specialist.specialist_id in {each.id for each in found.specialists}) is allowed
    with pytest.raises(NotLicensedThere):
        await booked(house, patient, elsewhere, soon(house, 120), kind=VISIT)


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


async def test_the_json_door_refuses_what_is_no_beginning(house: RunningHouse) -> None:
    call, room = await arranged(house), await arranged(house, FREE)
    async with app_of(house, call.me) as app:
        for body in ({}, {"json": {}}, {"json": {"jurisdiction": "US"}}, {"json": {"jurisdiction": None}}):
            assert (await app.post(f"appointments/{call.id}/begin", **body)).status_code == 422
        assert (await app.post(f"appointments/{call.id}/admit")).status_code == 409
        assert (await app.post(f"appointments/{call.id}/finish")).status_code == 409
    async with app_of(house, room.me) as app:
        begun = await app.post(f"appointments/{room.id}/begin", json={"jurisdiction": "US-MA"})
        assert (begun.status_code, begun.json()["title"]) == (409, NotInThisState.title)
        assert (await app.post(f"appointments/{room.id}/no-show")).status_code == 409
    assert [(await each.row()).status for each in (call, room)] == ["confirmed", "confirmed"]
    assert [await each.places() for each in (call, room)] == [[], []]
