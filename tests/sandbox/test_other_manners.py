"""The sandbox answers as Twilio and SendGrid do: routes, parameters and credentials they refuse. Plain HTTP, no SDK."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fixtures.http import http_client
from tests.fixtures.sandbox import SandboxServer

ACCOUNT = "/2010-04-01/Accounts/AC00000000000000000000000000000000"
MESSAGE = {"To": "+4915112345678", "From": "+15005550006", "Body": "Hello"}
MAIL: dict[str, Any] = {
    "personalizations": [{"to": [{"email": "jane@example.com"}], "custom_args": {"reference": "m-1"}}],
    "from": {"email": "care@fourdoors.example"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "Hello"}],
}


@pytest.fixture
async def client(sandbox: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    await sandbox.reset()
    async with http_client(base_url=sandbox.base_url) as client:
        yield client


@pytest.fixture
def twilio(sandbox: SandboxServer) -> httpx.BasicAuth:
    return httpx.BasicAuth(sandbox.options.twilio_sid, sandbox.options.twilio_token)


@pytest.fixture
def sendgrid(sandbox: SandboxServer) -> dict[str, str]:
    return {"authorization": f"Bearer {sandbox.options.sendgrid_key}"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"MediaUrl": "http://x"}, 20001),
        ({"To": ""}, 21604),
        ({"Body": ""}, 21602),
        ({"From": "x"}, 21212),
        ({"From": "whatsapp:+15005550006"}, 63007),
        ({"To": "whatsapp:jane"}, 21211),
        ({"StatusCallback": "nowhere"}, 21609),
    ],
)
async def test_twilio_refuses_what_it_cannot_send(
    sandbox: SandboxServer, client: httpx.AsyncClient, twilio: httpx.BasicAuth, fields: dict[str, str], code: int
) -> None:
    answer = await client.post(f"{ACCOUNT}/Messages.json", data={**MESSAGE, **fields}, auth=twilio)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await sandbox.seen("totals"))["messages"] == 0


async def test_twilio_reads_the_address_of_what_is_sent_too(
    sandbox: SandboxServer, client: httpx.AsyncClient, twilio: httpx.BasicAuth
) -> None:
    answer = await client.post(f"{ACCOUNT}/Messages.json?Colour=red", data=MESSAGE, auth=twilio)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert (await sandbox.seen("totals"))["messages"] == 0


async def test_twilio_knows_no_other_route(client: httpx.AsyncClient, twilio: httpx.BasicAuth) -> None:
    for path in ("/Calls.json", "/Messages/SMunknown.json"):
        answer = await client.get(ACCOUNT + path, auth=twilio)
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize("address", [f"{ACCOUNT}/Messages.json", f"{ACCOUNT}/Messages/SM1.json"])
async def test_twilio_knows_no_other_verb(client: httpx.AsyncClient, twilio: httpx.BasicAuth, address: str) -> None:
    answer = await client.put(address, data=MESSAGE, auth=twilio)
    assert (answer.status_code, answer.json()["code"]) == (405, 20004)


async def test_twilio_knows_no_other_prefix(client: httpx.AsyncClient, twilio: httpx.BasicAuth) -> None:
    answer = await client.get("/2008-08-01/Accounts", auth=twilio)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    "query",
    ["PageSize=abc", "PageSize=0", "PageSize=\u0661", "Page=-1", "DateSent=tomorrow", "Colour=red", "To=%FF"],
)
async def test_twilio_refuses_a_question_it_cannot_read(
    client: httpx.AsyncClient, twilio: httpx.BasicAuth, query: str
) -> None:
    answer = await client.get(f"{ACCOUNT}/Messages.json?{query}", auth=twilio)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


async def test_twilio_refuses_a_body_that_is_no_text(
    sandbox: SandboxServer, client: httpx.AsyncClient, twilio: httpx.BasicAuth
) -> None:
    answer = await client.post(f"{ACCOUNT}/Messages.json", content=b"To=\xff", auth=twilio)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert (await sandbox.seen("totals"))["messages"] == 0


async def test_twilio_refuses_strangers(sandbox: SandboxServer, client: httpx.AsyncClient) -> None:
    for headers in ({}, {"authorization": "Basic %%%"}, {"authorization": "Basic eDp5"}):
        answer = await client.post(f"{ACCOUNT}/Messages.json", data=MESSAGE, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert (await sandbox.seen("totals"))["messages"] == 0


async def test_a_message_goes_its_way(
    client: httpx.AsyncClient, twilio: httpx.BasicAuth, sandbox: SandboxServer
) -> None:
    made = (await client.post(f"{ACCOUNT}/Messages.json", data=MESSAGE, auth=twilio)).json()
    assert made["status"] == "queued"
    await sandbox.advance(hours=0.01)
    fetched = (await client.get(f"{ACCOUNT}/Messages/{made['sid']}.json", auth=twilio)).json()
    assert fetched["status"] == "delivered"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"subject": ""}, "subject"),
        ({"personalizations": []}, "personalizations"),
        ({"from": {"email": "nobody"}}, "from.email"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, "personalizations.0.to.0.email"),
    ],
)
async def test_sendgrid_refuses_what_it_cannot_send(
    sandbox: SandboxServer, client: httpx.AsyncClient, sendgrid: dict[str, str], change: dict[str, Any], field: str
) -> None:
    answer = await client.post("/v3/mail/send", json={**MAIL, **change}, headers=sendgrid)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert (await sandbox.seen("totals"))["mails"] == 0


async def test_sendgrid_refuses_strangers_and_unknown_routes(
    sandbox: SandboxServer, client: httpx.AsyncClient, sendgrid: dict[str, str]
) -> None:
    assert (await client.post("/v3/mail/send", json=MAIL)).status_code == 401
    assert (await client.get("/v3/templates", headers=sendgrid)).status_code == 404
    query = {"query": "subject LIKE 'x'"}
    assert (await client.get("/v3/messages", params=query, headers=sendgrid)).status_code == 400
    assert (await sandbox.seen("totals"))["mails"] == 0


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v3/messages?nonsense=1", "nonsense"),
        ("/v3/messages?limit=\u00b2", "limit"),
        ("/v3/messages?limit=1001", "limit"),
        ("/v3/user/webhooks/event/settings/signed?x=1", "x"),
    ],
)
async def test_sendgrid_refuses_a_question_it_cannot_read(
    client: httpx.AsyncClient, sendgrid: dict[str, str], path: str, field: str
) -> None:
    answer = await client.get(path, headers=sendgrid)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_sendgrid_knows_no_other_verb_nor_prefix(client: httpx.AsyncClient, sendgrid: dict[str, str]) -> None:
    for method, path, status in (("PUT", "/v3/mail/send", 405), ("POST", "/v3/messages", 405), ("GET", "/v4/x", 404)):
        answer = await client.request(method, path, headers=sendgrid)
        assert (answer.status_code, set(answer.json())) == (status, {"errors"})


async def test_sendgrid_refuses_a_body_that_is_no_text(
    sandbox: SandboxServer, client: httpx.AsyncClient, sendgrid: dict[str, str]
) -> None:
    answer = await client.post("/v3/mail/send?x=1", json=MAIL, headers=sendgrid)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "x")
    answer = await client.post("/v3/mail/send", content=b"\xff", headers=sendgrid)
    assert answer.status_code == 400
    assert (await sandbox.seen("totals"))["mails"] == 0


async def test_sendgrid_shows_its_public_key(
    sandbox: SandboxServer, client: httpx.AsyncClient, sendgrid: dict[str, str]
) -> None:
    answer = await client.get("/v3/user/webhooks/event/settings/signed", headers=sendgrid)
    assert answer.json()["public_key"] == sandbox.sendgrid_public_key
