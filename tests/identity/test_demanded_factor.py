"""Where a second factor is demanded, powerful roles reach nothing but adding one; a demo only reminds them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select
from sqlmodel import SQLModel, col

import composition
from domain.actors import House
from domain.refusals import SecondFactorNeeded
from handbook.endpoints import Endpoint, endpoints
from models import CustomRole, Delegation, Membership, Organization
from portals.core import csrf
from portals.core.door import SESSION_COOKIE
from tests.audit.reading import acts
from tests.fixtures.house import RunningHouse, free_port, serving
from tests.fixtures.http import http_client
from tests.identity.people import (
    LINDENHOF,
    NORTHLIGHT,
    Somebody,
    at_pages,
    code_at,
    member,
    opened,
    patient,
    with_app,
)
from usecases.identity.sessions import identify, recognize

TYPE = SecondFactorNeeded.__name__
REFUSED = ("second-factor:ask", f"refused:{TYPE}")


@pytest_asyncio.fixture(scope="module")
async def strict(house: RunningHouse) -> AsyncIterator[RunningHouse]:
    """A second web process of the same house, which demands, and believes a Temporal UI."""
    update = {"port": free_port(), "second_factor": "demanded", "temporal_ui_url": "http://organizations.localhost:1"}
    settings = house.settings.model_copy(update=update)
    async with serving(settings):
        yield replace(house, settings=settings, context=replace(house.context, factor_demanded=True))


@asynccontextmanager
async def knocking(strict: RunningHouse, who: Somebody, kind: str) -> AsyncIterator[httpx.AsyncClient]:
    """At pages with the session cookie and a form's token; at the JSON door with a bearer token."""
    token = (await opened(strict, who, kind)).token
    headers = {"host": f"{who.host}:{strict.settings.port}"}
    if kind == "cookie":
        holder = await recognize(strict.context, who.door, token)
        headers["cookie"] = f"{SESSION_COOKIE}={token}"
        headers["x-csrf-token"] = csrf.issue(
            csrf.owner(str(holder.session_id), str(holder.seat_id)), strict.context.secret_key
        )
    else:
        headers["authorization"] = f"Bearer {token}"
    async with http_client(base_url=f"http://127.0.0.1:{strict.settings.port}", headers=headers) as client:
        yield client


def somewhere(endpoint: Endpoint) -> str:
    return re.sub(r"\{\w+\}", str(uuid4()), endpoint.path)


async def rows(house: RunningHouse, table: type[SQLModel]) -> int:
    async with house.database.transaction(House()) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_every_door_stays_shut_until_there_is_a_factor(strict: RunningHouse) -> None:
    owner = await member(strict, "owner")
    shut = [each for each in endpoints() if each.portal == "organization" and not each.open_because]
    async with knocking(strict, owner, "bearer") as at_json, knocking(strict, owner, "cookie") as at_pages_:
        for endpoint in shut:
            client = at_json if endpoint.is_json else at_pages_
            answer = await client.request(endpoint.method, somewhere(endpoint))
            if endpoint.is_json:
                assert (answer.status_code, answer.json()["type"]) == (403, TYPE), endpoint
                assert "Security page" in answer.json()["detail"]
            else:
                assert (answer.status_code, answer.headers.get("location")) == (303, "/security"), endpoint
        script = await at_pages_.get("/", headers={"accept": "application/json"})
        assert (script.status_code, "Security page" in script.json()["next_action"]) == (403, True)
    assert len(shut) > 70


async def test_nothing_happens_behind_a_shut_door(strict: RunningHouse) -> None:
    owner, before = await member(strict, "owner"), await rows(strict, CustomRole)
    wanted = {"title": f"Night {uuid4().hex[:6]}", "permissions": ["overview:read"]}
    async with knocking(strict, owner, "bearer") as client:
        assert (await client.post("/api/roles", json=wanted)).status_code == 403
        assert await rows(strict, CustomRole) == before
        assert await acts(strict, owner.person_id) == [("sign-in", "done"), REFUSED]
        await with_app(strict, owner)
        assert (await client.post("/api/roles", json=wanted)).is_success
        assert await rows(strict, CustomRole) == before + 1


async def test_the_same_sign_in_goes_on_once_there_is_a_factor(strict: RunningHouse) -> None:
    owner = await member(strict, "owner")
    async with at_pages(strict, owner) as visitor:
        page = await visitor.follow(await visitor.get("/tasks"))
        assert "Until then no other page opens." in page.text
        assert 'href="/tasks"' not in page.text
        offered = await visitor.get("/security/app")
        sealed = re.search(r'name="sealed" value="([^"]+)"', offered.text)
        secret = re.search(r'class="secret">([A-Z2-7]+)<', offered.text)
        assert sealed
        assert secret
        code = code_at(secret[1], strict.context.now())
        assert (await visitor.post("/security/app", sealed=sealed[1], code=code)).status_code == 200
        tasks = await visitor.get("/tasks")
        assert (tasks.status_code, 'href="/journeys"' in tasks.text) == (200, True)


async def test_the_codec_of_the_engine_is_a_door_as_well(strict: RunningHouse) -> None:
    owner, ui = await member(strict, "owner"), {"origin": strict.settings.temporal_ui_url or ""}
    async with knocking(strict, owner, "bearer") as app, knocking(strict, owner, "cookie") as browser:
        for client in (app, browser):
            answer = await client.post("/codec/decode", json={"payloads": []}, headers=ui)
            assert (answer.status_code, answer.json()["type"]) == (403, TYPE)
        await with_app(strict, owner)
        for client in (app, browser):
            assert (await client.post("/codec/decode", json={"payloads": []}, headers=ui)).status_code == 200


async def test_another_seat_may_need_none_and_leaving_is_always_open(strict: RunningHouse) -> None:
    who = await member(strict, "owner")
    async with strict.database.transaction(House()) as session:
        found = select(col(Organization.id)).where(col(Organization.key) == LINDENHOF)
        plain = (await session.scalars(found)).one()
        session.add(Membership(organization_id=plain, person_id=who.person_id, role="support"))
        home = select(col(Membership.organization_id)).where(col(Membership.person_id) == who.person_id)
        powerful = next(each for each in await session.scalars(home) if each != plain)
    async with at_pages(strict, who) as visitor, knocking(strict, who, "bearer") as client:
        await visitor.get("/seats")
        assert (await visitor.post("/seats", seat_id=str(powerful))).status_code == 303
        assert (await visitor.get("/")).headers["location"] == "/security"
        assert (await visitor.post("/seats", seat_id=str(plain))).status_code == 303
        assert (await visitor.get("/")).status_code == 200
        assert (await client.put("/api/seat", json={"seat_id": str(powerful)})).status_code == 204
        assert (await client.get("/api/overview")).status_code == 403
        assert (await client.put("/api/seat", json={"seat_id": str(plain)})).status_code == 204
        assert (await client.get("/api/overview")).status_code == 200
        assert (await visitor.post("/sign-out")).headers["location"] == "/sign-in"


@pytest.mark.parametrize("role", ["owner", "compliance", "finance", "clinical-lead"])
async def test_powerful_roles_are_kept_out(strict: RunningHouse, role: str) -> None:
    who = await member(strict, "support", role)
    signed_in = await opened(strict, who)
    assert not signed_in.asked_to_enrol
    with pytest.raises(SecondFactorNeeded):
        await identify(strict.context, who.door, signed_in.token)
    assert (await recognize(strict.context, who.door, signed_in.token)).factor_due
    await with_app(strict, who)
    assert not (await identify(strict.context, who.door, signed_in.token)).factor_due


async def test_other_roles_and_patients_are_not(strict: RunningHouse) -> None:
    for who in (await member(strict, "operations", "care-coordinator", "support", "marketing"), await patient(strict)):
        assert await identify(strict.context, who.door, (await opened(strict, who)).token)


async def test_a_role_of_their_own_counts_when_a_second_person_had_to_agree(strict: RunningHouse) -> None:
    harmless, mighty = f"own-{uuid4().hex[:6]}", f"own-{uuid4().hex[:6]}"
    async with strict.database.transaction(House()) as session:
        found = select(col(Organization.id)).where(col(Organization.key) == NORTHLIGHT)
        organization_id = (await session.scalars(found)).one()
        for key, held in ((harmless, "overview:read"), (mighty, "audit:read")):
            made_by = (await member(strict, "owner")).person_id
            row = CustomRole(organization_id=organization_id, key=key, title=key, made_by=made_by)
            row.permissions, row.status = [held], "active"
            session.add(row)
    plain, powerful = await member(strict, harmless), await member(strict, mighty)
    assert await identify(strict.context, plain.door, (await opened(strict, plain)).token)
    with pytest.raises(SecondFactorNeeded):
        await identify(strict.context, powerful.door, (await opened(strict, powerful)).token)


async def test_a_lent_role_counts_while_it_is_lent(strict: RunningHouse) -> None:
    lender, helper = await member(strict, "owner"), await member(strict, "support")
    now = strict.context.now()
    async with strict.database.transaction(House()) as session:
        found = select(col(Membership.organization_id)).where(col(Membership.person_id) == helper.person_id)
        loan = Delegation(
            organization_id=(await session.scalars(found)).one(),
            from_person_id=lender.person_id,
            to_person_id=helper.person_id,
            role="owner",
            reason="Holidays",
            starts_at=now - timedelta(hours=1),
            until=now + timedelta(hours=1),
        )
        session.add(loan)
    token = (await opened(strict, helper)).token
    with pytest.raises(SecondFactorNeeded):
        await identify(strict.context, helper.door, token)
    after = replace(strict.context, now=lambda: now + timedelta(hours=1, minutes=5))
    assert await identify(after, helper.door, (await opened(strict, helper, context=after)).token)


async def test_a_demo_reminds_and_production_demands_unless_told(house: RunningHouse) -> None:
    owner = await member(house, "owner")
    signed_in = await opened(house, owner)
    assert signed_in.asked_to_enrol
    assert await identify(house.context, owner.door, signed_in.token)
    production = house.settings.model_copy(update={"environment": "production"})
    assert not composition.factor_demanded(house.settings)
    assert composition.factor_demanded(production)
    for told in ("asked", "demanded"):
        for settings in (house.settings, production):
            decided = settings.model_copy(update={"second_factor": told})
            assert composition.factor_demanded(decided) == (told == "demanded")
