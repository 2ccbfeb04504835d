"""Patients, team, messages, seats: what an organization reads of people, and only of its own."""

from uuid import UUID, uuid4

import httpx
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from models import Membership, Organization
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.organization.conftest import LINDA, MODERATE, assessed, booked
from tests.usecases.steps import until

NORTHLIGHT = select(col(Organization.id)).where(col(Organization.key) == "northlight")


async def test_a_patient_with_journeys_appointments_and_consents(
    house: RunningHouse, owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    case = await booked(house, skip=8)
    (row,) = (await owner.get("patients", params={"search": case.name})).json()["rows"]
    assert (row["name"], row["brand"], row["jurisdiction"]) == (case.name, "Aurora Health", "US-MA")
    assert row["next_at"] is not None
    page = (await owner.get(f"patients/{row['id']}")).json()
    assert [each["id"] for each in page["journeys"]] == [str(case.journey_id)]
    assert [each["id"] for each in page["appointments"]] == [str(case.appointment_id)]
    assert {"treatment", "telehealth", "privacy"} <= {consent["kind"] for consent in page["consents"]}
    foreign, absent = [await stranger.get(f"patients/{each}") for each in (row["id"], uuid4())]
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
    assert (await stranger.get("patients", params={"search": case.name})).json()["rows"] == []


async def test_specialists_with_licences_and_next_free_time(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    ours = {row["name"]: row for row in (await owner.get("specialists")).json()}
    theirs = {row["name"]: row for row in (await stranger.get("specialists")).json()}
    maya = ours["Dr. Maya Chen"]
    assert [(each["jurisdiction"], each["state"]) for each in maya["licences"]] == [("US-MA", "valid")]
    assert (maya["engagement"], maya["title"]) == ("active", "Clinical psychologist")
    assert maya["next_free"]
    assert "Dr. Maya Chen" not in theirs
    assert "Dr. Jonas Weber" in ours.keys() & theirs.keys()


async def test_staff_with_their_roles(owner: httpx.AsyncClient) -> None:
    found = {row["name"]: row for row in (await owner.get("staff")).json()}
    assert found["Olivia Grant"]["roles"] == ["owner"]
    assert found["Olivia Grant"]["you"] is True
    assert found["Ruth Okafor"]["roles"] == ["clinical-lead"]
    assert "Linda Hofer" not in found
    assert "password_hash" not in str(found)


async def test_messages_without_their_words(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await booked(house, skip=9)
    query = {"search": case.name, "channel": "email", "category": "appointments"}

    async def sent() -> bool:
        return bool((await owner.get("messages", params=query)).json()["rows"])

    await until(sent)
    (row,) = (await owner.get("messages", params=query)).json()["rows"]
    assert (row["template"], row["to"], row["appointment_id"]) == ("confirmation", case.name, str(case.appointment_id))
    assert row.keys().isdisjoint({"body", "subject", "address"})
    assert (await owner.get("messages", params=query | {"channel": "whatsapp"})).json()["rows"] == []


async def test_the_pages_of_people(house: RunningHouse, olivia: Visitor) -> None:
    case = await assessed(house, MODERATE)
    for path, words in (
        (f"/patients?search={case.name}", case.name),
        (f"/patients/{case.patient.patient_id}", "Privacy notice"),
        ("/people", "Dr. Maya Chen"),
        ("/messages", "What was sent to whom"),
        ("/payments", "Every movement at the card vendor"),
    ):
        page = await olivia.get(path)
        assert page.status_code == 200
        assert words in page.text
    assert (await olivia.get("/patients/not-an-id")).status_code == 404


async def test_somebody_with_two_organizations_switches_seats(house: RunningHouse) -> None:
    """Karim of Lindenhof also works for Northlight."""
    ids = {}
    async with house.client(ORGANIZATIONS, *LINDA) as linda:
        ids["lindenhof"] = (await linda.get("seats")).json()[0]["organization_id"]
        staff = {row["name"]: row["person_id"] for row in (await linda.get("staff")).json()}
    async with house.database.transaction(House()) as session:
        northlight = (await session.scalars(NORTHLIGHT)).one()
        person_id = UUID(staff["Karim Aydin"])
        session.add(Membership(organization_id=northlight, person_id=person_id, role="care-coordinator"))
    async with house.visitor(ORGANIZATIONS) as karim:
        await karim.sign_in("karim@lindenhof.example", "lindenhof-care")
        page = await karim.get("/seats")
        assert "Northlight Health" in page.text
        assert "Praxis Lindenhof" in page.text
        await karim.follow(await karim.post("/seats", organization_id=ids["lindenhof"]))
        assert "Dr. Maya Chen" not in (await karim.get("/people")).text
        await karim.get("/seats")
        there = await karim.follow(await karim.post("/seats", organization_id=str(northlight)))
        assert "You now act for Northlight Health." in there.text
        assert "Dr. Maya Chen" in (await karim.get("/people")).text
        assert (await karim.post("/seats", organization_id=str(uuid4()))).status_code == 403
        assert "Dr. Maya Chen" in (await karim.get("/people")).text
