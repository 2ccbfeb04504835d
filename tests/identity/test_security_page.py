"""The Security page without scripts: factors, open sign-ins, the password."""

import re

from models import AuthenticatorApp, SignInSession
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import RunningHouse
from tests.identity.people import OTHER, at_pages, at_sign_in, code_at, count, member, opened, patient
from tests.patient.people import hidden


async def test_an_app_is_set_up_on_the_page_without_scripts(house: RunningHouse) -> None:
    who = await patient(house)
    async with at_pages(house, who) as visitor:
        assert "Set up an app" in (await visitor.get("/security")).text
        page = await visitor.get("/security/app")
        found = re.search(r'class="secret">([A-Z2-7]{32})<', page.text)
        assert found
        assert "<svg" in page.text.split('class="qr"')[1][:400]
        sealed = hidden(page, "sealed")
        wrong = await visitor.post("/security/app", sealed=sealed, code="12")
        assert (wrong.status_code, found[1] in wrong.text) == (422, True)
        forged = await visitor.post("/security/app", sealed="x" * 80, code="123456")
        assert forged.status_code == 403
        assert await count(house, AuthenticatorApp, who) == 0
        await visitor.get("/security/app")
        done = await visitor.post("/security/app", sealed=sealed, code=code_at(found[1], house.context.now()))
        codes = re.findall(r"<code>([A-Z2-7-]{29})</code>", done.text)
        assert (done.status_code, len(set(codes))) == (200, 10)
        assert not set(codes) & set(re.findall(r"[A-Z2-7-]{29}", (await visitor.get("/security")).text))


async def test_the_password_is_changed_on_the_page(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    async with at_pages(house, who) as visitor:
        await opened(house, who)
        await visitor.get("/security")
        for bad, why in (("short", "too short"), ("password1234", "easy to guess"), ("robin goes home", "Leave out")):
            refused = await visitor.post("/security/password", password=bad)
            assert (refused.status_code, why in refused.text) == (422, True), bad
        assert await count(house, SignInSession, who) == 2
        assert (await visitor.post("/security/password", password=OTHER)).status_code == 303
        assert await count(house, SignInSession, who) == 1
    async with house.visitor(who.host) as visitor:
        assert (await at_sign_in(visitor, who)).status_code == 401
        assert (await at_sign_in(visitor, who, OTHER)).status_code == 303


async def test_open_sign_ins_end_on_the_page(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    other = await opened(house, who)
    async with at_pages(house, who) as visitor:
        page = await visitor.get("/security")
        assert page.text.count("Firefox on Linux") >= 2
        assert page.text.count("this device") == 1
        (path,) = re.findall(r'action="(/security/sign-ins/[^"]+)"', page.text)
        await visitor.post(path)
        async with house.visitor(who.host) as elsewhere:
            elsewhere.cookies[SESSION_COOKIE] = other.token
            assert (await elsewhere.get("/security")).status_code == 303
        assert (await visitor.get("/security")).status_code == 200
        gone = await visitor.post("/security/sign-out-everywhere")
        assert (gone.headers["location"], SESSION_COOKIE in visitor.cookies) == ("/sign-in", False)
    assert await count(house, SignInSession, who) == 0
