"""Ticking tasks off: the right roles, once, and the journey goes on."""

import re
from uuid import uuid4

import httpx

from domain.actors import House
from models import Person
from tests.fixtures.house import RunningHouse, Visitor
from tests.organization.cases import SEVERE, Case, assessed


async def task_of(client: httpx.AsyncClient, case: Case, state: str = "open") -> dict[str, object]:
    (row,) = (await client.post("tasks/search", json={"search": case.name, "state": state})).json()["rows"]
    return dict(row)


async def step_of(client: httpx.AsyncClient, case: Case) -> str:
    return str((await client.get(f"journeys/{case.journey_id}")).json()["why"]["step"])


async def test_an_urgent_task_says_for_whom_and_until_when(
    house: RunningHouse, coordinator: httpx.AsyncClient, clinical_lead: httpx.AsyncClient
) -> None:
    case = await assessed(house, SEVERE)
    task = await task_of(clinical_lead, case)
    assert (task["urgent"], task["assignee"], task["may_complete"]) == (True, "clinical-lead", True)
    assert str(task["due_at"]) > str(task["opened_at"])
    assert (await task_of(coordinator, case))["may_complete"] is False


async def test_an_urgent_task_says_how_to_call(
    house: RunningHouse, ruth: Visitor, clinical_lead: httpx.AsyncClient
) -> None:
    case = await assessed(house, SEVERE)
    page = await ruth.get(f"/journeys/{case.journey_id}")
    assert "no phone number known" in page.text
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, case.patient.person_id)).phone = "+16175550110"
    assert 'href="tel:+16175550110"' in (await ruth.get(f"/journeys/{case.journey_id}")).text
    task = await task_of(clinical_lead, case)
    assert task["phone"] == "+16175550110"
    await clinical_lead.post(f"tasks/{task['id']}/done")
    assert (await task_of(clinical_lead, case, "done"))["phone"] == ""


async def test_another_role_is_refused_and_nothing_happens(house: RunningHouse, coordinator: httpx.AsyncClient) -> None:
    case = await assessed(house, SEVERE)
    task = await task_of(coordinator, case)
    answer = await coordinator.post(f"tasks/{task['id']}/done")
    assert (answer.status_code, answer.json()["type"]) == (403, "NotAllowed")
    assert (await task_of(coordinator, case))["done_at"] is None
    assert await step_of(coordinator, case) == "urgent-call"


async def test_done_leads_on_and_again_changes_nothing(
    house: RunningHouse, clinical_lead: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    case = await assessed(house, SEVERE)
    task = await task_of(clinical_lead, case)
    answers = [await clinical_lead.post(f"tasks/{task['id']}/done") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert await step_of(clinical_lead, case) == "book-first"
    story = (await clinical_lead.get(f"journeys/{case.journey_id}")).json()["why"]["story"]
    assert [line["by"] for line in story if line["what"] == "done" and line["step"] == "urgent-call"] == [
        "clinical-lead"
    ]
    assert (await task_of(clinical_lead, case, "done"))["done_by"] == "Ruth Okafor"
    late = await owner.post(f"tasks/{task['id']}/done")
    assert (late.status_code, late.json()["type"]) == (409, "NotInThisState")


async def test_the_story_names_the_role_that_did_it(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await assessed(house, SEVERE)
    task = await task_of(owner, case)
    assert (await owner.post(f"tasks/{task['id']}/done")).status_code == 204
    story = (await owner.get(f"journeys/{case.journey_id}")).json()["why"]["story"]
    assert [line["by"] for line in story if line["what"] == "done" and line["step"] == "urgent-call"] == ["owner"]


async def test_foreign_and_absent_tasks_answer_alike(
    house: RunningHouse, owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    case = await assessed(house, SEVERE)
    task = await task_of(owner, case)
    foreign, absent = [await stranger.post(f"tasks/{each}/done") for each in (task["id"], uuid4())]
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
    assert (await task_of(owner, case))["done_at"] is None


async def test_a_person_ticks_it_off_on_the_page(house: RunningHouse, ruth: Visitor) -> None:
    case = await assessed(house, SEVERE)
    page = await ruth.look_for("/tasks", case.name)
    (action,) = re.findall(r"/tasks/[0-9a-f-]{36}/done", page.text)
    answer = await ruth.post(action, back="//evil.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    assert "Done. The journey goes on." in (await ruth.follow(answer)).text


async def test_a_filter_that_leaves_no_task_leads_back(house: RunningHouse, ruth: Visitor) -> None:
    page = await ruth.look_for("/tasks", "Nobody of this name")
    assert ("No task fits" in page.text, '"/tasks">Show what is to do' in page.text) == (True, True)


async def test_without_the_form_token_nothing_happens(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    case = await assessed(house, SEVERE)
    task = await task_of(owner, case)
    olivia.token = "forged"
    assert (await olivia.post(f"/tasks/{task['id']}/done")).status_code == 403
    assert (await task_of(owner, case))["done_at"] is None
