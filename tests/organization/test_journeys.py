"""What an organization reads about its journeys, by role; nothing of another organization's."""

from uuid import uuid4

import httpx
import pytest

from tests.fixtures.house import RunningHouse, Visitor
from tests.organization.cases import MODERATE, SECRET, SEVERE, assessed
from usecases.patient.why import own_journey


async def test_a_row_says_where_for_whom_until_when_and_what_then(
    house: RunningHouse, owner: httpx.AsyncClient
) -> None:
    case = await assessed(house, SEVERE)
    found = (await owner.post("journeys/search", json={"search": case.name.upper()})).json()
    (row,) = found["rows"]
    assert found["paging"]["total"] == 1
    assert row["patient"] == case.name
    assert (row["stage"], row["waits_for"]) == ("intake", "clinical-lead")
    assert row["step"]["title"] == "Call the patient today"
    assert (row["then"]["id"], row["then"]["kind"]) == ("match", "match")
    assert row["until"] > row["since"]
    assert (row["definition_key"], row["definition_version"]) == ("first-steps", 1)


async def test_filters_narrow_and_search_has_no_wildcards(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await assessed(house, MODERATE)
    fits = {"search": case.name, "brand": "aurora", "stage": "booking", "waits_for": "patient", "sort": "patient"}
    assert (await owner.post("journeys/search", json=fits)).json()["paging"]["total"] == 1
    for other in ({"brand": "sana"}, {"stage": "care"}, {"waits_for": "specialist"}, {"late": "escalated"}):
        assert (await owner.post("journeys/search", json=fits | other)).json()["rows"] == []
    assert (await owner.post("journeys/search", json={"search": "%"})).json()["rows"] == []


@pytest.mark.parametrize("query", [{"sort": "password_hash"}, {"stage": "x"}, {"page": "0"}, {"_sort": "id"}])
async def test_what_is_not_on_the_list_is_refused(owner: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await owner.get("journeys", params=query)
    assert answer.status_code == 422
    assert answer.json()["type"] == "InvalidInput"


async def test_why_tells_the_story_and_the_pinned_version(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await assessed(house, SEVERE)
    page = (await owner.get(f"journeys/{case.journey_id}")).json()
    assert page["why"]["definition_version"] == 1
    assert page["why"]["owner"] == "clinical-lead"
    told = [line["what"] for line in page["why"]["story"]]
    assert told[-1] == "began"
    assert "passed-triage" in told
    assert [task["urgent"] for task in page["tasks"]] == [True]
    assert page["workflow_url"].endswith(f"/workflows/journey%2F{case.journey_id}")


async def test_staff_and_patient_read_words_of_their_own(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await assessed(house, SEVERE)
    page = (await owner.get(f"journeys/{case.journey_id}")).json()
    assert page["tasks"][0]["step"]["title"] == "Call the patient today"
    assert page["why"]["step_title"] == "Call the patient today"
    own = await own_journey(house.context, case.patient, case.journey_id, "en")
    assert own.step_title == "We call you today"


async def test_results_are_called_what_their_form_is_called(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    case = await assessed(house, SEVERE)
    (result,) = (await owner.get(f"journeys/{case.journey_id}")).json()["results"]
    assert (result["form"], result["title"]) == ("phq-9", "How you have been (PHQ-9)")


async def test_results_are_for_clinical_roles(
    house: RunningHouse, owner: httpx.AsyncClient, coordinator: httpx.AsyncClient, clinical_lead: httpx.AsyncClient
) -> None:
    case = await assessed(house, SEVERE)
    for client in (owner, clinical_lead):
        page = (await client.get(f"journeys/{case.journey_id}")).json()
        assert [(result["score"], result["band"], result["flags"]) for result in page["results"]] == [
            (22, "severe", ["self-harm"])
        ]
        assert SECRET not in str(page)
    seen = await coordinator.get(f"journeys/{case.journey_id}")
    page = seen.json()
    assert page["results"] is None
    assert "self-harm" not in seen.text
    assert [line["detail"] for line in page["why"]["story"] if line["what"] == "passed-triage"] == [""]


async def test_the_page_hides_results_from_a_coordinator(house: RunningHouse, carlos: Visitor, olivia: Visitor) -> None:
    case = await assessed(house, SEVERE)
    hidden = (await carlos.get(f"/journeys/{case.journey_id}")).text
    seen = (await olivia.get(f"/journeys/{case.journey_id}")).text
    assert "thoughts of self-harm" in seen
    assert "thoughts of self-harm" not in hidden
    assert "Only clinical leads and owners" in hidden
    assert SECRET not in seen + hidden


async def test_foreign_and_absent_journeys_answer_alike(
    house: RunningHouse, owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    case = await assessed(house, MODERATE)
    foreign, absent = [await stranger.get(f"journeys/{each}") for each in (case.journey_id, uuid4())]
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
    assert (await stranger.post("journeys/search", json={"search": case.name})).json()["rows"] == []
    assert (await owner.post("journeys/search", json={"search": case.name})).json()["paging"]["total"] == 1
