"""A time the patient gave back before it was paid was never an appointment: nothing counts it as cancelled."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx

from models import Appointment
from tests.fixtures.house import AURORA, RunningHouse
from tests.organization.test_overview import figures
from tests.patient.people import CONSENTS, Newcomer, app_of, newcomer, rows_of, signed_in
from tests.specialist.people import PAID, Colleague, new_specialist, soon
from usecases.patient.booking import book
from usecases.scheduling.holding import Hold
from usecases.specialist.agenda import agenda


async def replaced(house: RunningHouse) -> tuple[Newcomer, Colleague, UUID]:
    """The first of two times that they held beside any journey, the second in its place."""
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    async with app_of(house, who) as app:
        await app.post("consents", json={"kinds": CONSENTS})
    held = [
        await book(
            house.context,
            who.patient,
            Hold(
                specialist_id=colleague.specialist.specialist_id,
                appointment_type=PAID,
                start=soon(house, later),
                key=uuid4().hex,
            ),
        )
        for later in (60, 180)
    ]
    return who, colleague, held[0]


async def test_the_organization_counts_no_cancellation(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    before = [week["cancelled"] for week in (await figures(owner))["session_weeks"]]
    _, colleague, given_back = await replaced(house)
    query = {"when": "all", "specialist": str(colleague.specialist.specialist_id)}
    listed = {row["id"]: row for row in (await owner.get("appointments", params=query)).json()["rows"]}
    assert sorted(row["status"] for row in listed.values()) == ["held", "released"]
    assert (listed[str(given_back)]["status"], listed[str(given_back)]["cancelled_by"]) == ("released", "patient")
    assert (await owner.get("appointments", params=query | {"status": "cancelled"})).json()["rows"] == []
    assert [week["cancelled"] for week in (await figures(owner))["session_weeks"]] == before


async def test_the_specialist_sees_no_cancellation(house: RunningHouse) -> None:
    _, colleague, _ = await replaced(house)
    first = (soon(house) - timedelta(days=1)).date()
    assert await agenda(house.context, colleague.specialist, first, 4, "en") == ()


async def test_the_patient_reads_that_they_gave_it_back(house: RunningHouse) -> None:
    who, _, given_back = await replaced(house)
    async with signed_in(house, who) as visitor:
        listed = (await visitor.get("/appointments")).text
        page = (await visitor.get(f"/appointments/{given_back}")).text
    assert "Given back" in listed
    assert "Cancelled" not in listed
    assert "Not paid in time" not in listed
    assert "You gave this time back before it was paid." in page
    assert "It costs you nothing." in page
    assert "Find a time" in page
    assert len(await rows_of(house, who, Appointment)) == 2
