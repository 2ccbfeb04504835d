"""Journey plans: read as a flow, and drafts whose mistakes are named with place and remedy. Nothing is stored."""

import re
from collections import defaultdict
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import yaml

from domain.journeys.language import Definition
from domain.journeys.names import unknown_names
from domain.journeys.validation import read_definition
from domain.refusals import DocumentInvalid, Sentence
from domain.refusals.sentence import told
from handbook import pages
from portals.core.extraction import messages_of, sources
from tests.fixtures.house import Visitor
from usecases.organization.drafts import Draft, validate

PAGE = pages.DOCS / "journeys.md"
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
FIRST_STEPS = Path("packs/demo/journeys/first-steps.yaml").read_text()
IDS = {message for path in sources() for message in messages_of(path)}

MISTAKES = {
    "a target that is not there": (
        EXAMPLE.replace("then: quiet}", "then: quite}", 1),
        "Step 'consent', patience.then: there is no step 'quite'. Name one of: call, consent, done, how-are-you, "
        "quiet, which-way.",
    ),
    "a kind that is none": (EXAMPLE.replace("kind: consent", "kind: consents"), "Step 'consent', kind: "),
    "a field that is none": (
        EXAMPLE.replace("urgent: true", "hurry: true"),
        "Step 'call', hurry: There is no field of this name. Take it out, or check its spelling.",
    ),
    "a condition that cannot be read": (EXAMPLE.replace("in facts.forms", "in in facts.forms"), "Step 'which-way', "),
    "a fact the plan never learns": (
        EXAMPLE.replace('facts.forms["phq-9"]', 'facts.forms["phq9"]'),
        "Step 'which-way', cases[0].when: this plan never learns 'phq9'. Name one of: phq-9.",
    ),
    "a part no form's result has": (
        FIRST_STEPS.replace(".score >= 20", ".total >= 20"),
        "Step 'triage', rules[1].when: this plan never learns 'total'. Name one of: band, flags, score.",
    ),
    "a route no triage takes": (
        FIRST_STEPS.replace('== "urgent"', '== "urgnt"'),
        "Step 'which-way', cases[0].when: this plan never learns 'urgnt'. Name one of: support, therapy, urgent.",
    ),
    "a fact of a step the plan has not": (
        EXAMPLE.replace('\'"self-harm" in facts.forms["phq-9"].flags\'', "'facts.triage == \"urgent\"'"),
        "Step 'which-way', cases[0].when: this plan never learns 'triage'. Name one of: forms.",
    ),
    "a variable that is none": (
        FIRST_STEPS.replace("facts.triage != ", "fact.triage != "),
        "Step 'again', condition: this plan never learns 'fact'. Name one of: facts.",
    ),
    "a flag the organization's form does not raise": (
        EXAMPLE.replace('"self-harm"', '"selfharm"'),
        "Step 'which-way', cases[0].when: this plan never learns 'selfharm'. Name one of: self-harm.",
    ),
    "a nudge after the deadline": (
        EXAMPLE.replace("nudge: [PT15M]", "nudge: [P9D]"),
        "Step 'call', patience: nudges and escalation come before the deadline. Move them, or the deadline.",
    ),
    "a deadline before anybody is asked": (
        EXAMPLE.replace("deadline: P2D", "deadline: -P2D"),
        "Step 'call', patience.deadline: This is too short or too long. Write a second (PT1S) at least, ",
    ),
    "a repeat that does not wait": (
        FIRST_STEPS.replace("back_to: breather", "back_to: again"),
        "Step 'again': it leads back to itself without waiting. Put a waiting step between.",
    ),
    "a session past the booking": (
        FIRST_STEPS.replace("otherwise: match", "otherwise: first-session"),
        "Step 'first-session': the way consent > phq-9 > triage > which-way > first-session leads to it, and there is "
        "no appointment for it. Put a step of kind 'book' before it.",
    ),
    "a condition that is a sum": (
        EXAMPLE.replace('\'"self-harm" in facts.forms["phq-9"].flags\'', "'1 + 1'"),
        "Step 'which-way', cases[0].when: this is neither true nor false, even when every fact is known.",
    ),
    "a function that is none": (
        EXAMPLE.replace('\'"self-harm" in facts.forms["phq-9"].flags\'', "'urgent(facts)'"),
        "Step 'which-way', cases[0].when: this condition cannot be read (there is no function 'urgent', but ",
    ),
    "a step without a title": (
        EXAMPLE.replace("title: {en: How you have been, de: Wie es Ihnen geht}\n    ", ""),
        "Step 'how-are-you', title: people read what is waited for, and it is not said in English.",
    ),
    "a task that staff cannot read": (
        EXAMPLE.replace("{en: Call the patient today, de:", "{de:"),
        "Step 'call', task: it is not said in English.",
    ),
    "an id used twice": (
        EXAMPLE.replace("id: call", "id: done"),
        "Step 'done': the id is used 2 times. Give each step its own id.",
    ),
    "a form the organization does not have": (
        EXAMPLE.replace("phq-9", "phq-10"),
        "Step 'how-are-you', form: your organization has no 'phq-10'. Name one of: phq-9, session-feedback.",
    ),
    "a consent it does not have": (
        EXAMPLE.replace("[treatment, privacy]", "[treatmnt, privacy]"),
        "Step 'consent', consents: your organization has no 'treatmnt'. Name one of: ",
    ),
    "an appointment type it does not have": (
        FIRST_STEPS.replace("appointment_type: intake", "appointment_type: intak"),
        "Step 'book-first', appointment_type: your organization has no 'intak'. Name one of: ",
    ),
    "a material it does not have": (
        FIRST_STEPS.replace("[first-session]", "[first-sesion]"),
        "Step 'prepare', materials: your organization has no 'first-sesion'. Name one of: ",
    ),
    "a speciality nobody has": (
        FIRST_STEPS.replace("[psychotherapy, psychiatry]", "[psychotherapi]"),
        "Step 'match', specialities: your organization has no 'psychotherapi'. Name one of: ",
    ),
    "a list that is none": (
        EXAMPLE.replace("[treatment, privacy]", "treatment"),
        "Step 'consent', consents: Enter this as a list.",
    ),
    "a role that is none": (
        EXAMPLE.replace("assignee: clinical-lead", "assignee: nobody"),
        "Step 'call', assignee: Choose one of: 'care-coordinator', 'clinical-lead', 'specialist'.",
    ),
    "a key written twice": (EXAMPLE.replace("version: 1", "key: again"), "Line 1, column 1: this cannot be read"),
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


async def test_the_organization_s_own_plan_names_what_it_has(owner: httpx.AsyncClient) -> None:
    answer = await owner.post("definitions/draft", json={"document": FIRST_STEPS})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", MISTAKES)
def test_a_translator_gets_every_word_of_a_mistake(name: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        check(MISTAKES[name][0])
    assert {id_of(error) for error in refused.value.errors} <= IDS


def check(document: str) -> None:
    """As for an organization that has nothing."""
    found = validate(Draft(document=document))
    raise DocumentInvalid(list(unknown_names(found, defaultdict(frozenset))))


def id_of(error: str) -> str:
    return error.pattern if isinstance(error, Sentence) else error


def test_a_mistake_is_told_in_the_reader_s_language() -> None:
    words = {"Step '%(step)s', %(field)s: %(what)s": "Schritt %(step)s, %(field)s: %(what)s", "Add it.": "Neu."}
    error = Sentence("Step '%(step)s', %(field)s: %(what)s", step="a", field="b", what=Sentence("Add it."))
    assert error == "Step 'a', b: Add it."
    assert told(error, lambda text: words.get(text, text)) == "Schritt a, b: Neu."
    assert told("Split it.", {"Split it.": "Teilen."}.__getitem__) == "Teilen."
    assert len(Sentence("%(a)s %(b)s %(c)s", a="a" * 900, b="b" * 900, c="c" * 900)) == 500


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
    form_id, in_arabic = ({locale: each for locale, _, each in row["locales"]}[tag] for tag in ("en", "ar"))
    form = (await owner.get(f"forms/{form_id}")).json()
    assert [question["flag"] for question in form["questions"] if question["flag"]] == ["self-harm"]
    assert form["bands"][-1] == [20, "severe"]
    assert "A preview" in (await olivia.get(f"/forms/{form_id}")).text
    assert '<h1 lang="ar" dir="rtl">' in (await olivia.get(f"/forms/{in_arabic}")).text
    assert (await stranger.get(f"forms/{form_id}")).status_code == 404


def test_the_page_about_the_language_is_up_to_date() -> None:
    assert pages.journeys_page(PAGE.read_text()) == PAGE.read_text(), "run: python cli.py journeys-docs"


def test_its_example_and_its_example_of_a_mistake_are_true() -> None:
    definition: Definition = read_definition(yaml.safe_load(EXAMPLE))
    assert definition.key == "short-way"
    quoted = re.findall(r"^> (Step .*)$", PAGE.read_text(), re.MULTILINE)[0]
    assert quoted == MISTAKES["a target that is not there"][1]
