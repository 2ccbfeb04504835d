"""Every figure of the control room is the number of rows behind it."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.organization.cases import SEVERE, assessed, booked
from tests.usecases.steps import until

STAGES = ("intake", "booking", "care", "follow-up")


async def total(client: httpx.AsyncClient, path: str, **query: str) -> int:
    return int((await client.get(path, params=query)).raise_for_status().json()["paging"]["total"])


async def figures(client: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await client.get("overview")).raise_for_status().json())


async def test_figures_are_the_rows_they_lead_to(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    await assessed(house, SEVERE)
    await booked(house, skip=6)

    async def agrees() -> bool:
        return await shown(owner) == await listed(owner)

    await until(agrees)  # a journey hears of its payment a moment later
    assert (await shown(owner))["urgent"] > 0


async def shown(client: httpx.AsyncClient) -> dict[str, int]:
    view = await figures(client)
    journeys, tasks = view["journeys"], view["tasks"]
    stages = {stage: journeys["by_stage"].get(stage, 0) for stage in STAGES}
    plain = {"open": journeys["open"], "escalated": journeys["escalated"], "urgent": tasks["urgent"]}
    return stages | plain | {"tasks": tasks["open"], "today": sum(view["appointments"]["today"].values())}


async def listed(client: httpx.AsyncClient) -> dict[str, int]:
    day = (await figures(client))["today"]
    return {stage: await total(client, "journeys", stage=stage) for stage in STAGES} | {
        "open": await total(client, "journeys"),
        "escalated": await total(client, "journeys", late="escalated"),
        "urgent": await total(client, "tasks", urgent="true"),
        "tasks": await total(client, "tasks"),
        "today": await total(client, "appointments", since=day, until=day),
    }


async def test_takings_are_the_sums_of_the_ledger(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    before = await takings(owner)
    await booked(house, skip=7)
    after = await takings(owner)
    assert after["charged"]["amount"] - before["charged"]["amount"] == 14000
    assert after["net"]["amount"] == after["charged"]["amount"] - after["refunded"]["amount"]
    view = await figures(owner)
    query = {"currency": "USD", "since": view["since"], "until": view["today"]}
    rows = (await owner.get("payments", params=query)).json()
    assert rows["takings"] == view["takings"]
    charges = {"currency": "USD", "kind": "charge"}
    assert {row["kind"] for row in (await owner.get("payments", params=charges)).json()["rows"]} == {"charge"}


async def takings(client: httpx.AsyncClient) -> dict[str, dict[str, int]]:
    nothing = {name: {"amount": 0} for name in ("charged", "refunded", "net")}
    found = {each["net"]["currency"]: each for each in (await figures(client))["takings"]}
    return dict(found.get("USD", nothing))


async def test_no_shows_and_booked_time_are_rows_too(
    house: RunningHouse, business: None, stranger: httpx.AsyncClient
) -> None:
    view = await figures(stranger)
    back, ahead = {"since": view["since"], "until": view["today"]}, {"since": view["today"], "until": view["ahead"]}
    missed = await total(stranger, "appointments", status="no-show", **back)
    took_place = await total(stranger, "appointments", status="completed", **back)
    sums = view["appointments"]
    assert (sums["no_shows"], sums["due"]) == (missed, missed + took_place)
    assert sums["no_show_rate"] == pytest.approx(missed / (missed + took_place))
    assert sums["booked"] == await total(stranger, "appointments", status="confirmed", **ahead) > 0
    assert 30 * sums["booked"] <= sums["booked_minutes"] <= 50 * sums["booked"]  # others book short sessions
    drawn = {"completed": "completed", "no_show": "no-show", "cancelled": "cancelled", "booked": "confirmed"}
    for week in view["session_weeks"]:
        monday = date.fromisoformat(week["monday"])
        days = {"since": str(monday), "until": str(monday + timedelta(days=6))}
        for name, status in drawn.items():
            assert week[name] == await total(stranger, "appointments", status=status, **days)


async def test_another_organization_counts_only_its_own(house: RunningHouse, stranger: httpx.AsyncClient) -> None:
    before = await figures(stranger)
    await assessed(house, SEVERE)
    assert (await figures(stranger))["journeys"] == before["journeys"]
    assert (await figures(stranger))["tasks"] == before["tasks"]


@pytest.mark.parametrize("days", ["7", "30", "90"])
async def test_the_page_draws_it(olivia: Visitor, days: str) -> None:
    page = await olivia.get("/", params={"days": days})
    assert page.status_code == 200
    for words in ("Open journeys", "No-show rate", "Journeys by stage", "Sessions by week", "Show as a table"):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_an_odd_period_is_refused(olivia: Visitor) -> None:
    assert (await olivia.get("/", params={"days": "31"})).status_code == 422


async def test_whoever_is_signed_out_is_told_by_the_stream_itself(house: RunningHouse) -> None:
    async with house.visitor(ORGANIZATIONS) as visitor:
        answer = await visitor.client.get("/events", headers={"accept": "text/event-stream"})
        assert (answer.status_code, answer.content) == (401, b"")
        page = await visitor.get("/")
        assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/")
