"""What every answer of a portal carries, and how it says no."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request

from portals.core.csrf import issue, owner, verify
from portals.core.site import FLASH_COOKIE, LANGUAGE_COOKIE, VISITOR_COOKIE
from portals.core.way_back import same_site, way_back
from tests.fixtures.http import http_client

KEY = b"k" * 32


@pytest.fixture
async def client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(base_url=f"http://127.0.0.1:{port}", headers={"host": "aurora.localhost"}) as made:
        yield made


async def test_a_page_may_do_nothing_it_did_not_ask_for(client: httpx.AsyncClient) -> None:
    answer = await client.get("/styleguide")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" in policy
    assert "form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=(), microphone=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers


async def test_only_the_room_may_use_camera_and_microphone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/styleguide/room")
    assert "camera=(self), microphone=(self)" in answer.headers["permissions-policy"]


async def test_nonces_and_tokens_are_new_in_every_answer(client: httpx.AsyncClient) -> None:
    first, second = await client.get("/styleguide"), await client.get("/styleguide")
    assert first.headers["content-security-policy"] != second.headers["content-security-policy"]
    assert issue("s", KEY) != issue("s", KEY)


def test_a_token_belongs_to_one_session() -> None:
    token = issue("mine", KEY)
    assert verify(token, "mine", KEY)
    assert not verify(token, "yours", KEY)
    assert not verify(token, "mine", b"x" * 32)
    assert not any(verify(forged, "mine", KEY) for forged in ("", "é", token[:-4], "A" * 86))


@pytest.mark.parametrize("data", [{}, {"csrf": ""}, {"csrf": "A" * 86}])
async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient, data: dict[str, str]) -> None:
    answer = await client.post("/language", data={"language": "de", **data})
    assert answer.status_code == 403
    assert "This form is no longer valid." in answer.text
    assert LANGUAGE_COOKIE not in answer.headers.get("set-cookie", "")


async def test_a_browser_that_keeps_no_cookies_is_told_so(client: httpx.AsyncClient) -> None:
    sent = {"language": "de", "csrf": issue(owner("v" * 32, ""), KEY)}
    answer = await client.post("/language?visitor", data=sent)
    assert answer.status_code == 403
    assert "Your browser keeps no cookies of this site." in answer.text
    assert LANGUAGE_COOKIE not in answer.headers.get("set-cookie", "")


async def test_a_token_from_another_site_is_refused(client: httpx.AsyncClient) -> None:
    visitor = "v" * 32
    sent = {"language": "de", "csrf": issue(owner(visitor, ""), KEY), "next": "/styleguide"}
    cookie = {"cookie": f"{VISITOR_COOKIE}={visitor}"}
    taken = await client.post("/language?visitor", data=sent, headers=cookie)
    assert taken.status_code == 303
    foreign = await client.post("/language?visitor", data=sent, headers={**cookie, "sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


async def test_the_chosen_language_wins_over_the_browser(client: httpx.AsyncClient) -> None:
    wanted = {"accept-language": "de-AT,de;q=0.9"}
    assert 'lang="de"' in (await client.get("/styleguide", headers=wanted)).text
    chosen = {**wanted, "cookie": f"{LANGUAGE_COOKIE}=ar"}
    assert 'lang="ar" dir="rtl"' in (await client.get("/styleguide", headers=chosen)).text


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/nowhere", 404, "There is nothing here."),
        ("PUT", "/language", 405, "This address does not do that."),
        ("GET", "/styleguide?theme=<script>", 422, "Some answers need another look."),
    ],
)
async def test_every_no_says_what_to_do_next(
    client: httpx.AsyncClient, method: str, path: str, status: int, text: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, text in answer.text, "Go to the start page" in answer.text) == (status, True, True)
    as_json = await client.request(method, path, headers={"accept": "application/json"})
    assert (as_json.status_code, as_json.json()["title"]) == (status, text)


async def test_a_bug_is_no_stack_trace(client: httpx.AsyncClient) -> None:
    answer = await client.get("/styleguide/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "Traceback" not in answer.text
    assert "planted" not in answer.text


async def test_who_must_sign_in_comes_back_to_where_he_was(client: httpx.AsyncClient) -> None:
    answer = await client.get("/styleguide/private?of=me&week=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/styleguide/private?of=me%26week=2")
    as_json = await client.get("/styleguide/private", headers={"accept": "application/json"})
    assert as_json.status_code == 401


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "/\tevil", "", "evil", None]
)
def test_next_stays_on_this_site(path: str | None) -> None:
    assert same_site(path) == "/"
    assert same_site("/appointments?day=1") == "/appointments?day=1"


async def test_a_flash_is_said_once(client: httpx.AsyncClient) -> None:
    done = await client.get("/styleguide/done")
    cookie = done.headers["set-cookie"].split(";")[0]
    assert cookie.startswith(FLASH_COOKIE)
    shown = await client.get("/styleguide", headers={"cookie": cookie})
    assert "It is done &lt;b&gt;" in shown.text
    assert f'{FLASH_COOKIE}=""' in shown.headers["set-cookie"]
    forged = await client.get("/styleguide", headers={"cookie": f"{FLASH_COOKIE}=nonsense"})
    assert forged.status_code == 200


@pytest.mark.parametrize(
    ("method", "referer", "back"),
    [
        ("GET", "", "/payments/7/settlement?x=1"),
        ("POST", "http://aurora.localhost/payments/7", "/payments/7"),
        ("POST", "http://aurora.localhost/times?type=intake&week=2#f", "/times?type=intake&week=2"),
        ("POST", "http://aurora.localhost//elsewhere.example/?x", "/"),
        ("POST", "http://elsewhere.example/payments/7", "/"),
        ("POST", "", "/"),
    ],
)
def test_who_chooses_a_language_over_a_refused_form_comes_back_to_the_form(
    method: str, referer: str, back: str
) -> None:
    """What the form was sent to may not be an address that can be opened."""
    headers = [(b"host", b"aurora.localhost"), (b"referer", referer.encode())]
    scope = {"type": "http", "method": method, "path": "/payments/7/settlement", "query_string": b"x=1"}
    assert (
        way_back(Request({**scope, "headers": headers, "server": ("aurora.localhost", 80), "scheme": "http"})) == back
    )
