"""Cancelling late is a way of ending of its own, also when it costs nothing: at every portal, in JSON too."""

from uuid import UUID, uuid4

import httpx

from tests.fixtures.house import AURORA, RunningHouse, Visitor
from tests.patient.people import CONSENTS, Newcomer, app_of, newcomer, signed_in
from tests.specialist.people import Colleague, at_pages, booked, new_specialist
from tests.specialist.people import app_of as specialist_app

SAID = "Cancelled late"


async def cancelled_late(house: RunningHouse) -> tuple[Newcomer, Colleague, UUID]:
    """A session without a price that was to begin within minutes."""
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    async with app_of(house, who) as app:
        await app.post("consents", json={"kinds": CONSENTS})
        appointment_id = await booked(house, who.patient, colleague)
        wish = {"key": uuid4().hex, "fee": 0}
        (await app.post(f"appointments/{appointment_id}/cancel", json=wish)).raise_for_status()
    return who, colleague, appointment_id


async def test_the_patient_reads_it(house: RunningHouse) -> None:
    who, _, appointment_id = await cancelled_late(house)
    async with app_of(house, who) as app:
        (listed,) = (await app.get("appointments")).json()
        story = (await app.get(f"appointments/{appointment_id}/why")).json()["story"]
    assert (listed["status"], listed["late"]) == ("cancelled", True)
    assert story[0]["what"] == "late-cancelled"
    async with signed_in(house, who) as visitor:
        assert SAID in (await visitor.get("/appointments")).text
        page = (await visitor.get(f"/appointments/{appointment_id}")).text
    assert SAID in page
    assert "You cancelled it later than agreed." in page
    assert "The appointment was cancelled later than agreed" in page


async def test_the_specialist_reads_it(house: RunningHouse) -> None:
    _, colleague, appointment_id = await cancelled_late(house)
    async with specialist_app(house, colleague) as app:
        item = (await app.get(f"appointments/{appointment_id}")).json()
    assert item["appointment"]["late"] is True
    async with at_pages(house, colleague) as visitor:
        assert SAID in (await visitor.get(f"/appointments/{appointment_id}")).text


async def test_the_operator_reads_it(house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor) -> None:
    _, colleague, appointment_id = await cancelled_late(house)
    query = {"when": "all", "specialist": str(colleague.specialist.specialist_id)}
    (row,) = (await owner.get("appointments", params=query)).json()["rows"]
    assert (row["id"], row["status"], row["late"], row["cancelled_by"]) == (
        str(appointment_id),
        "cancelled",
        True,
        "patient",
    )
    listed = await olivia.get("/appointments", params=query)
    one = await olivia.get(f"/appointments/{appointment_id}")
    assert SAID in listed.text
    assert SAID in one.text
