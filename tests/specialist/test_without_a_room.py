"""Sessions by phone and in person: at the pages and the JSON doors of both, over the real engine."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from domain.appointments.state import Status
from domain.refusals import (
    InvalidInput,
    NoRoom,
    NotFound,
    NotInThisState,
    PatientElsewhere,
    PatientMayCome,
    PlaceNotStated,
    SessionNotNow,
)
from tests.fixtures.house import RunningHouse
from tests.patient.people import app_of as patient_app
from tests.patient.people import signed_in
from tests.specialist.arranged import HERE, NUMBER, Arranged, arranged
from tests.specialist.people import (
    CALL,
    VISIT,
    app_of,
    at_pages,
    booked,
    has_status,
    new_specialist,
    soon,
)
from tests.usecases.steps import until
from tests.usecases.test_booking import balance
from usecases.patient.appointment import appointment
from usecases.patient.why import own_appointment
from usecases.room.entering import enter
from usecases.specialist import sessions
from usecases.specialist.brief import brief
from usecases.specialist.sessions import BeginSession
from usecases.specialist.today import today


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
        over = (await the_patients_page(call)).text
        assert ("This session took place." in over, 'href="/specialists"' in over) == (True, True)
        again = await visitor.post(f"{here}/begin", jurisdiction="US-MA")
        assert NotInThisState.title in again.text


async def test_who_has_no_number_is_asked_for_it(house: RunningHouse) -> None:
    call = await arranged(house, phone="")
    page = await the_patients_page(call)
    assert "We do not have your phone number." in page.text
    async with at_pages(house, call.me) as visitor:
        assert "We do not know the patient's phone number." in (await visitor.get(f"/appointments/{call.id}")).text
