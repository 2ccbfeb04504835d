"""FHIR files taken over: the real ones, broken ones, half-broken ones; all of a run or nothing, again without harm."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain import npi
from domain.actors import Actor, House
from domain.questionnaires import read_form
from domain.refusals import DocumentInvalid, WrongCredentials
from models import Brand, Engagement, Location, Patient, Person, Questionnaire, Specialist
from models.outage import DatabaseAway
from models.session import Database
from preparation import imported, questionnaire_imported
from tests.fixtures.house import MARIGOLD, RunningHouse
from tests.organization.importing import (
    DATA,
    ORGANIZATIONS,
    OTHER_NPI,
    PATIENTS,
    PRACTITIONERS,
    TODAY,
    VALID_NPI,
    counts,
    patient,
    practitioner,
    rows,
    run,
    written,
)
from usecases.fhir_import.importing import import_fhir
from usecases.fhir_import.questionnaires import Wanted, import_questionnaire
from usecases.identity.doors import Door
from usecases.identity.signing_in import SignIn, sign_in


async def test_the_real_files_are_taken_and_invalid_npis_refused_by_name(house: RunningHouse) -> None:
    specialists = await rows(house, Specialist)
    first = await run(house.database, PATIENTS, PRACTITIONERS, ORGANIZATIONS)
    assert [(each.kind, *counts(each)) for each in first] == [
        ("Organization", 50, 0, 0),
        ("Practitioner", 0, 0, 50),
        ("Patient", 80, 0, 0),
    ]
    turned = first[1].those("refused")
    assert all("the NPI '" in each.why for each in turned)
    assert turned[0].name == "Dr. Sharyl Hilpert"
    assert "  refused 6d705d81-8546-43b2-b336-31a282128f2d (Dr. Sharyl Hilpert)" in "\n".join(first[1].lines())
    assert await rows(house, Specialist) == specialists
    again = await run(house.database, PATIENTS, PRACTITIONERS, ORGANIZATIONS)
    assert [counts(each) for each in again] == [(0, 50, 0), (0, 0, 50), (0, 80, 0)]
    assert await rows(house, Patient, source="fhir-import", jurisdiction="US-MA") >= 80
    assert await rows(house, Person, status="deceased") == 12


async def test_a_long_list_comes_in_pages(house: RunningHouse, stranger: httpx.AsyncClient) -> None:
    await run(house.database, PATIENTS)
    query = {"source": "fhir-import", "sort": "name"}
    pages = [(await stranger.get("patients", params=query | {"page": str(page)})).json() for page in (1, 2, 99)]
    total = pages[0]["paging"]["total"]
    assert [len(page["rows"]) for page in pages] == [25, 25, (total - 1) % 25 + 1]
    assert [page["paging"]["page"] for page in pages] == [1, 2, -(-total // 25)]
    assert {page["paging"]["total"] for page in pages} == {total}
    assert not {row["id"] for row in pages[0]["rows"]} & {row["id"] for row in pages[1]["rows"]}


async def test_the_commands_print_the_report(house: RunningHouse) -> None:
    lines = await imported(house.settings, [PRACTITIONERS], "lindenhof", "marigold")
    assert lines[0] == "Practitioner -> specialists of lindenhof: 0 new, 0 known, 50 refused"
    assert len(lines) == 51
    wanted = Wanted(organization="lindenhof", key=f"phq-{uuid4().hex[:8]}", locale="de")
    told = await questionnaire_imported(house.settings, DATA / "phq9_german_mii.json", wanted)
    assert told == f"{wanted.key} in de: 10 questions, version 1 stored"


async def test_an_imported_patient_cannot_sign_in(house: RunningHouse, tmp_path: Path) -> None:
    resource = patient(telecom=[{"system": "phone", "value": "555-1"}], birthDate="1990-02-30")
    await run(house.database, written(tmp_path, resource))
    email = f"{resource['id']}@import.invalid"
    async with house.database.transaction(House()) as session:
        person = (await session.scalars(select(Person).where(col(Person.email) == email))).one()
        row = (await session.scalars(select(Patient).where(col(Patient.person_id) == person.id))).one()
        brand = (await session.scalars(select(Brand).where(col(Brand.host) == MARIGOLD))).one()
    assert (person.given_name, person.family_name, person.phone) == ("Jane Q.", "Doe", "555-1")
    assert (row.birth_date, row.jurisdiction, row.gender) == (None, "DE", "female")
    assert person.email_verified_at is None
    for password in ("!", "password", person.password_hash):
        wanted = SignIn.model_construct(email=email, password=password)
        with pytest.raises(WrongCredentials):
            await sign_in(house.context, Door("patient", brand.id), wanted, f"{uuid4()}")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (VALID_NPI, None),
        ("1234567890", "has a wrong check digit"),
        ("3234567893", "does not begin with 1 or 2"),
        ("123456789", "has not ten digits"),
        ("١٢٣٤٥٦٧٨٩٣", "has not ten digits"),
        ("", "has no NPI"),
    ],
)
def test_npis(number: str, why: str | None) -> None:
    found = npi.wrong(number)
    assert found is None if why is None else why in str(found)


async def test_a_valid_practitioner_among_invalid_ones_is_taken_but_not_bookable(
    house: RunningHouse, tmp_path: Path
) -> None:
    good, bad = practitioner(OTHER_NPI), practitioner("1234567890")
    nameless = practitioner(VALID_NPI, name=[{"family": "Doe"}])
    (report,) = await run(house.database, written(tmp_path, bad, good, nameless))
    assert (report.count("new"), [each.id for each in report.those("refused")]) == (1, [bad["id"], nameless["id"]])
    async with house.database.transaction(House()) as session:
        mine = col(Specialist.npi) == OTHER_NPI
        specialist = (await session.scalars(select(Specialist).where(mine))).one()
        engaged = select(Engagement).where(col(Engagement.specialist_id) == specialist.id)
        (engagement,) = await session.scalars(engaged)
    assert (specialist.display_name, engagement.status) == ("Jane Q. Doe", "pending")
    (again,) = await run(house.database, tmp_path / "some.json")
    assert counts(again) == (0, 1, 2)


async def test_a_practitioner_whose_address_somebody_has_is_refused(house: RunningHouse, tmp_path: Path) -> None:
    taken = practitioner("1003000126", telecom=[{"system": "email", "value": "MAYA@specialists.example"}])
    before = await rows(house, Person)
    (report,) = await run(house.database, written(tmp_path, taken))
    assert [each.why for each in report.those("refused")] == ["somebody else has its e-mail address"]
    assert await rows(house, Person) == before


async def test_two_with_one_address_are_not_one_person(house: RunningHouse, tmp_path: Path) -> None:
    mail = [{"system": "email", "value": f"{uuid4().hex}@import.example"}]
    one, other = patient(1, telecom=mail), patient(2, telecom=mail)
    (report,) = await run(house.database, written(tmp_path, one, other))
    assert (report.count("new"), [each.id for each in report.those("refused")]) == (1, [other["id"]])
    assert "e-mail address" in report.those("refused")[0].why


@pytest.mark.parametrize(
    "spoiled",
    [
        {"resourceType": "Observation", "id": "x"},
        {"resourceType": "Patient"},
        "no resource",
        patient(name=[{"family": "Nul\u0000", "given": ["A"]}]),
        patient(name=[{"family": "Half\ud800", "given": ["A"]}]),
    ],
)
async def test_one_spoiled_resource_and_nothing_is_taken(house: RunningHouse, tmp_path: Path, spoiled: Any) -> None:
    before = await rows(house, Person)
    path = written(tmp_path, patient(), spoiled, name="spoiled.json")
    with pytest.raises(DocumentInvalid) as refused:
        await run(house.database, written(tmp_path, patient()), path)
    assert refused.value.errors[0].startswith("spoiled.json, resource 2: ")
    assert await rows(house, Person) == before


NO_FHIR = ("", "{", "[]", '{"resourceType": "Bundle"', "null", "\ufeff{}")
NOTHING = ('{"resources": []}', '{"resourceType": "Bundle"}', '{"resourceType": "Bundle", "entry": [3]}')


@pytest.mark.parametrize("text", [*NO_FHIR, *NOTHING])
async def test_files_without_anything_to_take(house: RunningHouse, tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(DocumentInvalid) as refused:
        await run(house.database, path)
    assert refused.value.errors[0].startswith("broken.json")


class FailsAtTheEnd(Database):
    """The connection is lost just before the commit."""

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        async with super().transaction(actor) as session:
            yield session
            raise ConnectionError


async def test_a_lost_connection_leaves_nothing_half_imported(house: RunningHouse, tmp_path: Path) -> None:
    place = {"resourceType": "Organization", "id": f"o-{uuid4().hex}", "name": "Practice"}
    people = [patient(number) for number in range(20)]
    path = written(tmp_path, place, practitioner("1417955220"), *people)
    before = [await rows(house, table) for table in (Location, Specialist, Person)]
    failing = FailsAtTheEnd.__new__(FailsAtTheEnd)
    failing.__dict__.update(house.database.__dict__)
    with pytest.raises(DatabaseAway):
        await run(failing, path)
    assert [await rows(house, table) for table in (Location, Specialist, Person)] == before
    assert [report.count("new") for report in await run(house.database, path)] == [1, 1, 20]


async def test_unknown_names_are_answered_with_those_there_are(house: RunningHouse) -> None:
    places = await rows(house, Location)
    for organization, brand, said in (("nobody", "marigold", "lindenhof"), ("lindenhof", "aurora", "marigold")):
        with pytest.raises(DocumentInvalid) as refused:
            await import_fhir(house.database, house.context.passwords, [PATIENTS], organization, brand, TODAY)
        assert said in refused.value.errors[0]
    assert await rows(house, Location) == places


async def test_phq_9_in_two_languages_is_one_form(house: RunningHouse) -> None:
    key = f"phq-{uuid4().hex[:8]}"

    async def take(file: str, locale: str) -> tuple[int, int, bool]:
        wanted = Wanted(organization="lindenhof", key=key, locale=locale)
        stored = await import_questionnaire(house.database, DATA / file, wanted)
        return stored.version, stored.questions, stored.new

    assert await take("phq9_loinc_r4.json", "en") == (1, 10, True)
    assert await take("phq9_german_mii.json", "de") == (1, 10, True)
    assert await take("phq9_german_mii.json", "de") == (1, 10, False)
    async with house.database.transaction(House()) as session:
        sheets = {row.locale: row for row in await session.scalars(select(Questionnaire).filter_by(key=key))}
    english, german = (read_form(sheets[locale].resource) for locale in ("en", "de"))
    scored = [
        [(question.link_id, question.flag) for question in form.answerable if question.scored]
        for form in (english, german)
    ]
    assert sorted(scored[0]) == sorted(scored[1])
    assert "Wenig Interesse" in german.answerable[0].text
    assert await take("phq9_weight_function_r4.json", "en") == (2, 10, True)
    assert await rows(house, Questionnaire, key=key, version=2) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ({"key": "Bad Key"}, "--key Bad Key: This is no key. Use lower-case"),
        ({"locale": "klingon"}, "--locale klingon: there"),
    ],
)
async def test_a_form_has_a_key_and_a_language_there_are(house: RunningHouse, name: dict[str, str], said: str) -> None:
    wanted = Wanted.model_validate({"organization": "lindenhof", "key": "phq-odd", "locale": "en"} | name)
    with pytest.raises(DocumentInvalid) as refused:
        await import_questionnaire(house.database, DATA / "phq9_loinc_r4.json", wanted)
    assert refused.value.errors[0].startswith(said)
    assert await rows(house, Questionnaire, key=wanted.key) == 0


async def test_a_form_in_another_language_than_named_is_refused(house: RunningHouse) -> None:
    wanted = Wanted(organization="lindenhof", key="phq-odd", locale="en")
    for file in ("phq9_german_mii.json", "patients_fhir_r4.json"):
        with pytest.raises(DocumentInvalid):
            await import_questionnaire(house.database, DATA / file, wanted)
    assert await rows(house, Questionnaire, key="phq-odd") == 0
