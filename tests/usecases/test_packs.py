"""What a pack may not name, and what it may not change: plans, forms and consent texts that are published."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.packs.organizations import LocationDocument
from domain.packs.pack import Pack
from domain.packs.people import SpecialistDocument
from domain.refusals import DocumentInvalid
from tests.fixtures.house import PACK, RunningHouse
from usecases.packs.loading import load_pack
from usecases.packs.reading import read_pack

DEMO = read_pack(PACK)
MISNAMED = {
    "a flag no form raises": ('"self-harm" in', '"self-ham" in', "rules[0].when: this plan never learns 'self-ham'"),
    "a band no form has": (
        '["phq-9"].score >= 20',
        '["phq-9"].band == "sever"',
        "rules[1].when: this plan never",
    ),
    "a form that is not there": ("form: session-feedback", "form: feedback", "has no 'feedback'"),
    "a kind of session that is not there": ("appointment_type: intake", "appointment_type: intak", "has no 'intak'"),
    "a material that is not there": ("materials: [first-session]", "materials: [first]", "has no 'first'"),
    "a consent that is not there": ("[treatment, telehealth", "[treatment, telemedicine", "has no 'telemedicine'"),
    "a speciality nobody has": ("[psychotherapy,", "[psychotherapi,", "has no 'psychotherapi'"),
}


async def load(house: RunningHouse, pack: Pack) -> None:
    await load_pack(house.database, house.context.passwords, pack)


@pytest.mark.parametrize("name", MISNAMED)
def test_a_journey_names_only_what_its_organizations_have(tmp_path: Path, name: str) -> None:
    right, wrong, said = MISNAMED[name]
    journey = shutil.copytree(PACK, tmp_path / "pack") / "journeys" / "first-steps.yaml"
    text = journey.read_text()
    assert right in text
    journey.write_text(text.replace(right, wrong))
    with pytest.raises(DocumentInvalid) as refused:
        read_pack(tmp_path / "pack")
    assert [said in error for error in refused.value.errors] == [True, True], "one for each organization"
    assert refused.value.errors[0].startswith("journeys/first-steps.yaml: of 'lindenhof': Step '")


def another(**changes: Any) -> Pack:
    """An organization of its own with nothing but what the pack's organizations share."""
    key = f"packed-{uuid4().hex[:8]}"
    brand = DEMO.organizations[0].brands[0].model_copy(update={"key": key, "host": f"{key}.localhost"})
    nothing: dict[str, Any] = dict.fromkeys(("programs", "appointment_types", "members", "patients", "locations"), ())
    organization = DEMO.organizations[0].model_copy(update={"key": key, "brands": (brand,), **nothing})
    return DEMO.model_copy(update={"organizations": (organization,), "specialists": (), **changes})


async def published(house: RunningHouse, pack: Pack) -> list[tuple[Any, ...]]:
    query = """
    select what, texts.key, version, locale, text from (
      select organization_id, 'journey' as what, key, version, '' as locale, body::text as text from journey_definition
      union all select organization_id, 'form', key, version, locale, resource::text from questionnaire
      union all select organization_id, 'consent', kind, version, locale, title || body from consent_text
    ) as texts join organization o on o.id = organization_id and o.key = $1 order by 1, 2, 3, 4
    """
    return [tuple(row) for row in await house.sql(query, pack.organizations[0].key)]


async def name_of(house: RunningHouse, pack: Pack) -> str:
    (row,) = await house.sql("select name from organization where key = $1", pack.organizations[0].key)
    return str(row["name"])


def renamed(pack: Pack, **changes: Any) -> Pack:
    organization = pack.organizations[0].model_copy(update={"name": "Renamed"})
    return pack.model_copy(update={"organizations": (organization,), **changes})


async def test_loading_again_publishes_nothing(house: RunningHouse) -> None:
    pack = another()
    await load(house, pack)
    before = await published(house, pack)
    assert {row[2] for row in before} == {1}
    await load(house, renamed(pack))
    assert await published(house, pack) == before
    assert await name_of(house, pack) == "Renamed"


async def test_a_brand_s_own_message_goes_to_no_other_organization(house: RunningHouse) -> None:
    template = DEMO.care.templates[0].model_copy(update={"key": f"own-{uuid4().hex[:8]}", "brand": "aurora"})
    care = DEMO.care.model_copy(update={"templates": (*DEMO.care.templates, template)})
    await load(house, another(care=care))
    assert await house.sql("select 1 from message_template where key = $1", template.key) == []


def plan(version: int) -> dict[str, Any]:
    """The plan with another word in it."""
    (journey,) = DEMO.journeys
    return {**journey, "version": version, "description": {"en": "Another way."}}


def consents(version: int) -> dict[str, Any]:
    first, *others = DEMO.care.consents
    body = {**first.body, "en": "You agree to something else."}
    changed = first.model_copy(update={"version": version, "body": body})
    return {"care": DEMO.care.model_copy(update={"consents": (changed, *others)})}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"journeys": (plan(1),)}, "journey definition first-steps 1: this version is published"),
        (consents(1), f"consent text {DEMO.care.consents[0].kind} en 1: this version is published"),
    ],
)
async def test_what_people_began_or_agreed_to_stays(house: RunningHouse, changes: dict[str, Any], said: str) -> None:
    pack = another()
    await load(house, pack)
    before, name = await published(house, pack), await name_of(house, pack)
    with pytest.raises(DocumentInvalid) as refused:
        await load(house, renamed(pack, **changes))
    assert refused.value.errors == [f"{said} and reads differently. Make it the next."]
    assert (await published(house, pack), await name_of(house, pack)) == (before, name)


async def test_a_place_does_not_move(house: RunningHouse) -> None:
    (place,) = [each for one in DEMO.organizations for each in one.locations if each.kind == "physical"]
    pack = another()
    await load(house, at_places(pack, place))
    elsewhere = place.model_copy(update={"address": place.address.model_copy(update={"line": "1 Other Street"})})
    with pytest.raises(DocumentInvalid, match=f"location {place.key}: people are told its address when they book"):
        await load(house, at_places(pack, elsewhere))
    assert await lines_of(house, pack) == [place.address.line]
    beside = elsewhere.model_copy(update={"key": "other-street"})
    await load(house, at_places(pack, place, beside))
    assert await lines_of(house, pack) == [place.address.line, "1 Other Street"]


def at_places(pack: Pack, *places: LocationDocument) -> Pack:
    organization = pack.organizations[0].model_copy(update={"locations": places})
    return pack.model_copy(update={"organizations": (organization,)})


async def lines_of(house: RunningHouse, pack: Pack) -> list[str]:
    mine = "select id from organization where key = $1"
    query = f"select address ->> 'line' as line from location where organization_id = ({mine}) order by key"
    return [row["line"] for row in await house.sql(query, pack.organizations[0].key)]


async def test_the_next_version_stands_beside_the_one_before(house: RunningHouse) -> None:
    pack = another()
    await load(house, pack)
    before = await published(house, pack)
    await load_pack(
        house.database, house.context.passwords, pack.model_copy(update={"journeys": (plan(2),), **consents(2)})
    )
    after = await published(house, pack)
    assert set(before) < set(after)
    assert {row[0] for row in after if row[2] == 2} == {"journey", "consent"}


async def test_a_changed_form_is_its_next_version_in_every_language(house: RunningHouse) -> None:
    pack = another()
    await load(house, pack)
    before = await published(house, pack)
    changed = {**pack.forms["phq-9"], "de": {**pack.forms["phq-9"]["de"], "title": "Anders"}}
    await load_pack(
        house.database, house.context.passwords, pack.model_copy(update={"forms": {**pack.forms, "phq-9": changed}})
    )
    fresh = set(await published(house, pack)) - set(before)
    assert sorted(row[:4] for row in fresh) == [("form", "phq-9", 2, locale) for locale in ("ar", "de", "en")]


@pytest.mark.parametrize(
    "change",
    [
        "journey_definition set body = '{}'",
        "questionnaire set resource = '{}'",
        "questionnaire set version = version + 1",
        "consent_text set body = 'I agree to everything.'",
    ],
)
async def test_the_database_lets_nobody_rewrite_what_is_published(house: RunningHouse, change: str) -> None:
    pack = another()
    await load(house, pack)
    before = await published(house, pack)
    with pytest.raises(asyncpg.RestrictViolationError, match="does not change"):
        await house.sql(f"update {change}")
    assert await published(house, pack) == before


LASTING = date(2045, 1, 1)


def newcomer_of(pack: Pack) -> SpecialistDocument:
    """The demo's first specialist under an address of their own, engaged by the pack's organization."""
    one = DEMO.specialists[0]
    engaged = one.engagements[0].model_copy(update={"organization": pack.organizations[0].key})
    return one.model_copy(update={"email": f"{uuid4().hex}@staff.example", "engagements": (engaged,)})


def employing(pack: Pack, one: SpecialistDocument, **changes: Any) -> Pack:
    return pack.model_copy(update={"specialists": (one.model_copy(update=changes),)})


async def of_specialist(house: RunningHouse, one: SpecialistDocument, table: str) -> list[asyncpg.Record]:
    return await house.sql(
        f"select t.* from {table} t join specialist s on s.id = t.specialist_id join person p on p.id = s.person_id"
        " where p.email = $1 order by t.id",
        one.email,
    )


async def test_a_renewed_licence_and_a_new_one_arrive(house: RunningHouse) -> None:
    pack = another()
    one = newcomer_of(pack)
    await load(house, employing(pack, one))
    before = {row["id"] for row in await of_specialist(house, one, "licence")}
    renewed = [licence.model_copy(update={"expires_on": LASTING}) for licence in one.licences]
    fresh = renewed[0].model_copy(update={"number": "NEW-1"})
    for _ in range(2):
        await load(house, employing(pack, one, licences=(*renewed, fresh)))
    found = await of_specialist(house, one, "licence")
    assert before < {row["id"] for row in found}
    assert len(found) == len(one.licences) + 1
    assert {row["expires_on"] for row in found} == {LASTING}


async def test_a_licence_that_is_not_named_again_stays(house: RunningHouse) -> None:
    pack = another()
    one = newcomer_of(pack)
    await load(house, employing(pack, one))
    before = await of_specialist(house, one, "licence")
    await load(house, employing(pack, one, licences=()))
    assert await of_specialist(house, one, "licence") == before


async def test_changed_and_new_engagements_arrive_and_an_ended_one_stays_ended(house: RunningHouse) -> None:
    pack, other = another(), another()
    both = pack.model_copy(update={"organizations": (*pack.organizations, *other.organizations)})
    one = newcomer_of(pack)
    await load(house, employing(pack, one))
    (first,) = await of_specialist(house, one, "engagement")
    await house.sql("update engagement set status = 'ended' where id = $1", first["id"])
    changed = one.engagements[0].model_copy(update={"terms": {"share": 70}, "appointment_types": ("intake",)})
    elsewhere = one.engagements[0].model_copy(update={"organization": other.organizations[0].key})
    for _ in range(2):
        await load(house, employing(both, one, engagements=(changed, elsewhere)))
    found = await of_specialist(house, one, "engagement")
    assert len(found) == len({row["organization_id"] for row in found}) == 2
    (kept,) = [row for row in found if row["id"] == first["id"]]
    assert (kept["status"], kept["appointment_types"], json.loads(kept["terms"])) == (
        "ended",
        ["intake"],
        {"share": 70},
    )


async def test_the_specialist_s_own_stays_theirs(house: RunningHouse) -> None:
    pack = another()
    one = newcomer_of(pack)
    await load(house, employing(pack, one))
    hours = await of_specialist(house, one, "working_hours")
    await load_pack(
        house.database,
        house.context.passwords,
        employing(pack, one, display_name="Somebody Else", hours=one.hours[:1], npi="1"),
    )
    assert await of_specialist(house, one, "working_hours") == hours
    (person,) = await house.sql(
        "select display_name, npi from specialist s join person p on p.id = s.person_id where p.email = $1", one.email
    )
    assert (person["display_name"], person["npi"]) == (one.display_name, one.npi)


@pytest.mark.parametrize("taken", ["key", "host"])
async def test_no_organization_takes_another_ones_brand(house: RunningHouse, taken: str) -> None:
    first, second = another(), another()
    await load(house, first)
    brand = (
        second.organizations[0].brands[0].model_copy(update={taken: getattr(first.organizations[0].brands[0], taken)})
    )
    thief = second.organizations[0].model_copy(update={"brands": (brand,)})
    with pytest.raises(DocumentInvalid, match=f"another organization here has the {taken} '.*'. Give yours its own."):
        await load(house, second.model_copy(update={"organizations": (thief,)}))
    owners = "select o.key from brand b join organization o on o.id = b.organization_id where b.key = $1"
    assert [row["key"] for row in await house.sql(owners, first.organizations[0].brands[0].key)] == [
        first.organizations[0].key
    ]
    assert await house.sql("select 1 from organization where key = $1", second.organizations[0].key) == []


async def test_nobody_knows_a_password_that_no_pack_says(house: RunningHouse) -> None:
    pack = another()
    member = (
        DEMO.organizations[0].members[0].model_copy(update={"email": f"{uuid4().hex}@staff.example", "password": ""})
    )
    organization = pack.organizations[0].model_copy(update={"members": (member,)})
    await load(house, pack.model_copy(update={"organizations": (organization,)}))
    (row,) = await house.sql("select password_hash from person where email = $1", member.email)
    assert not await house.context.passwords.matches(row["password_hash"], "")
