"""Patients, team, messages, seats: what an organization reads of people, and only of its own."""

import re
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from domain.actors import House
from models import Membership, Organization, Person
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.organization.cases import MODERATE, assessed, booked
from tests.usecases.steps import until


async def test_a_patient_with_journeys_appointments_and_consents(
    house: RunningHouse, owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    case = await booked(house, skip=8)
    (row,) = (await owner.post("patients/search", json={"search": case.name})).json()["rows"]
    assert (row["name"], row["brand"], row["jurisdiction"]) == (case.name, "Aurora Health", "US-MA")
    assert row["next_at"] is not None
    page = (await owner.get(f"patients/{row['id']}")).json()
    assert [each["id"] for each in page["journeys"]] == [str(case.journey_id)]
    assert [each["id"] for each in page["appointments"]] == [str(case.appointment_id)]
    assert {"treatment", "telehealth", "privacy"} <= {consent["kind"] for consent in page["consents"]}
    foreign, absent = [await stranger.get(f"patients/{each}") for each in (row["id"], uuid4())]
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
    assert (await stranger.post("patients/search", json={"search": case.name})).json()["rows"] == []


async def called(client: httpx.AsyncClient, name: str) -> dict[str, dict[str, Any]]:
    """The specialists with this in their name."""
    found: dict[str, dict[str, Any]] = {}
    page = 1
    while True:
        answer = (await client.post("specialists/search", json={"search": name, "page": page})).json()
        found |= {row["name"]: row for row in answer["rows"]}
        if page * answer["paging"]["per_page"] >= answer["paging"]["total"]:
            return found
        page += 1


async def test_specialists_with_licences_and_next_free_time(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    ours, theirs = [await called(client, "Dr.") for client in (owner, stranger)]
    maya = ours["Dr. Maya Chen"]
    assert [(each["jurisdiction"], each["state"]) for each in maya["licences"]] == [("US-MA", "valid")]
    assert (maya["engagement"], maya["title"]) == ("active", "Clinical psychologist")
    assert maya["next_free"]
    assert "Dr. Maya Chen" not in theirs
    assert "Dr. Jonas Weber" in ours.keys() & theirs.keys()


async def members(client: httpx.AsyncClient, name: str) -> list[dict[str, Any]]:
    return list((await client.post("staff/search", json={"search": name})).json()["rows"])


async def test_staff_with_their_roles(owner: httpx.AsyncClient) -> None:
    rows = [row for name in ("Olivia", "Ruth", "Linda") for row in await members(owner, name)]
    found = {row["name"]: row for row in rows}
    assert found["Olivia Grant"]["roles"] == ["owner"]
    assert found["Olivia Grant"]["you"] is True
    assert found["Ruth Okafor"]["roles"] == ["clinical-lead"]
    assert "Linda Hofer" not in found
    assert "password_hash" not in str(found)


async def test_messages_without_their_words(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await booked(house, skip=9)
    query = {"search": case.name, "channel": "email", "category": "appointments"}

    async def sent() -> bool:
        return bool((await owner.post("messages/search", json=query)).json()["rows"])

    await until(sent)
    (row,) = (await owner.post("messages/search", json=query)).json()["rows"]
    assert (row["template"], row["to"], row["appointment_id"]) == ("confirmation", case.name, str(case.appointment_id))
    assert row.keys().isdisjoint({"body", "subject", "address"})
    assert (await owner.post("messages/search", json=query | {"channel": "whatsapp"})).json()["rows"] == []


async def test_the_pages_of_people(house: RunningHouse, olivia: Visitor) -> None:
    case = await assessed(house, MODERATE)
    for path, words in (
        (f"/patients/{case.patient.patient_id}", "Privacy notice"),
        ("/people", "Dr. Maya Chen"),
        ("/messages", "What was sent to whom"),
        ("/payments", "Every movement of money"),
    ):
        page = await olivia.get(path)
        assert page.status_code == 200
        assert words in page.text
    assert re.search(
        r"What it allows ends at once\..*>Take away: Clinical lead<", (await olivia.get("/people")).text, re.S
    )
    theirs = (await olivia.get(f"/patients/{case.patient.patient_id}")).text.split('id="journeys"')[1]
    assert (f'<a href="/journeys/{case.journey_id}">' in theirs, case.name in theirs) == (True, False)
    found = (await olivia.look_for("/patients", case.name)).text
    assert (case.name in found, "United States: Massachusetts" in found, "US-MA" in found) == (True, True, False)
    assert (await olivia.get("/patients/not-an-id")).status_code == 404
    team = (await olivia.get("/people")).text
    assert ("United States: Massachusetts" in team, "US-MA" in team) == (True, False)


async def works_for_both(house: RunningHouse) -> tuple[str, str, dict[str, UUID]]:
    """Address and password of somebody new with a role in both organizations, and these by key."""
    email, password = f"{uuid4().hex}@staff.example", "two houses, one key"
    async with house.database.transaction(House()) as session:
        found = {row.key: row.id for row in await session.scalars(select(Organization))}
        person = Person(
            email=email,
            email_verified_at=house.context.now(),
            password_hash=await house.context.passwords.hash(password),
            given_name="Toni",
            family_name="Two",
        )
        session.add(person)
        await session.flush()
        for organization_id in found.values():
            session.add(Membership(organization_id=organization_id, person_id=person.id, role="care-coordinator"))
    return email, password, found


async def test_somebody_with_two_organizations_switches_seats(house: RunningHouse) -> None:
    email, password, ids = await works_for_both(house)
    async with house.visitor(ORGANIZATIONS) as toni:
        await toni.sign_in(email, password)
        page = await toni.get("/seats")
        assert "Northlight Health" in page.text
        assert "Praxis Lindenhof" in page.text
        await toni.follow(await toni.post("/seats", seat_id=str(ids["lindenhof"])))
        assert "Dr. Maya Chen" not in (await toni.get("/people")).text
        await toni.get("/seats")
        there = await toni.follow(await toni.post("/seats", seat_id=str(ids["northlight"])))
        assert "You now act for Northlight Health." in there.text
        assert "Dr. Maya Chen" in (await toni.get("/people")).text
        assert (await toni.post("/seats", seat_id=str(uuid4()))).status_code == 403
        assert "Dr. Maya Chen" in (await toni.get("/people")).text


async def test_by_json_too_and_never_into_a_foreign_seat(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    email, password, ids = await works_for_both(house)
    async with house.client(ORGANIZATIONS, email, password) as toni:
        assert {seat["id"] for seat in (await toni.get("seats")).json()} == {str(i) for i in ids.values()}
        assert (await toni.put("seat", json={"seat_id": str(ids["lindenhof"])})).status_code == 204
        assert await members(toni, "Karim Aydin")
    refused = await owner.put("seat", json={"seat_id": str(ids["lindenhof"])})
    assert (refused.status_code, refused.json()["type"]) == (403, "NotAllowed")
    assert not await members(owner, "Karim Aydin")
