"""Appointments as the organization reads them, and cancelling one: everything goes back, once."""

from uuid import uuid4

import httpx
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine
from domain.ledger import CARD_VENDOR
from models import LedgerEntry, LedgerLine
from tests.fixtures.house import RunningHouse, Visitor
from tests.organization.cases import Case, booked
from tests.usecases.steps import until
from usecases.patient import why


async def refunds(house: RunningHouse, case: Case) -> list[int]:
    """What has gone back for the appointment, as the ledger has it."""
    query = (
        select(col(LedgerLine.amount))
        .join(LedgerEntry, col(LedgerEntry.id) == col(LedgerLine.entry_id))
        .where(col(LedgerEntry.kind) == "refund", col(LedgerLine.account) == CARD_VENDOR)
        .where(col(LedgerLine.appointment_id) == case.appointment_id)
    )
    async with house.database.transaction(Engine(case.patient.organization_id)) as session:
        return list(await session.scalars(query))


async def test_one_appointment_with_why_messages_and_money(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await booked(house)

    async def told() -> bool:
        return bool((await owner.get(f"appointments/{case.appointment_id}")).json()["messages"])

    await until(told)
    page = (await owner.get(f"appointments/{case.appointment_id}")).json()
    assert page["appointment"]["patient"] == case.name
    assert (page["appointment"]["status"], page["fhir_status"]) == ("confirmed", "booked")
    assert (page["why"]["waits_for"], page["why"]["then"]) == ("arrival", "missed")
    assert "confirmed" in [line["what"] for line in page["why"]["story"]]
    (charge,) = page["payments"]
    assert (charge["kind"], charge["status"], charge["amount"]) == (
        "charge",
        "succeeded",
        {"amount": 14000, "currency": "USD"},
    )
    assert [(line["account"], line["amount"]["amount"]) for line in charge["lines"]] == [
        ("card-vendor", 14000),
        ("prepaid-sessions", -14000),
    ]
    assert {message["template"] for message in page["messages"]} == {"confirmation"}
    assert "body" not in page["messages"][0]
    assert page["may_cancel"] is True


async def test_a_role_that_may_not_cancel_changes_nothing(
    house: RunningHouse, clinical_lead: httpx.AsyncClient
) -> None:
    case = await booked(house, skip=1)
    path = f"appointments/{case.appointment_id}"
    answer = await clinical_lead.post(f"{path}/cancel", json={"key": uuid4().hex})
    assert (answer.status_code, answer.json()["type"]) == (403, "NotAllowed")
    page = (await clinical_lead.get(path)).json()
    assert (page["appointment"]["status"], page["may_cancel"]) == ("confirmed", False)
    assert await refunds(house, case) == []


async def test_the_organization_cancels_once_and_gives_everything_back(
    house: RunningHouse, coordinator: httpx.AsyncClient
) -> None:
    case, key = await booked(house, skip=2), uuid4().hex
    path = f"appointments/{case.appointment_id}"
    answers = [await coordinator.post(f"{path}/cancel", json={"key": key}) for _ in range(2)]
    assert answers[0].status_code == 204
    assert answers[1].status_code in (204, 409)

    async def refunded() -> bool:
        return await refunds(house, case) != []

    await until(refunded)
    page = (await coordinator.get(path)).json()
    assert (page["appointment"]["status"], page["appointment"]["cancelled_by"]) == ("cancelled", "organization")
    assert page["fee"]["amount"] == 0
    assert page["may_cancel"] is None
    assert await refunds(house, case) == [-14000]
    late = await coordinator.post(f"{path}/cancel", json={"key": uuid4().hex})
    assert (late.status_code, late.json()["type"]) == (409, "NotInThisState")
    assert await refunds(house, case) == [-14000]


async def test_a_person_cancels_on_the_page(house: RunningHouse, carlos: Visitor) -> None:
    case = await booked(house, skip=3)
    page = await carlos.get(f"/appointments/{case.appointment_id}")
    assert "Cancel the appointment" in page.text
    assert (await carlos.post(f"/appointments/{case.appointment_id}/cancel")).status_code == 422
    answer = await carlos.post(f"/appointments/{case.appointment_id}/cancel", key=uuid4().hex)
    shown = await carlos.follow(answer)
    assert "The patient gets everything back." in shown.text
    assert "Cancel the appointment" not in shown.text
    assert f'href="/appointments/{case.appointment_id}">' not in shown.text  # nothing on the page leads to itself
    theirs = (await carlos.get(f"/patients/{case.patient.patient_id}")).text.split('id="appointments"')[1]
    assert (case.name in theirs, ">paid<" in theirs) == (False, False)


async def test_who_reads_the_audit_reads_which_colleague_cancelled(
    house: RunningHouse, owner: httpx.AsyncClient, coordinator: httpx.AsyncClient, carlos: Visitor, olivia: Visitor
) -> None:
    case = await booked(house, skip=6)
    path = f"appointments/{case.appointment_id}"
    before = (await owner.get(path)).json()["why"]["story"]
    await coordinator.post(f"{path}/cancel", json={"key": uuid4().hex})

    async def told(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
        story = (await client.get(path)).json()["why"]["story"]
        return [(line["what"], line["by"], line["who"]) for line in story if line["what"] == "cancelled" or line["who"]]

    assert {line["who"] for line in before} == {""}
    assert await told(owner) == [("cancelled", "organization", "Carlos Mendes")]
    assert await told(coordinator) == [("cancelled", "organization", "")]
    assert "<bdi>Carlos Mendes</bdi>" in (await olivia.get(f"/{path}")).text
    assert "<bdi>Northlight Health</bdi>" in (await carlos.get(f"/{path}")).text
    assert case.appointment_id
    mine = (await why.own_appointment(house.context, case.patient, case.appointment_id, "en")).model_dump_json()
    assert "cancelled" in mine
    assert "Carlos" not in mine


async def test_filters_and_days(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await booked(house, skip=4)
    fits = {"search": case.name, "status": "confirmed", "brand": "aurora"}
    (row,) = (await owner.post("appointments/search", json=fits)).json()["rows"]
    day = row["starts_at"][:10]
    exact = {"since": day, "until": day, "specialist": row["specialist_id"], "sort": "-starts"}
    assert (await owner.post("appointments/search", json=fits | exact)).json()["paging"]["total"] == 1
    for other in ({"status": "cancelled"}, {"when": "past"}, {"until": "2020-01-01"}, {"specialist": str(uuid4())}):
        assert (await owner.post("appointments/search", json=fits | other)).json()["rows"] == []
    for bad in ({"since": "yesterday"}, {"sort": "amount; drop table"}, {"specialist": "x"}):
        assert (await owner.get("appointments", params=bad)).status_code == 422


async def test_foreign_and_absent_answer_alike(
    house: RunningHouse, owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    case = await booked(house, skip=5)
    for verb, path in (("GET", ""), ("POST", "/cancel")):
        foreign, absent = [
            await stranger.request(verb, f"appointments/{each}{path}", json={"key": uuid4().hex})
            for each in (case.appointment_id, uuid4())
        ]
        assert foreign.status_code == absent.status_code == 404
        assert foreign.json() == absent.json()
    page = (await owner.get(f"appointments/{case.appointment_id}")).json()
    assert page["appointment"]["status"] == "confirmed"
