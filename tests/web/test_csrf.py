"""No other site makes anybody's browser do anything: every form of every portal, ten ways to try."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from domain.access.permissions import PORTALS, Portal
from portals.core import csrf
from portals.core.door import SESSION_COOKIE
from portals.core.site import VISITOR_COOKIE
from tests.access.callers import HOSTS, Caller
from tests.access.world import World, command_of
from tests.web.knocking import STRONGEST, ask, fingerprint, specimen, strongest, unsafe

COUNTED: Counter[str] = Counter()
VISITOR = "v" * 32


def attempts(world: World, caller: Caller, sent: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By name: headers and body of a request that carries the victim's cookies."""
    key, host = world.house.context.secret_key, world.house.address(caller.host)
    other = next(each for each in world.callers.values() if each.cookie != caller.cookie)
    cookie = {"cookie": f"{SESSION_COOKIE}={caller.cookie}; {VISITOR_COOKIE}={VISITOR}"}
    good = cookie | {"x-csrf-token": caller.form_token}
    return {
        "no token": {"headers": cookie, "data": sent},
        "a wrong token": {"headers": cookie, "data": {"csrf": "A" * 86} | sent},
        "another session's token": {"headers": cookie | {"x-csrf-token": other.form_token}, "data": sent},
        "the token of before the sign-in": {"headers": cookie, "data": {"csrf": csrf.issue(VISITOR, key)} | sent},
        "cross-site": {"headers": good | {"sec-fetch-site": "cross-site"}, "data": sent},
        "same-site, another brand": {"headers": good | {"sec-fetch-site": "same-site"}, "data": sent},
        "a foreign origin": {"headers": good | {"origin": "https://evil.example"}, "data": sent},
        "an origin that begins alike": {"headers": good | {"origin": f"{host}.evil.example"}, "data": sent},
        "no origin at all": {"headers": good | {"origin": "null"}, "data": sent},
        "a foreign referrer": {"headers": good | {"referer": f"https://evil.example/{host}"}, "data": sent},
        "the token in text/plain": {
            "headers": cookie | {"content-type": "text/plain"},
            "content": f"csrf={caller.form_token}",
        },
        "JSON without the header": {"headers": cookie, "json": {"csrf": caller.form_token} | sent},
    }


@pytest.mark.parametrize("portal", PORTALS)
async def test_every_form_refuses_what_another_site_sends(world: World, portal: Portal) -> None:
    before = await fingerprint(world.house)
    for endpoint in (each for each in unsafe(json=False) if each.portal == portal):
        sent = {name: str(value) for name, value in (specimen(endpoint, world.own.things) or {}).items()}
        for name, options in attempts(world, strongest(world, endpoint), sent).items():
            answer = await ask(world, endpoint, strongest(world, endpoint), **options)
            assert answer.status_code == 403, f"{endpoint} took {name}: {answer.status_code}"
            assert "This form is no longer valid." in answer.text, f"{endpoint}, {name}"
            assert SESSION_COOKIE not in answer.headers.get("set-cookie", ""), f"{endpoint}, {name}"
            COUNTED["pages"] += 1
    assert await fingerprint(world.house) == before


@pytest.mark.parametrize("portal", PORTALS)
async def test_the_same_form_from_its_own_page_is_taken(world: World, portal: Portal) -> None:
    """The walls above stand in nobody's own way."""
    caller = world.callers[portal, STRONGEST[portal]]
    own = {
        "cookie": f"{SESSION_COOKIE}={caller.cookie}",
        "x-csrf-token": caller.form_token,
        "origin": f"http://{HOSTS[portal]}:{world.house.settings.port}",
        "sec-fetch-site": "same-origin",
    }
    endpoint = next(each for each in unsafe(json=False) if each.portal == portal and each.path == "/language")
    answer = await ask(world, endpoint, caller, headers=own, data={"language": "de", "next": "/"})
    assert answer.status_code == 303


@pytest.mark.parametrize("portal", PORTALS)
async def test_whoever_is_signed_out_is_told_so_and_nothing_is_done(world: World, portal: Portal) -> None:
    """Not where nobody needs to be signed in: what is wrong there is the form."""
    before = await fingerprint(world.house)
    for endpoint in (each for each in unsafe(json=False) if each.portal == portal):
        caller = strongest(world, endpoint)
        sent = {"csrf": caller.form_token} | (specimen(endpoint, world.own.things) or {})
        answer = await ask(
            world, endpoint, caller, headers={"cookie": ""}, data={name: str(sent[name]) for name in sent}
        )
        said = "You are signed out." in answer.text
        assert (answer.status_code, said) in ((401, True), (403, False)), f"{endpoint}: {answer.status_code}"
        assert said or not endpoint.permissions, f"{endpoint} asks who one is"
        assert ("/sign-in?next=" in answer.text) == said, str(endpoint)
    assert await fingerprint(world.house) == before


@pytest.mark.parametrize("portal", PORTALS)
async def test_json_doors_know_no_cookies_and_no_other_types(world: World, portal: Portal) -> None:
    before = await fingerprint(world.house)
    caller = world.callers[portal, STRONGEST[portal]]
    for endpoint in (each for each in unsafe(json=True) if each.portal == portal):
        sent = specimen(endpoint, world.own.things) or {}
        with_cookie = {"cookie": f"{SESSION_COOKIE}={caller.cookie}", "x-csrf-token": caller.form_token}
        if endpoint.open_because != "signing in, before anybody is known, and showing once more who one is":
            answer = await ask(world, endpoint, caller, headers=with_cookie, json=sent)
            assert answer.status_code == 401, f"{endpoint} believed a cookie"
            COUNTED["json"] += 1
        command, _ = command_of(endpoint)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            if command is None:
                continue
            headers = {"authorization": f"Bearer {caller.bearer}", "content-type": kind}
            answer = await ask(world, endpoint, caller, headers=headers, content=b'{"key": "specimen-key"}')
            assert answer.status_code in (415, 422), f"{endpoint} took {kind!r}: {answer.status_code}"
            COUNTED["json"] += 1
    assert await fingerprint(world.house) == before


def test_how_many_forgeries(record_property: Callable[[str, object], None]) -> None:
    said = f"{COUNTED['pages']} forged forms, {COUNTED['json']} forged JSON requests"
    record_property("csrf", said)
    assert COUNTED["pages"] >= 1_000, said
    assert COUNTED["json"] >= 100, said
