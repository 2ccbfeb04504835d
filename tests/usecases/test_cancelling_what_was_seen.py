"""Somebody cancels on a page that shows the appointment where it was before it was moved."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from domain.appointments.state import Status
from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse, Visitor
from tests.patient.people import Newcomer, hidden, signed_in
from tests.specialist.people import Colleague, at_pages, booked, has_status, new_specialist, soon
from tests.usecases.steps import new_patient
from usecases.processes import appointment_handle, ask
from usecases.records import record_appointment
from workflows.appointment import Appointment
from workflows.commands import Reschedule

LATER = timedelta(days=3)
FIELDS = (("key", "start"), ("start",), ("key", "fee", "start"))
"""Of the forms of an operator, a specialist and a patient."""


@asynccontextmanager
async def whoever_may_cancel(
    house: RunningHouse, patient: Newcomer, specialist: Colleague
) -> AsyncIterator[list[Visitor]]:
    async with AsyncExitStack() as stack:
        operator = await stack.enter_async_context(house.visitor(ORGANIZATIONS))
        await operator.sign_in("carlos@northlight.example", "northlight-care")
        yield [
            operator,
            await stack.enter_async_context(at_pages(house, specialist)),
            await stack.enter_async_context(signed_in(house, patient)),
        ]


async def form(visitor: Visitor, here: str, *fields: str) -> dict[str, str]:
    page = await visitor.get(here)
    return {name: hidden(page, name) for name in fields}


async def test_what_has_moved_in_the_meantime_stays_booked(house: RunningHouse) -> None:
    patient, specialist = await new_patient(house, AURORA), await new_specialist(house)
    start = soon(house) + LATER
    appointment_id = await booked(house, patient, specialist, start)
    here = f"/appointments/{appointment_id}"
    async with whoever_may_cancel(house, Newcomer(AURORA, "", patient), specialist) as people:
        stale = [await form(visitor, here, *fields) for visitor, fields in zip(people, FIELDS, strict=True)]
        moved = Reschedule(start=start + LATER)
        handle = appointment_handle(house.temporal, appointment_id)
        await record_appointment(house.context, await ask(handle.execute_update(Appointment.reschedule, moved)))
        for visitor, seen in zip(people, stale, strict=True):
            answer = await visitor.post(f"{here}/cancel", **seen)
            assert "This has changed since you opened the page." in answer.text
            assert hidden(answer, "start") == moved.start.isoformat()
            assert await has_status(house, patient, appointment_id, Status.CONFIRMED)
        fresh = await form(people[1], here, *FIELDS[1])
        assert (await people[1].post(f"{here}/cancel", **fresh)).status_code == 303
    assert await has_status(house, patient, appointment_id, Status.CANCELLED)
