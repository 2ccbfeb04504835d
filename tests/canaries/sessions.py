"""The session: booked for within minutes, paid on the vendor's page, met on video, written about and amended."""

from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select

from domain.actors import Patient
from domain.journeys.state import AppointmentHeld
from models import Journey
from portals.core.door import SESSION_COOKIE
from tests.canaries import words
from tests.canaries.words import Record
from tests.fixtures.house import SPECIALISTS, RunningHouse, Visitor
from tests.patient import way
from tests.room.people import Meeting
from tests.specialist.people import PAID, Colleague, new_specialist, session_of, soon
from tests.usecases.steps import until
from usecases.journeys import tell
from usecases.room.signals import Candidate, Signal
from usecases.scheduling.holding import Hold, hold

NOTE = {
    "subjective": words.SUBJECTIVE,
    "objective": words.OBJECTIVE,
    "assessment": words.ASSESSMENT,
    "plan": words.PLAN,
    "text": words.REMARK,
}


async def meet(house: RunningHouse, visitor: Visitor, patient: Patient, record: Record) -> None:
    colleague = await new_specialist(house)
    journey = await journey_of(house, patient)
    wish = {"specialist_id": colleague.specialist.specialist_id, "appointment_type": PAID, "start": soon(house)}
    appointment_id = await hold(house.context, patient, Hold(**wish, key=uuid4().hex, journey_id=journey.id))
    await tell(house.context, journey.id, AppointmentHeld(appointment_id=appointment_id), uuid4().hex)
    page = await visitor.get(f"/appointments/{appointment_id}/pay")
    assert (await way.pay(house, visitor, page)).status_code == 200
    await until(partial(_confirmed, house, patient, appointment_id), 20)
    await _talk(Meeting(house, appointment_id, patient, colleague))
    await _write(house, colleague, appointment_id, record)


async def journey_of(house: RunningHouse, patient: Patient) -> Journey:
    async with house.database.transaction(patient) as session:
        return (await session.scalars(select(Journey))).one()


async def _confirmed(house: RunningHouse, patient: Patient, appointment_id: UUID) -> bool:
    status = await house.database.value(patient, "(select status from appointment where id = $2)", appointment_id)
    return bool(status == "confirmed")


async def _talk(meeting: Meeting) -> None:
    mine = await meeting.sit(meeting.patient)
    await meeting.sit(meeting.colleague.specialist)
    await meeting.admit()
    seen = f"candidate:1 1 udp 2122260223 {words.CANDIDATE} 50000 typ host"
    await meeting.tell(mine, Signal(candidate=Candidate(candidate=seen, sdpMid="0", sdpMLineIndex=0)))
    await meeting.finish()


async def _write(house: RunningHouse, colleague: Colleague, appointment_id: UUID, record: Record) -> None:
    async with house.visitor(SPECIALISTS) as visitor:
        record.follow(visitor.client)
        visitor.cookies[SESSION_COOKIE] = (await session_of(house, colleague, "cookie")).token
        record.plant("session of the specialist", "secret", visitor.cookies[SESSION_COOKIE])
        note = f"/appointments/{appointment_id}/note"
        await visitor.get(note)
        assert (await visitor.post(note, **NOTE)).status_code == 303
        assert (await visitor.post(f"{note}/sign", **NOTE)).status_code == 303
        amendment = {"text": words.REMARK, "version": "1", "reason": words.FORGOTTEN}
        assert (await visitor.post(f"{note}/amend", **amendment)).status_code == 303
        await visitor.get("/week")
        off = {"kind": "closed", "starts": "2040-03-01T09:00", "ends": "2040-03-01T10:00", "label": words.TIME_OFF}
        assert (await visitor.post("/week/exceptions", key=uuid4().hex, **off)).status_code == 303
        found = await visitor.look_for("/patients", words.FAMILY)
        assert words.FAMILY in found.text
