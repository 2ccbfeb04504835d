"""Partners never see clinical or operational data (A17, A23): every field of their door is walked, all answers read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import api.affiliate
from domain.access.rows import POLICY
from handbook.endpoints import endpoints
from models import Appointment, Journey, Note, Person, QuestionnaireResponse
from tests.fixtures.house import PARTNERS, RunningHouse
from tests.organization.cases import SECRET, booked
from tests.organization.test_partner import PAUL

MAY_TELL = {
    *("access_token", "asked_to_enrol", "detail", "errors", "expires_at", "pending_token", "status", "title"),
    *("token", "token_type", "type"),
    *("id", "name", "organization", "organizations", "roles", "since"),
}
"""Every field a partner's door may answer with; a new one is added here by somebody who has thought about it."""

CLINICAL = (Appointment, Journey, Note, QuestionnaireResponse)


def fields(schema: dict[str, Any]) -> Iterator[str]:
    for name, model in schema["components"]["schemas"].items():
        for field in model.get("properties", {}):
            yield f"{name}.{field}"


def answered(schema: dict[str, Any]) -> set[str]:
    """Names of the models in answers, and in what they hold."""
    ahead = [
        answer for path in schema["paths"].values() for each in path.values() for answer in each["responses"].values()
    ]
    found: set[str] = set()
    while ahead:
        for name in references(ahead.pop()):
            if name not in found:
                found.add(name)
                ahead.append(schema["components"]["schemas"][name])
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rsplit("/", 1)[1]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def test_no_field_of_an_answer_is_clinical_or_operational(record_property: Callable[[str, object], None]) -> None:
    schema = api.affiliate.create().openapi()
    told = {each for each in fields(schema) if each.split(".")[0] in answered(schema)}
    strange = {each for each in told if each.split(".")[1] not in MAY_TELL}
    assert not strange, (
        f"{sorted(strange)} would be told to partners. If a partner needs it and it says nothing about a patient, a "
        "session or the organization's business, add its name to MAY_TELL in tests/access/test_affiliate_door.py."
    )
    record_property("fields of the affiliate door", len(told))


def test_the_database_has_nothing_clinical_for_partners() -> None:
    for table in CLINICAL:
        assert not [rule for rule in POLICY[str(table.__tablename__)] if rule.actor == "affiliate"]


@pytest.mark.parametrize("kind", ["pages", "json"])
async def test_no_answer_holds_anything_of_a_patient(house: RunningHouse, kind: str) -> None:
    """With patients, scores and appointments in the partner's own organization."""
    case = await booked(house, skip=25)
    async with house.database.transaction(case.patient) as session:
        email = (await session.get_one(Person, case.patient.person_id)).email
    marks = (case.name, email, SECRET, str(case.patient.patient_id), str(case.journey_id), str(case.appointment_id))
    mine = [each for each in endpoints() if each.portal == "affiliate" and each.method == "GET"]
    told = ""
    if kind == "json":
        async with house.client(PARTNERS, *PAUL) as client:
            for each in (one for one in mine if one.is_json):
                told += (await client.get(each.path.removeprefix("/api/"))).text
    else:
        async with house.visitor(PARTNERS) as visitor:
            await visitor.sign_in(*PAUL)
            for each in (one for one in mine if not one.is_json and "{" not in one.path):
                told += (await visitor.get(each.path)).text
    assert "Northlight" in told
    assert not [mark for mark in marks if mark in told]
