"""Whoever manages staff signs a colleague out everywhere, freshly confirmed, and nobody of another organization."""

from uuid import uuid4

import httpx
import pytest

from domain.refusals import NotAllowed, NotFound, StepUpNeeded
from models import SignInSession
from portals.core.door import SESSION_COOKIE
from tests.audit.reading import acts
from tests.fixtures.house import RunningHouse
from tests.fixtures.http import http_client
from tests.identity.people import LINDENHOF, Somebody, at_pages, count, long_ago, member, opened

REVOKED = ("session:revoke-all", "done")


async def api_of(house: RunningHouse, who: Somebody) -> httpx.AsyncClient:
    token = (await opened(house, who, "bearer")).token
    headers = {"host": f"{who.host}:{house.settings.port}", "authorization": f"Bearer {token}"}
    return http_client(base_url=f"http://127.0.0.1:{house.settings.port}/api/", headers=headers)


async def test_a_colleague_is_signed_out_everywhere_on_the_page(house: RunningHouse) -> None:
    owner, colleague = await member(house, "owner"), await member(house, "care-coordinator")
    elsewhere = await opened(house, colleague)
    async with at_pages(house, owner) as visitor, await api_of(house, colleague) as app:
        assert (await app.get("tasks")).status_code == 200
        await visitor.get("/people")
        page, own = [await visitor.look_for("/people", who.email) for who in (colleague, owner)]
        assert f'action="/staff/{colleague.person_id}/sign-out"' in page.text
        assert owner.email in own.text
        assert '/sign-out"' not in own.text.split('id="staff"')[1].replace('action="/sign-out"', "")
        done = await visitor.post(f"/staff/{colleague.person_id}/sign-out")
        assert (done.status_code, done.headers["location"]) == (303, "/people")
        assert (await app.get("tasks")).status_code == 401
        assert (await visitor.get("/people")).status_code == 200
    async with house.visitor(colleague.host) as visitor:
        visitor.cookies[SESSION_COOKIE] = elsewhere.token
        assert (await visitor.get("/")).headers["location"].startswith("/sign-in")
    assert await count(house, SignInSession, colleague) == 0
    assert REVOKED in await acts(house, owner.person_id)


async def test_the_json_door_does_the_same(house: RunningHouse) -> None:
    owner, colleague = await member(house, "owner"), await member(house, "support")
    await opened(house, colleague)
    async with await api_of(house, owner) as app:
        assert (await app.delete(f"staff/{colleague.person_id}/sign-ins")).status_code == 204
    assert await count(house, SignInSession, colleague) == 0
    assert await count(house, SignInSession, owner) == 1


@pytest.mark.parametrize("case", ["other organization", "nobody", "no permission", "not fresh"])
async def test_who_may_not_ends_nothing(house: RunningHouse, case: str) -> None:
    who = await member(house, "care-coordinator" if case == "no permission" else "owner")
    colleague = await member(
        house, "support", organizations=(LINDENHOF,) if case == "other organization" else ("northlight",)
    )
    await opened(house, colleague)
    async with await api_of(house, who) as app, at_pages(house, who) as visitor:
        if case == "not fresh":
            await long_ago(house, who)
        target = uuid4() if case == "nobody" else colleague.person_id
        refused = await app.delete(f"staff/{target}/sign-ins")
        await visitor.get("/")
        on_page = await visitor.post(f"/staff/{target}/sign-out")
    expected = {"no permission": NotAllowed, "not fresh": StepUpNeeded}.get(case, NotFound)
    assert refused.json()["type"] == expected.__name__
    assert on_page.status_code in (303, 403, 404)
    assert on_page.headers.get("location") != "/people"
    assert await count(house, SignInSession, colleague) == 1
    assert REVOKED not in await acts(house, who.person_id)
