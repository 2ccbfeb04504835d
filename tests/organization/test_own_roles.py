"""Roles an organization makes for itself: any script, a title while it lives, and an end that is one."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest

from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import RunningHouse, Visitor
from tests.identity.people import Somebody, at_pages, member
from tests.organization.test_signing_out import api_of

END = "A retired role does not come back."


async def made(owner: httpx.AsyncClient, title: str, **more: object) -> dict[str, object]:
    """The role as the list shows it."""
    answer = await owner.post("roles", json={"title": title, "permissions": ["form:read"], **more})
    assert answer.status_code == 201, answer.text
    return await shown(owner, answer.json())


async def shown(owner: httpx.AsyncClient, role_id: str) -> dict[str, object]:
    rows: list[dict[str, object]] = (await owner.get("roles")).json()
    return next(row for row in rows if row["id"] == role_id)


async def given(owner: httpx.AsyncClient, who: Somebody, key: object) -> None:
    body = {"person_id": str(who.person_id), "role": key}
    assert (await owner.put("staff/roles", json=body)).status_code == 204


@pytest.mark.parametrize("title", ["منسقة الرعاية الليلية", "Ärztliche Leitung"])
async def test_a_title_in_any_script_is_shown_as_it_was_given(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor, title: str
) -> None:
    title = f"{title} {uuid4().hex[:6]}"
    role = await made(owner, title)
    assert role["title"] == title
    who = await member(house, "owner", "support")
    await given(owner, who, role["key"])
    async with at_pages(house, who) as visitor:
        await visitor.get("/roles")
        lent = {"to_person_id": str((await member(house, "support")).person_id), "role": str(role["key"])}
        day = f"{house.context.now() + timedelta(days=5):%Y-%m-%d}"
        assert (await visitor.post("/loans", **lent, until=day, reason="Away")).status_code == 303
        own = unescape((await visitor.get("/roles")).text)
        assert f'<option value="{role["key"]}">{title}</option>' in own
        assert f"<strong><bdi>{title}</bdi></strong><div" in own
        assert title in unescape((await visitor.get("/seats")).text)
    for path in ("/people", "/access", "/audit?act=delegation:give"):
        page = unescape((await olivia.get(path)).text)
        assert title in page, path
        assert str(role["key"]).replace("-", " ").capitalize() not in page, path


async def test_whoever_holds_one_list_and_no_more_hears_its_news(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    role = await made(owner, f"Night {uuid4().hex[:6]}")
    who = await member(house, str(role["key"]))
    async with at_pages(house, who) as visitor:
        asked = {"accept": "text/event-stream", "cookie": f"{SESSION_COOKIE}={visitor.cookies[SESSION_COOKIE]}"}
        assert (await visitor.get("/")).status_code == 403
        async with visitor.client.stream("GET", "/events", headers=asked) as news:
            assert news.status_code == 200
            assert await anext(news.aiter_lines()) == "event: hello"


async def test_a_title_is_one_living_role_s(owner: httpx.AsyncClient) -> None:
    title = f"Empfang Süd {uuid4().hex[:6]}"
    first = await made(owner, title)
    for taken in (title, title.upper(), "Care Coordinator"):
        answer = await owner.post("roles", json={"title": taken, "permissions": ["form:read"]})
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"title"}), taken
    assert (await owner.delete(f"roles/{first['id']}")).status_code == 204
    second = await made(owner, title)
    assert second["key"] != first["key"]


async def test_retiring_asks_first_and_says_how_many_hold_it(
    house: RunningHouse, owner: httpx.AsyncClient, olivia: Visitor
) -> None:
    role = await made(owner, f"Front desk {uuid4().hex[:6]}")
    assert f"Nobody holds this role. {END}" in confirming((await olivia.get("/roles")).text, role["id"])
    for _ in range(2):
        await given(owner, await member(house, "support"), role["key"])
    said = confirming((await olivia.get("/roles")).text, role["id"])
    assert f"2 people hold this role and lose at once what it allows. {END}" in said


def confirming(page: str, role_id: object) -> str:
    """What has to be opened before the role's button is there."""
    found = next(each for each in page.split('<details class="confirm">') if f"/roles/{role_id}/retire" in each)
    return re.sub(r"\s+", " ", found.split(f"/roles/{role_id}/retire")[0])


async def test_who_held_a_retired_role_holds_it_no_longer(house: RunningHouse, owner: httpx.AsyncClient) -> None:
    role = await made(owner, f"Front desk {uuid4().hex[:6]}")
    holder, colleague = await member(house, "operations"), await member(house, "support")
    await given(owner, holder, role["key"])
    invited = {"email": f"{uuid4().hex}@staff.example", "given_name": "Kim", "family_name": "Okoro"}
    sent = await owner.post("staff/invitations", json=invited | {"roles": [role["key"]]})
    async with await api_of(house, holder) as app:
        until = (house.context.now() + timedelta(days=5)).isoformat()
        lent = {"to_person_id": str(colleague.person_id), "role": role["key"], "until": until, "reason": "Away"}
        assert (await app.post("loans", json=lent)).status_code == 201
    assert (await owner.delete(f"roles/{role['id']}")).status_code == 204
    assert await held(house, holder.person_id) == {("operations", "active"), (role["key"], "ended")}
    assert await held(house, UUID(sent.json())) == {(role["key"], "ended")}
    assert role["key"] not in {loan["role"] for loan in (await owner.get("loans")).json()}
    assert (await shown(owner, str(role["id"])))["members"] == 0


async def held(house: RunningHouse, person_id: UUID) -> set[tuple[str, str]]:
    rows = await house.sql("select role, status from membership where person_id = $1", person_id)
    return {(row["role"], row["status"]) for row in rows}
