"""A refund that the vendor refused is somebody's: whoever may read payments finds it, with what to do."""

from uuid import UUID, uuid4

import httpx

from domain.actors import Engine
from models import LedgerIntent
from tests.fixtures.house import RunningHouse, Visitor
from tests.payments.till import PRICE, unpaid
from usecases.organization.parked import NEXT_ACTION, TITLE


async def parked(house: RunningHouse) -> UUID:
    patient, appointment_id = await unpaid(house)
    row = LedgerIntent(
        organization_id=patient.organization_id,
        key=f"refund/{uuid4()}",
        kind="refund",
        patient_id=patient.patient_id,
        appointment_id=appointment_id,
        amount=PRICE.amount,
        currency=PRICE.currency,
        status="parked",
        reason="charge_already_refunded",
    )
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        session.add(row)
    return row.id


async def count(client: httpx.AsyncClient) -> int:
    return int((await client.get("overview")).raise_for_status().json()["parked"])


async def test_it_is_counted_and_listed_with_what_to_do(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    before = await count(owner)
    intent_id = await parked(house)
    assert await count(owner) == before + 1
    rows = (await owner.get("payments", params={"kind": "charge"})).raise_for_status().json()["parked"]
    assert len(rows) == before + 1
    (mine,) = [row for row in rows if row["id"] == str(intent_id)]
    assert (mine["title"], mine["next_action"]) == (TITLE, NEXT_ACTION)
    assert (mine["amount"]["amount"], mine["reason"]) == (PRICE.amount, "charge_already_refunded")
    assert 'href="/payments"' in (await olivia.get("/")).text
    page = (await olivia.get("/payments")).text
    assert TITLE in page
    assert NEXT_ACTION in page


async def test_nobody_else_hears_of_it(
    house: RunningHouse, stranger: httpx.AsyncClient, coordinator: httpx.AsyncClient, carlos: Visitor
) -> None:
    before = await count(stranger)
    await parked(house)
    assert (await count(stranger), await count(coordinator)) == (before, 0)
    assert "refused by the card vendor" not in (await carlos.get("/")).text
