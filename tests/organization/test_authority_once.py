"""A guardian is named once and a role lent once, however often the form is sent: what ends it ends all of it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from tests.fixtures.house import AURORA, RunningHouse
from tests.identity.people import member
from tests.organization.test_signing_out import api_of
from tests.patient.people import newcomer
from tests.usecases.steps import new_patient


async def living(house: RunningHouse, table: str) -> dict[str, Any]:
    rows = await house.sql(f"select * from {table} where ended_at is null")
    return {str(row["id"]): row for row in rows}


async def test_a_guardian_named_again_is_the_same_one(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    ward, guardian = await new_patient(house, AURORA), await newcomer(house, AURORA)
    at, named = f"patients/{ward.patient_id}/guardians", {"email": guardian.email, "relation": "mother"}
    answers = await asyncio.gather(*(owner.post(at, json=named) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json() for answer in answers}) == 1
    until = (house.context.now() + timedelta(days=5)).isoformat()
    changed = await owner.post(at, json={"email": guardian.email, "relation": "aunt", "until": until})
    assert changed.json() == answers[0].json()
    (row,) = (await owner.get(at)).json()
    assert (row["relation"], row["until"] is None) == ("aunt", False)
    assert (await owner.delete(f"guardians/{row['id']}")).status_code == 204
    assert (await owner.get(at)).json() == []
    assert row["id"] not in await living(house, "guardianship")
    assert (await owner.post(at, json=named)).json() != row["id"]


async def test_a_guardianship_that_has_run_out_is_over(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    ward, guardian = await new_patient(house, AURORA), await newcomer(house, AURORA)
    at, named = f"patients/{ward.patient_id}/guardians", {"email": guardian.email, "relation": "mother"}
    first = (await owner.post(at, json=named)).json()
    await house.sql("update guardianship set until = now() - interval '1 day' where id = $1", first)
    second = await owner.post(at, json=named)
    assert second.status_code == 201
    assert second.json() != first
    assert first not in await living(house, "guardianship")


async def test_a_role_lent_again_is_the_same_loan(house: RunningHouse) -> None:
    lender, helper = await member(house, "owner"), await member(house, "support")
    day = house.context.now() + timedelta(days=5)
    lent = {"to_person_id": str(helper.person_id), "role": "owner", "until": day.isoformat(), "reason": "Away"}
    async with await api_of(house, lender) as app:
        answers = await asyncio.gather(*(app.post("loans", json=lent) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json() for answer in answers}) == 1
        loan_id = answers[0].json()
        longer = lent | {"until": (day + timedelta(days=1)).isoformat(), "reason": "Away longer"}
        assert (await app.post("loans", json=longer)).json() == loan_id
        assert {row["id"]: row["reason"] for row in (await app.get("loans")).json()}[loan_id] == "Away longer"
        await house.sql("update delegation set until = now() - interval '1 day' where id = $1", loan_id)
        another = (await app.post("loans", json=lent)).json()
        assert another != loan_id
        assert (await app.delete(f"loans/{another}")).status_code == 204
    assert {loan_id, another}.isdisjoint(await living(house, "delegation"))
