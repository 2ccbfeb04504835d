"""Both doors: the same rules, the right status, and nothing half done."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from fastapi import FastAPI

import api.specialist
import portals.specialist.portal
from domain.actors import House, Patient
from models import Journey
from models import Patient as PatientRow
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.patient.people import hidden
from tests.patient.way import actions_on
from tests.room.people import come
from tests.specialist.people import app_of, at_pages, booked, new_specialist, soon
from tests.usecases.steps import journey_at_booking, new_patient, until
from usecases.specialist import sessions
from usecases.specialist.sessions import CancelSession

OPEN = {"/sign-in", "/sign-out", "/forgot-password", "/new-password", "/language"}
OPEN |= {"/sign-in/passkey", "/sign-in/second-step", "/invitation"}
BODY = {"subjective": "Sleeps better.", "plan": "Weekly."}


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """(method, path) of everything but the pages for whoever is not signed in."""
    paths = app.openapi()["paths"].items()
    return [(method.upper(), path) for path, methods in paths for method in methods if path not in OPEN]


def filled(path: str) -> str:
    for name in (
        "appointment_id",
        "patient_id",
        "task_id",
        "hours_id",
        "exception_id",
        "token",
        "session_id",
        "passkey_id",
    ):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path


async def test_every_page_asks_who_is_there(house: RunningHouse) -> None:
    guarded = routes(portals.specialist.portal.create())
    assert len(guarded) > 15
    async with house.visitor(SPECIALISTS) as visitor:
        await visitor.get("/sign-in")
        for method, path in guarded:
            address = filled(path) + ("?peer=12345678" if path.endswith("/signals") else "")
            answer = await (visitor.get(address) if method == "GET" else visitor.post(address))
            assert answer.status_code == 303, (method, path, answer.status_code)
            assert answer.headers["location"].startswith("/sign-in?next="), (method, path)


async def test_every_address_of_the_json_door_asks_for_a_token(house: RunningHouse) -> None:
    guarded = routes(api.specialist.create())
    assert len(guarded) > 20
    async with house.visitor(SPECIALISTS) as visitor:
        for method, path in guarded:
            answer = await visitor.client.request(method, f"/api{filled(path)}")
            assert answer.status_code == 401, (method, path)
            assert answer.json()["type"] == "NotSignedIn"


async def test_a_session_by_app_from_door_to_signature(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    peer, base = uuid4().hex, f"appointments/{appointment_id}"
    async with app_of(house, me) as app:
        room = (await app.post(f"{base}/room")).json()
        assert (room["party"], room["admitted"]) == ("specialist", False)
        signals = f"{base}/room/{room['token']}/signals?peer={peer}"
        news = (await app.get(signals)).json()
        assert (news["signals"], news["over"]) == ([{"admitted": True}], False)
        early = await app.post(f"{base}/admit")
        assert (early.status_code, early.json()["type"]) == (409, "NotInThisState")
        await come(house.context, patient, appointment_id)
        assert (await app.get("today")).json()["waiting"][0]["appointment_id"] == str(appointment_id)
        admitted = (await app.post(f"{base}/admit")).raise_for_status().json()
        assert admitted["appointment"]["status"] == "in-session"
        assert (await app.get(f"{signals}&after={news['position']}")).json()["signals"] == []
        said = await app.post(signals, json={"description": {"type": "offer", "sdp": "v=0\r\n"}})
        assert said.status_code == 204
        wrong = await app.post(signals, json={"description": {"type": "offer", "sdp": "x" * 30_000}})
        assert wrong.status_code == 422
        assert (await app.put(f"{base}/note", json=BODY)).raise_for_status().json()["may_sign"] is False
        assert (await app.post(f"{base}/finish")).raise_for_status().json()["appointment"]["status"] == "completed"
        assert (await app.get(f"{signals}&after={news['position']}")).status_code == 410
        other = await app.put(f"{base}/note", json=BODY | {"plan": "Monthly."})
        assert (other.status_code, other.json()["type"]) == (409, "DraftChanged")
        signed = (await app.post(f"{base}/note/sign", json=BODY)).raise_for_status().json()
        assert [version["status"] for version in signed["versions"]] == ["signed"]
        changed = await app.put(f"{base}/note", json=BODY | {"plan": "Never."})
        assert (changed.status_code, changed.json()["type"]) == (409, "NoteSigned")
        amendment = BODY | {"plan": "Monthly.", "version": 1, "reason": "Agreed later"}
        assert (await app.post(f"{base}/note/amend", json=amendment)).raise_for_status().json()["versions"][0][
            "version"
        ] == 2
        unnamed = await app.post(f"{base}/note/amend", json=amendment | {"version": 2, "reason": ""})
        assert unnamed.status_code == 422
        assert len((await app.get(f"{base}/note")).json()["versions"]) == 2


async def test_foreign_and_absent_answer_alike(house: RunningHouse) -> None:
    patient, me, stranger = await new_patient(house, AURORA), await new_specialist(house), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    async with app_of(house, stranger) as app, at_pages(house, stranger) as visitor:
        await visitor.get("/")
        for wanted in (appointment_id, uuid4()):
            for path in ("", "/note"):
                assert (await app.get(f"appointments/{wanted}{path}")).status_code == 404
                assert (await visitor.get(f"/appointments/{wanted}{path}")).status_code == 404
            for act in ("cancel", "admit", "finish", "room"):
                assert (await app.post(f"appointments/{wanted}/{act}")).status_code == 404
            for act in ("cancel", "admit", "finish", "note", "note/sign"):
                assert (await visitor.post(f"/appointments/{wanted}/{act}", **BODY)).status_code == 404
            assert (await visitor.get(f"/appointments/{wanted}/room")).status_code == 404
            assert (await visitor.get(f"/appointments/{wanted}/events")).status_code == 404
        for somebody in (patient.patient_id, uuid4()):
            assert (await app.get(f"patients/{somebody}")).status_code == 404
            assert (await visitor.get(f"/patients/{somebody}")).status_code == 404
        assert (await visitor.get("/appointments/nonsense")).status_code == 404
    async with app_of(house, me) as app:
        assert (await app.get(f"appointments/{appointment_id}")).json()["appointment"]["status"] == "confirmed"


async def test_pages_say_places_sessions_and_the_nearer_wait_once(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    journey_id = await journey_at_booking(house, patient)
    appointment_id = await booked(house, patient, me, soon(house) + timedelta(days=2), journey_id=journey_id)
    await until(lambda: at_session(house, patient, journey_id))
    async with house.database.transaction(House()) as session:
        row = await session.get_one(PatientRow, patient.patient_id)
        row.emergency_contact = {"name": "Sam Vale", "phone": "+16175550123"}
    async with at_pages(house, me) as visitor:
        history = (await visitor.get(f"/patients/{patient.patient_id}")).text
        assert 'Sam Vale · <a href="tel:+16175550123"' in history
        assert ("United States: Massachusetts" in history, "US-MA" in history) == (True, False)
        assert ("(New York)" in history, "America/New" in history) == (True, False)
        caseload = (await visitor.get("/patients")).text
        waits = re.findall(r"<td>(Session on [^<]*)</td>", caseload)
        assert (len(waits), "<td>you</td>" in caseload) == (1, False)
        await booked(house, patient, me, soon(house) + timedelta(days=1))
        assert re.findall(r"<td>(Session on [^<]*)</td>", (await visitor.get("/patients")).text) == waits
        shown = (await visitor.get(f"/appointments/{appointment_id}")).text
        assert shown.count("Waits for") == 1
        assert ('<a href="tel:+16175550123"' in shown, "Begins there at" in shown) == (True, True)
        assert "Waits for the patient" in shown


async def at_session(house: RunningHouse, patient: Patient, journey_id: UUID) -> bool:
    async with house.database.transaction(patient) as session:
        return (await session.get_one(Journey, journey_id)).step_kind == "session"


async def test_a_cancelled_appointment_does_not_count_today(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    async with at_pages(house, me) as visitor:
        assert '<span class="pill">1</span>' in (await visitor.get("/")).text
        await sessions.cancel(house.context, me.specialist, appointment_id, CancelSession())
        assert '<span class="pill">0</span>' in (await visitor.get("/")).text


async def test_a_week_without_scripts(house: RunningHouse) -> None:
    me = await new_specialist(house, hours=False)
    async with at_pages(house, me) as visitor:
        page = await visitor.get("/week")
        key = hidden(page, "key")
        for _ in range(2):
            sent = await visitor.post("/week/hours", key=key, day="0", start="09:00", end="12:30", kind="intake")
            assert sent.status_code == 303
        page = await visitor.follow(sent)
        assert page.text.count('data-kind="intake"') == 1
        refused = await visitor.post("/week/hours", key=uuid4().hex, day="0", start="12:00", end="13:00", kind="any")
        assert (refused.status_code, "These hours overlap" in refused.text) == (409, True)
        wrong = await visitor.post("/week/hours", key=uuid4().hex, day="9", start="25:99", end="", kind="any")
        assert wrong.status_code == 422
        gone = await visitor.post("/week/hours", remove=hidden(page, "remove"))
        assert 'data-kind="intake"' not in (await visitor.follow(gone)).text
        assert (await visitor.post("/week/hours", remove="nonsense")).status_code == 404
        for of, status in (("2027-03-28", 200), ("nonsense", 422)):
            assert (await visitor.get(f"/week?of={of}")).status_code == status


async def test_saving_stays_in_the_week_that_is_shown(house: RunningHouse) -> None:
    me = await new_specialist(house, zone="UTC")
    off = {"kind": "closed", "starts": "2027-03-30T09:00", "ends": "2027-03-30T17:00"}
    here = "/week?of=2027-03-29"
    async with at_pages(house, me) as visitor:
        page = await visitor.get("/week?of=2027-04-01")
        saved = await visitor.post("/week/exceptions?of=2027-03-29", **off, key=hidden(page, "key"))
        assert saved.headers["location"] == here
        page = await visitor.follow(saved)
        [removal] = [action for action in actions_on(page) if action.startswith("/week/exceptions/")]
        for action in {removal, *(each for each in actions_on(page) if each.startswith("/week/hours"))}:
            sent = await visitor.post(action, remove=hidden(page, "remove"))
            assert sent.headers["location"] == here, action
        wrong = await visitor.post("/week/exceptions?of=2027-03-29", **off | {"ends": "2027-03-30T08:00"}, key="x" * 8)
        assert (wrong.status_code, "March 29" in wrong.text) == (422, True)
        wrong = await visitor.post("/week/hours?of=2027-03-29", day="9", start="25:99", end="")
        assert (wrong.status_code, "March 29" in wrong.text) == (422, True)


async def test_time_off_without_scripts_names_what_stays_booked(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house, zone="UTC")
    start = soon(house) + timedelta(days=2)
    await booked(house, patient, me, start)
    async with at_pages(house, me) as visitor:
        page = await visitor.get("/week")
        from_, until = (f"{moment:%Y-%m-%dT%H:%M}" for moment in (start, start + timedelta(hours=3)))
        wish = {"key": hidden(page, "key"), "kind": "closed", "label": "Holiday"}
        sent = await visitor.post("/week/exceptions", **wish, starts=from_, ends=until)
        page = await visitor.follow(sent)
        assert "1 appointment is booked outside your hours." in page.text
        assert "Robin Vale" in page.text
        backwards = await visitor.post("/week/exceptions", **wish | {"key": uuid4().hex}, starts=until, ends=from_)
        assert (backwards.status_code, "The end has to come after the start." in backwards.text) == (422, True)


async def test_extra_hours_without_scripts_are_for_whom_they_say(house: RunningHouse) -> None:
    me = await new_specialist(house, "northlight", "lindenhof", zone="UTC", hours=False)
    async with at_pages(house, me) as visitor:
        page = await visitor.get("/week?of=2027-03-29")
        wish = {"kind": "extra", "slot_class": "follow-up", "starts": "2027-03-30T09:00", "ends": "2027-03-30T17:00"}
        northlight = page.text.partition("Northlight Health")[0].rpartition('value="')[2].partition('"')[0]
        sent = await visitor.post("/week/exceptions", **wish, offered_to=northlight, key=hidden(page, "key"))
        listed = (await visitor.follow(sent)).text.partition('id="exceptions"')[2].partition("<form")[0]
    assert "Follow-ups" in listed
    assert "Northlight Health" in listed


async def test_a_note_without_scripts(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    base = f"/appointments/{appointment_id}"
    async with at_pages(house, me) as visitor:
        await visitor.get(base)
        await come(house.context, patient, appointment_id)
        assert (await visitor.post(f"{base}/admit")).status_code == 303
        draft = await visitor.follow(await visitor.post(f"{base}/note", subjective="Sleeps better."))
        assert "Sleeps better." in draft.text
        assert (await visitor.post(f"{base}/finish")).headers["location"] == f"{base}/note"
        empty = await visitor.post(f"{base}/note/sign")
        assert (empty.status_code, "Write something before you sign." in empty.text) == (422, True)
        older = await visitor.post(f"{base}/note/sign", **BODY)
        assert (older.status_code, "Save my text over it" in older.text) == (409, True)
        for _ in range(2):
            known = hidden(draft, "revision")
            assert (await visitor.post(f"{base}/note/sign", **BODY, revision=known)).status_code == 303
        again = await visitor.post(f"{base}/note", subjective="Other.")
        assert (again.status_code, "A signed note cannot be changed." in again.text) == (409, True)
        assert (await visitor.get(f"{base}/room")).headers["location"] == f"{base}/note"


async def test_a_form_without_its_token_changes_nothing(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    async with at_pages(house, me) as visitor:
        visitor.token = "forged"
        assert (await visitor.post(f"/appointments/{appointment_id}/cancel")).status_code == 403
        assert "Cancel appointment" in (await visitor.get(f"/appointments/{appointment_id}")).text
