"""A refused form comes again, with the mistake at its field, why above it, and what was typed."""

import re
from uuid import uuid4

import httpx
import pytest

from tests.fixtures.house import AURORA, RunningHouse, Visitor
from tests.identity.people import at_pages, member
from tests.usecases.steps import new_patient

SUMMARY = 'class="summary" role="alert"'
INVITED = {"given_name": "Kim", "family_name": "Okoro", "email": "kim@staff.example", "roles": "support"}


def marked(page: httpx.Response) -> set[str]:
    """The fields with a mistake."""
    return set(re.findall(r'id="e-([\w-]+)"', page.text))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "not-an@mail"}, "email"), ({"roles": "emperor"}, "roles"), ({"family_name": ""}, "family_name")],
)
async def test_an_invitation(olivia: Visitor, wrong: dict[str, str], field: str) -> None:
    await olivia.get("/people")
    page = await olivia.post("/staff/invitations", **(INVITED | wrong))
    assert page.status_code == 422
    assert SUMMARY in page.text
    assert marked(page) == {field}
    typed = (INVITED | wrong)["email"]
    assert f'name="email" type="email" value="{typed}"' in page.text
    assert 'name="given_name" type="text" value="Kim"' in page.text
    assert re.search(r'<details class="disclosure" open><summary>.*?Invite somebody', page.text)


async def test_an_unknown_role_is_a_mistake_of_the_field_it_was_sent_in(owner: httpx.AsyncClient) -> None:
    answer = await owner.post("staff/invitations", json=INVITED | {"roles": ["emperor"]})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"roles"})


async def test_giving_a_role(house: RunningHouse, olivia: Visitor) -> None:
    colleague = await member(house, "support")
    await olivia.get("/people")
    page = await olivia.post("/staff/roles", person_id=str(colleague.person_id), role="emperor")
    assert (page.status_code, marked(page)) == (422, {"role"})
    assert f'<option value="{colleague.person_id}" selected>' in page.text
    gone = await olivia.post("/staff/roles", person_id=str(uuid4()), role="support")
    assert (gone.status_code, SUMMARY in gone.text) == (404, True)


async def test_no_role_is_chosen_for_anybody(olivia: Visitor) -> None:
    page = await olivia.get("/people")
    for name in ("roles", "role", "person_id"):
        options = page.text.split(f'<select id="f-{name}"')[1].split("</select>")[0]
        assert options.split("<option")[1].startswith(' value="">'), name
        assert " selected" not in options, name
    page = await olivia.post("/staff/invitations", **(INVITED | {"roles": ""}))
    assert (page.status_code, marked(page)) == (422, {"roles"})
    assert INVITED["email"] not in (await olivia.get("/people")).text


async def test_taking_a_role_that_is_gone(house: RunningHouse) -> None:
    owner, colleague = await member(house, "owner"), await member(house, "support")
    async with at_pages(house, owner) as visitor:
        await visitor.get("/people")
        page = await visitor.post("/staff/roles/take", person_id=str(colleague.person_id), role="finance")
    assert (page.status_code, SUMMARY in page.text) == (404, True)
    assert "Staff and partners" in page.text


async def test_naming_a_guardian(house: RunningHouse, olivia: Visitor) -> None:
    at = f"/patients/{(await new_patient(house, AURORA)).patient_id}"
    await olivia.get(at)
    typed = {"email": "nobody@patients.example", "relation": "mother", "until": ""}
    page = await olivia.post(f"{at}/guardians", **typed)
    assert (page.status_code, marked(page), SUMMARY in page.text) == (422, {"email"}, True)
    assert 'value="nobody@patients.example"' in page.text
    assert 'name="relation" type="text" value="mother"' in page.text
    assert re.search(r'<details class="disclosure" open><summary>.*?Name a guardian', page.text)
    wrong_day = await olivia.post(f"{at}/guardians", **(typed | {"until": "soon"}))
    assert (wrong_day.status_code, marked(wrong_day)) == (422, {"until"})
    gone = await olivia.post(f"{at}/guardians/{uuid4()}/end")
    assert (gone.status_code, SUMMARY in gone.text) == (404, True)


async def test_nobody_agrees_to_their_own_role_and_reads_why_on_the_page(house: RunningHouse) -> None:
    async with at_pages(house, await member(house, "owner")) as visitor:
        await visitor.get("/roles")
        title = f"Readers {uuid4().hex[:8]}"
        page = await visitor.follow(await visitor.post("/roles", title=title, permissions="audit:read"))
        assert title in page.text
        role_id = re.search(rf'/roles/([\w-]+)/retire"(?:(?!/retire").)*Retire {title}', page.text, re.DOTALL)
        assert role_id
        refused = await visitor.post(f"/roles/{role_id[1]}/approval")
    assert (refused.status_code, SUMMARY in refused.text) == (403, True)
    assert title in refused.text


async def test_the_last_resort_says_what_is_wrong_with_what(olivia: Visitor) -> None:
    page = await olivia.get("/audit/export?since=whenever")
    assert page.status_code == 422
    assert "Enter a date." in page.text
    assert "since" in page.text
