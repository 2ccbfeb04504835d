"""Where the patient is, asked at the door of the session room: only there where the specialist may treat it opens."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Operator
from domain.refusals import ElsewhereNow, NotFound, PatientElsewhere, PlaceNotStated, RoomClosed
from models import Appointment, PlaceStatement
from tests.audit.reading import entries
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import Newcomer, app_of, signed_in
from tests.room.people import Meeting, meeting, say_place
from tests.specialist.people import at_pages, booked, new_specialist, soon
from tests.usecases.steps import new_patient
from usecases.organization.appointment import appointment as page_of
from usecases.organization.overview import OverviewQuery, overview
from usecases.room.entering import enter
from usecases.room.place import place, stated
from usecases.specialist.brief import brief
from usecases.why import why_appointment


def at_home(met: Meeting) -> Newcomer:
    return Newcomer(AURORA, "", met.patient)


def operator(met: Meeting, role: str) -> Operator:
    return Operator(met.patient.organization_id, uuid4(), frozenset({role}))


async def kept(met: Meeting) -> list[tuple[str, bool, UUID]]:
    """What was said about this appointment, as its specialist may read it."""
    async with met.house.database.transaction(met.colleague.specialist) as session:
        query = select(PlaceStatement).where(col(PlaceStatement.appointment_id) == met.appointment_id)
        rows = await session.scalars(query.order_by(col(PlaceStatement.at)))
        return [(row.jurisdiction, row.may_be_treated, row.person_id) for row in rows]


async def nothing_happened(met: Meeting) -> bool:
    why = await why_appointment(met.house.context, met.patient, met.appointment_id, "en")
    return [line.what for line in why.story] == ["confirmed", "held"] and why.status == "confirmed"


async def test_the_room_opens_once_they_have_said_where_they_are(house: RunningHouse) -> None:
    met = await meeting(house)
    with pytest.raises(PlaceNotStated):
        await enter(house.context, met.patient, met.appointment_id)
    assert await nothing_happened(met)
    asked = await place(house.context, met.patient, met.appointment_id)
    assert (asked.booked, asked.said) == ("US-MA", None)
    await say_place(house.context, met.patient, met.appointment_id)
    assert (await enter(house.context, met.patient, met.appointment_id)).status == "waiting"
    assert (await enter(house.context, met.patient, met.appointment_id)).status == "waiting"
    assert await kept(met) == [("US-MA", True, met.patient.person_id)]


async def test_elsewhere_it_stays_shut_and_those_who_can_help_see_it(house: RunningHouse) -> None:
    met = await meeting(house)
    with pytest.raises(ElsewhereNow):
        await say_place(house.context, met.patient, met.appointment_id, "US-NY")
    with pytest.raises(ElsewhereNow):
        await enter(house.context, met.patient, met.appointment_id)
    assert await nothing_happened(met)
    assert met.appointment_id in await listed(met, "care-coordinator")
    assert await listed(met, "marketing") == []
    seen = await page_of(house.context, operator(met, "owner"), met.appointment_id, "en")
    assert seen.place
    assert (seen.booked_from, seen.place.jurisdiction, seen.place.may_be_treated) == ("US-MA", "US-NY", False)
    read = await brief(house.context, met.colleague.specialist, met.appointment_id, "en")
    assert read.place == seen.place
    await say_place(house.context, met.patient, met.appointment_id)
    assert (await enter(house.context, met.patient, met.appointment_id)).status == "waiting"
    assert [said[:2] for said in await kept(met)] == [("US-NY", False), ("US-MA", True)]
    assert met.appointment_id not in await listed(met, "care-coordinator")


async def listed(met: Meeting, role: str) -> list[UUID]:
    view = await overview(met.house.context, operator(met, role), OverviewQuery(), "en")
    return [row.appointment_id for row in view.elsewhere]


async def test_who_waits_and_says_to_be_elsewhere_is_not_let_in(house: RunningHouse) -> None:
    met = await meeting(house)
    await met.enter(met.patient)
    with pytest.raises(ElsewhereNow):
        await say_place(house.context, met.patient, met.appointment_id, "FR")
    with pytest.raises(PatientElsewhere):
        await met.admit()
    why = await why_appointment(house.context, met.patient, met.appointment_id, "en")
    assert why.status == "waiting"
    assert met.appointment_id in await listed(met, "care-coordinator")


async def test_every_word_is_in_the_audit(house: RunningHouse) -> None:
    met = await meeting(house)
    with pytest.raises(ElsewhereNow):
        await say_place(house.context, met.patient, met.appointment_id, "US-NY")
    await say_place(house.context, met.patient, met.appointment_id)
    found = await entries(house, act="place:state", resource_id=met.appointment_id)
    assert [(entry.outcome, entry.person_id) for entry in found] == [
        ("refused:ElsewhereNow", met.patient.person_id),
        ("done", met.patient.person_id),
    ]


async def test_strangers_and_early_birds_leave_no_word(house: RunningHouse) -> None:
    met = await meeting(house)
    stranger = await new_patient(house, AURORA)
    for appointment_id in (met.appointment_id, uuid4()):
        with pytest.raises(NotFound):
            await say_place(house.context, stranger, appointment_id)
    assert await kept(met) == []
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    early = await booked(house, patient, colleague, soon(house) + timedelta(minutes=30))
    with pytest.raises(RoomClosed):
        await say_place(house.context, patient, early)
    assert await kept(Meeting(house, early, patient, colleague)) == []


async def test_after_a_move_it_is_asked_again(house: RunningHouse) -> None:
    met = await meeting(house)
    await say_place(house.context, met.patient, met.appointment_id)
    async with house.database.transaction(met.patient) as session:
        row = await session.get_one(Appointment, met.appointment_id)
        assert await stated(session, row)
        session.expunge(row)
        row.starts_at += timedelta(days=1)
        assert await stated(session, row) is None


async def test_pages_ask_and_say_what_to_do_without_a_script(house: RunningHouse) -> None:
    met = await meeting(house)
    here = f"/appointments/{met.appointment_id}"
    async with signed_in(house, at_home(met)) as visitor, at_pages(house, met.colleague) as staff:
        assert "Where are you now?" in (await visitor.get(f"{here}/room")).text
        wrong = await visitor.post(f"{here}/place", jurisdiction="Atlantis")
        assert (wrong.status_code, "Choose one of the answers shown." in wrong.text) == (422, True)
        assert await kept(met) == []
        refused = await visitor.post(f"{here}/place", jurisdiction="US-NY")
        assert refused.status_code == 409
        for words in (ElsewhereNow.title, "tel:988", "mailto:", '<option value="US-NY" selected>'):
            assert words in refused.text
        assert ElsewhereNow.title in (await visitor.get(f"{here}/room")).text
        abroad = (await visitor.post(f"{here}/place", jurisdiction="FR")).text
        assert ("tel:988" in abroad, "emergency number of the country" in abroad) == (False, True)
        await visitor.post(f"{here}/place", jurisdiction="US-NY")
        for page in (here, f"{here}/room"):
            assert "United States: New York" in (await staff.get(page)).text
        opened = await visitor.follow(await visitor.post(f"{here}/place", jurisdiction="US-MA"))
        assert "You are in the waiting room" in opened.text
        assert "Now in: United States: Massachusetts" in (await staff.get(f"{here}/room")).text


async def test_apps_say_it_first_as_well(house: RunningHouse) -> None:
    met = await meeting(house)
    here = f"appointments/{met.appointment_id}"
    async with app_of(house, at_home(met)) as app:
        for path, sent, expected in (
            ("room", {}, (409, PlaceNotStated.__name__)),
            ("place", {"jurisdiction": "US"}, (422, "InvalidInput")),
            ("place", {"jurisdiction": "DK"}, (409, ElsewhereNow.__name__)),
            ("room", {}, (409, ElsewhereNow.__name__)),
        ):
            answer = await app.post(f"{here}/{path}", json=sent)
            assert (answer.status_code, answer.json()["type"]) == expected
        assert (await app.post(f"{here}/place", json={"jurisdiction": "US-MA"})).status_code == 204
        assert (await app.post(f"{here}/room")).json()["status"] == "waiting"
        assert (await app.get(f"{here}/place")).json()["said"]["jurisdiction"] == "US-MA"
