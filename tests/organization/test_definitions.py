"""Journey plans: read as a flow, and drafts whose mistakes are named with place and remedy. Nothing is stored."""

import re
from uuid import UUID

import httpx
import pytest
import yaml

import documents
from domain.journeys.language import Definition
from domain.journeys.validation import read_definition
from tests.fixtures.house import Visitor

PAGE = documents.DOCS / "journeys.md"
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]

MISTAKES = {
    "a target that is not there": (
        EXAMPLE.replace("then: quiet}", "then: quite}", 1),
        "Step 'consent', patience.then: there is no step 'quite'. Name one of: call, consent, done, how-are-you, "
        "quiet, which-way.",
    ),
    "a kind that is none": (EXAMPLE.replace("kind: consent", "kind: consents"), "Step 'consent', kind: "),
    "a field that is none": (
        EXAMPLE.replace("urgent: true", "hurry: true"),
        "Step 'call', hurry: Extra inputs are not permitted. Take it out, or check its spelling.",
    ),
    "a condition that cannot be read": (EXAMPLE.replace("in facts.forms", "in in facts.forms"), "Step 'which-way', "),
    "a nudge after the deadline": (
        EXAMPLE.replace("nudge: [PT15M]", "nudge: [P9D]"),
        "Step 'call', patience: nudges and escalation come before the deadline. Move them, or the deadline.",
    ),
    "an id used twice": (
        EXAMPLE.replace("id: call", "id: done"),
        "Step 'done': the id is used 2 times. Give each step its own id.",
    ),
    "no YAML at all": (EXAMPLE.replace("key: short-way", "key: [short-way"), "Line 2, column "),
    "an alias": (EXAMPLE + "extra: &a [1]\nmore: *a\n", "The document repeats a part by an alias ('*')."),
    "no mapping": ("- just\n- a list\n", "The document is no mapping."),
}


async def test_versions_and_how_many_run_on_them(owner: httpx.AsyncClient) -> None:
    (row,) = [each for each in (await owner.get("definitions")).json() if each["key"] == "first-steps"]
    assert (row["version"], row["status"], row["title"]) == (1, "published", "First steps to therapy")
    running = (await owner.get("journeys")).json()["paging"]["total"]
    assert row["running"] == running


async def test_a_plan_as_a_flow(owner: httpx.AsyncClient, olivia: Visitor) -> None:
    flow = (await owner.get("definitions/first-steps/1")).json()
    steps = {step["id"]: step for step in flow["steps"]}
    call = steps["urgent-call"]
    assert (call["owner"], call["patience"]["escalate"], call["patience"]["then"]) == ("clinical-lead", "PT1H", "match")
    assert steps["which-way"]["turns"][-1] == {"when": "otherwise", "to": "match"}
    assert steps["missed"]["following"] == "book-first"
    assert steps["breather"]["lasts"] == "P3D"
    page = (await olivia.get("/definitions/first-steps/1")).text
    for words in (
        "We call you today",
        "Task: <bdi>Call the patient today</bdi>",
        "Patience ends",
        "Escalates",
        'href="#step-match"',
    ):
        assert words in page


@pytest.mark.parametrize("path", ["definitions/first-steps/99", "definitions/none/1", f"forms/{UUID(int=99)}"])
async def test_what_is_not_there(owner: httpx.AsyncClient, path: str) -> None:
    assert (await owner.get(path)).status_code == 404


async def test_a_draft_that_holds_is_drawn_and_not_stored(owner: httpx.AsyncClient) -> None:
    before = (await owner.get("definitions")).json()
    answer = await owner.post("definitions/draft", json={"document": EXAMPLE})
    assert answer.status_code == 200
    assert [step["id"] for step in answer.json()["steps"]][:2] == ["consent", "how-are-you"]
    assert (await owner.get("definitions")).json() == before
    assert (await owner.get("definitions/short-way/1")).status_code == 404


@pytest.mark.parametrize("name", MISTAKES)
async def test_mistakes_say_where_and_how_to_mend(owner: httpx.AsyncClient, name: str) -> None:
    document, said = MISTAKES[name]
    answer = await owner.post("definitions/draft", json={"document": document})
    assert (answer.status_code, answer.json()["type"]) == (422, "DocumentInvalid")
    assert any(error.startswith(said) for error in answer.json()["errors"]), answer.json()["errors"]


async def test_the_page_lists_mistakes_and_keeps_the_text(olivia: Visitor) -> None:
    await olivia.get("/definitions/draft")
    bad = EXAMPLE.replace("then: quiet}", "then: quite}", 1)
    page = await olivia.post("/definitions/draft", document=bad)
    assert page.status_code == 422
    assert "there is no step &#39;quite&#39;" in page.text
    assert "id: how-are-you" in page.text
    good = await olivia.post("/definitions/draft", document=EXAMPLE)
    assert "This plan holds." in good.text
    assert (await olivia.post("/definitions/draft")).status_code == 422


async def test_forms_in_every_language(owner: httpx.AsyncClient, olivia: Visitor, stranger: httpx.AsyncClient) -> None:
    (row,) = [each for each in (await owner.get("forms")).json() if each["key"] == "phq-9"]
    assert {locale for locale, _, _ in row["locales"]} == {"ar", "de", "en"}
    form_id = {locale: each for locale, _, each in row["locales"]}["en"]
    form = (await owner.get(f"forms/{form_id}")).json()
    assert [question["flag"] for question in form["questions"] if question["flag"]] == ["self-harm"]
    assert form["bands"][-1] == [20, "severe"]
    assert "A preview" in (await olivia.get(f"/forms/{form_id}")).text
    assert (await stranger.get(f"forms/{form_id}")).status_code == 404


def test_the_page_about_the_language_is_up_to_date() -> None:
    assert documents.journeys_page(PAGE.read_text()) == PAGE.read_text(), "run: python cli.py journeys-docs"


def test_its_example_and_its_example_of_a_mistake_are_true() -> None:
    definition: Definition = read_definition(yaml.safe_load(EXAMPLE))
    assert definition.key == "short-way"
    quoted = re.findall(r"^> (Step .*)$", PAGE.read_text(), re.MULTILINE)[0]
    assert quoted == MISTAKES["a target that is not there"][1]
