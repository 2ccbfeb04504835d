"""Invitations are listed until they are accepted, sent again and withdrawn; only the newest link opens."""

from typing import Any
from uuid import uuid4

import httpx

from tests.audit.reading import entries
from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.fixtures.mailbox import link_for
from tests.identity.people import at_pages, member
from tests.organization.test_signing_out import api_of

GONE = 410


async def invited(owner: httpx.AsyncClient, *roles: str) -> tuple[str, str]:
    """Id and address of somebody new."""
    email = f"{uuid4().hex}@staff.example"
    wanted = {"email": email, "given_name": "Kim", "family_name": "Okoro", "roles": list(roles) or ["support"]}
    answer = await owner.post("staff/invitations", json=wanted)
    assert answer.status_code == 201
    return answer.json(), email


async def row_of(owner: httpx.AsyncClient, email: str) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = (await owner.post("staff/search", json={"search": email})).json()["rows"]
    return rows[0] if rows else None


async def opened(house: RunningHouse, link: str) -> int:
    async with house.visitor(ORGANIZATIONS) as reader:
        return (await reader.get(f"/invitation?{link.split('?', 1)[1]}")).status_code


async def test_whoever_is_invited_is_listed_until_when(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    person_id, email = await invited(owner, "support", "finance")
    await link_for(house, email)
    row = await row_of(owner, email)
    assert row
    assert (row["roles"], row["invited"], row["lapsed"]) == ([], ["finance", "support"], False)
    assert row["invited_until"] > house.context.now().isoformat()
    page = (await olivia.look_for("/people", email)).text
    assert email in page
    assert "Invited" in page
    assert f'action="/staff/{person_id}/invitation"' in page
    assert f'<option value="{person_id}"' not in page
    await house.sql("update one_time_token set expires_at = now() where person_id = $1", person_id)
    assert "Invitation expired" in (await olivia.look_for("/people", email)).text


async def test_sent_again_only_the_newer_link_opens(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    person_id, email = await invited(owner)
    first = await link_for(house, email)
    assert await opened(house, first) == 200
    await olivia.get("/people")
    page = await olivia.follow(await olivia.post(f"/staff/{person_id}/invitation"))
    assert "Another invitation is on its way." in page.text
    second = await link_for(house, email, but=first)
    assert [await opened(house, first), await opened(house, second)] == [GONE, 200]
    assert (await owner.post(f"staff/{person_id}/invitation")).status_code == 204
    assert ("invitation:send", "done") in {(e.act, e.outcome) for e in await entries(house, resource="person")}


async def test_withdrawn_the_link_is_void_and_the_list_forgets_it(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    person_id, email = await invited(owner)
    link = await link_for(house, email)
    await olivia.get("/people")
    page = await olivia.follow(await olivia.post(f"/staff/{person_id}/invitation/withdraw"))
    assert "The invitation is withdrawn." in page.text
    assert email not in page.text
    assert await opened(house, link) == GONE
    assert await row_of(owner, email) is None
    for again in (owner.post, owner.delete):
        assert (await again(f"staff/{person_id}/invitation")).status_code == 404
    gone = await olivia.post(f"/staff/{person_id}/invitation/withdraw")
    assert (gone.status_code, 'class="summary"' in gone.text) == (404, True)


async def test_a_mail_made_after_the_withdrawal_opens_nothing(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    person_id, email = await invited(owner)
    assert (await owner.delete(f"staff/{person_id}/invitation")).status_code == 204
    link = await link_for(house, email)
    await house.sql("update one_time_token set used_at = null where person_id = $1", person_id)
    assert await opened(house, link) == GONE
    async with house.visitor(ORGANIZATIONS) as reader:
        await reader.get("/sign-in")
        token = link.split("token=", 1)[1]
        answer = await reader.post("/invitation", token=token, password="seven herons over the river")
    assert answer.status_code == GONE
    assert (await house.sql("select status from membership where person_id = $1", person_id))[0]["status"] == "ended"


async def test_the_other_organization_s_invitation_stays(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    there = await member(house, "owner", organizations=("lindenhof",))
    person_id, email = await invited(owner)
    link = await link_for(house, email)
    async with await api_of(house, there) as app:
        for refused in (app.post, app.delete):
            assert (await refused(f"staff/{person_id}/invitation")).status_code == 404
        wanted = {"email": email, "given_name": "Kim", "family_name": "Okoro", "roles": ["support"]}
        assert (await app.post("staff/invitations", json=wanted)).status_code == 201
        await link_for(house, email, but=link)
        assert (await app.delete(f"staff/{person_id}/invitation")).status_code == 204
    assert await opened(house, link) == 200


async def test_whoever_may_not_invite_sees_and_does_neither(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    person_id, email = await invited(owner)
    who = await member(house, "care-coordinator")
    async with await api_of(house, who) as app, at_pages(house, who) as visitor:
        await visitor.get("/people")
        page = (await visitor.look_for("/people", email)).text
        assert (email in page, "/invitation" in page) == (True, False)
        for refused in (app.post, app.delete):
            assert (await refused(f"staff/{person_id}/invitation")).status_code == 403


async def test_nobody_is_invited_to_what_they_hold(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    who = await member(house, "support")
    wanted = {"email": who.email, "given_name": "Robin", "family_name": "Vale", "roles": ["support"]}
    answer = await owner.post("staff/invitations", json=wanted)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"roles"})
