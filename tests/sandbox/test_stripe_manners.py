"""The sandbox answers as Stripe does: shapes of refusals, idempotency keys, lists, events. Plain HTTP, no SDK."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fixtures.http import http_client
from tests.fixtures.sandbox import SandboxServer

PAYMENT = {"amount": "12000", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}


@pytest.fixture
async def stripe(sandbox: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    await sandbox.reset()
    key = {"authorization": f"Bearer {sandbox.options.stripe_key}"}
    async with http_client(base_url=f"{sandbox.base_url}/v1", headers=key) as client:
        yield client


async def pay(stripe: httpx.AsyncClient, key: str, **fields: str) -> httpx.Response:
    return await stripe.post("/payment_intents", data={**PAYMENT, **fields}, headers={"idempotency-key": key})


def error(answer: httpx.Response) -> Any:
    return answer.json()["error"]


async def test_a_first_result_is_replayed(stripe: httpx.AsyncClient) -> None:
    first, second = await pay(stripe, "k"), await pay(stripe, "k")
    assert first.json() == second.json()
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


async def test_a_decline_is_replayed_too(stripe: httpx.AsyncClient) -> None:
    first = await pay(stripe, "k", payment_method="pm_card_chargeDeclined")
    second = await pay(stripe, "k", payment_method="pm_card_chargeDeclined")
    assert (first.status_code, second.status_code) == (402, 402)
    assert error(first) == error(second)
    assert (error(first)["code"], error(first)["decline_code"]) == ("card_declined", "generic_decline")


async def test_another_body_under_one_key_is_refused(sandbox: SandboxServer, stripe: httpx.AsyncClient) -> None:
    await pay(stripe, "k")
    answer = await pay(stripe, "k", amount="1000")
    assert (answer.status_code, error(answer)["type"]) == (400, "idempotency_error")
    assert (await sandbox.seen("totals"))["charges"]["amounts"] == {"USD": 12000}


async def test_a_key_in_use_is_a_conflict(sandbox: SandboxServer, stripe: httpx.AsyncClient) -> None:
    await sandbox.fault("stripe", "slow_after", seconds=0.5)
    first = asyncio.create_task(pay(stripe, "k"))
    await asyncio.sleep(0.2)
    second = await pay(stripe, "k")
    assert (second.status_code, error(second)["code"]) == (409, "idempotency_key_in_use")
    assert (await first).status_code == 200
    assert (await pay(stripe, "k")).json() == (await first).json()
    assert (await sandbox.seen("totals"))["charges"]["count"] == 1


async def test_a_stored_500_is_replayed(sandbox: SandboxServer, stripe: httpx.AsyncClient) -> None:
    await sandbox.fault("stripe", "error_after")
    assert [(await pay(stripe, "k")).status_code for _ in range(3)] == [500, 500, 500]
    assert (await sandbox.seen("totals"))["charges"]["count"] == 1


async def test_keys_are_forgotten_after_a_day(sandbox: SandboxServer, stripe: httpx.AsyncClient) -> None:
    first = await pay(stripe, "k")
    await sandbox.advance(hours=23.9)
    assert (await pay(stripe, "k")).json() == first.json()
    await sandbox.advance(hours=0.2)
    assert (await pay(stripe, "k")).json()["id"] != first.json()["id"]


async def test_what_was_refused_before_it_ran_leaves_the_key_free(stripe: httpx.AsyncClient) -> None:
    assert (await pay(stripe, "k", amount="much")).status_code == 400
    assert (await pay(stripe, "k")).status_code == 200


REFUSALS = [
    ({"payment_method_types[0]": "card"}, "parameter_unknown", "payment_method_types"),
    ({"metadata": "x"}, None, "metadata"),
    ({"amount": "ten"}, "parameter_invalid_integer", "amount"),
    ({"amount": "49"}, "amount_too_small", "amount"),
    ({"amount": "100000000"}, "amount_too_large", "amount"),
    ({"currency": "xxx"}, None, "currency"),
    ({"customer": "cus_nobody"}, "resource_missing", "customer"),
    ({"setup_future_usage": "banana"}, None, "setup_future_usage"),
    ({"allowed_payment_method_types[0]": "banana"}, None, "allowed_payment_method_types[0]"),
    ({"metadata": "x", "metadata[a]": "1"}, None, "metadata"),
    ({"metadata[a]": "1", "metadata": "x"}, None, "metadata"),
    ({"payment_method": "pm_nothing"}, "resource_missing", "payment_method"),
]


@pytest.mark.parametrize(("fields", "code", "param"), REFUSALS)
async def test_a_wrong_parameter_is_named_and_changes_nothing(
    sandbox: SandboxServer, stripe: httpx.AsyncClient, fields: dict[str, str], code: str | None, param: str
) -> None:
    answer = await stripe.post("/payment_intents", data={**PAYMENT, **fields})
    assert answer.status_code in (400, 404)
    assert error(answer)["type"] == "invalid_request_error"
    assert (error(answer).get("code"), error(answer)["param"]) == (code, param)
    assert (await stripe.get("/payment_intents")).json()["data"] == []


@pytest.mark.parametrize("path", ["/payment_intents", "/customers", "/payment_methods/pm_card_visa/detach"])
async def test_a_wrong_parameter_is_found_in_the_address_too(
    sandbox: SandboxServer, stripe: httpx.AsyncClient, path: str
) -> None:
    answer = await stripe.post(path, params={"colour": "red"}, data=PAYMENT if path == "/payment_intents" else {})
    assert (answer.status_code, error(answer)["code"], error(answer)["param"]) == (400, "parameter_unknown", "colour")
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


async def test_a_missing_parameter_is_named(stripe: httpx.AsyncClient) -> None:
    answer = await stripe.post("/payment_intents", data={"currency": "usd"})
    assert (error(answer)["code"], error(answer)["param"]) == ("parameter_missing", "amount")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/invoices"),
        ("POST", "/events"),
        ("DELETE", "/customers/cus_1"),
        ("GET", "/"),
        ("PUT", "/customers"),
        ("PATCH", "/payment_intents/pi_1"),
        ("OPTIONS", "/events"),
    ],
)
async def test_an_unknown_route_is_refused(stripe: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await stripe.request(method, path)
    assert answer.status_code == 404
    assert error(answer)["message"].startswith("Unrecognized request URL")


@pytest.mark.parametrize("address", ["/v2/core/accounts", "/v1", "/nonsense"])
async def test_an_unknown_prefix_is_refused(sandbox: SandboxServer, stripe: httpx.AsyncClient, address: str) -> None:
    answer = await stripe.get(f"{sandbox.base_url}{address}")
    assert answer.status_code == 404
    assert error(answer)["message"].startswith("Unrecognized request URL")


@pytest.mark.parametrize("body", [b"amount=\xff", b"amount=%FF", b"=1", b"[]=1", b"a" + b"[b]" * 3000 + b"=1"])
async def test_a_body_that_is_no_form_is_refused(
    sandbox: SandboxServer, stripe: httpx.AsyncClient, body: bytes
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await stripe.post("/payment_intents", content=body, headers=form)
    assert (answer.status_code, error(answer)["type"]) == (400, "invalid_request_error")
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


@pytest.mark.parametrize(
    ("path", "fields", "param"),
    [
        ("/setup_intents", {"usage": "banana"}, "usage"),
        ("/setup_intents", {"allowed_payment_method_types[0]": "banana"}, "allowed_payment_method_types[0]"),
        ("/refunds", {"payment_intent": "pi_1", "reason": "banana"}, "reason"),
        ("/payment_intents/pi_1/cancel", {"cancellation_reason": "banana"}, "cancellation_reason"),
        ("/payment_intents/pi_1/confirm", {"setup_future_usage": "banana"}, "setup_future_usage"),
        (
            "/checkout/sessions",
            {"mode": "payment", "success_url": "https://x", "payment_intent_data[setup_future_usage]": "banana"},
            "payment_intent_data[setup_future_usage]",
        ),
        ("/checkout/sessions", {"mode": "banana", "success_url": "https://x"}, "mode"),
    ],
)
async def test_a_word_that_is_none_of_the_known_is_refused(
    stripe: httpx.AsyncClient, path: str, fields: dict[str, str], param: str
) -> None:
    answer = await stripe.post(path, data=fields)
    assert (answer.status_code, error(answer)["param"]) == (400, param)


@pytest.mark.parametrize(
    "credentials", ["", "Bearer x", "Bearer sk_test_other", "Basic %%%", "Basic a", "Basic /w==", "Basic c2s6"]
)
async def test_strangers_are_refused(stripe: httpx.AsyncClient, credentials: str) -> None:
    answer = await stripe.post("/payment_intents", data=PAYMENT, headers={"authorization": credentials})
    assert answer.status_code == 401
    assert (await stripe.get("/payment_intents")).json()["data"] == []


async def test_lists_are_paged_newest_first(stripe: httpx.AsyncClient) -> None:
    made = [(await pay(stripe, f"k{number}")).json()["id"] for number in range(5)]
    first = (await stripe.get("/payment_intents", params={"limit": 2})).json()
    assert [one["id"] for one in first["data"]] == [made[4], made[3]]
    assert first["has_more"] is True
    rest = (await stripe.get("/payment_intents", params={"starting_after": made[3]})).json()
    assert [one["id"] for one in rest["data"]] == [made[2], made[1], made[0]]
    assert rest["has_more"] is False
    back = (await stripe.get("/payment_intents", params={"ending_before": made[0], "limit": 2})).json()
    assert [one["id"] for one in back["data"]] == [made[2], made[1]]


async def test_events_tell_what_happened(stripe: httpx.AsyncClient) -> None:
    paid = (await pay(stripe, "k", **{"metadata[intent_key]": "line-1"})).json()
    listed = (await stripe.get("/events", params={"type": "payment_intent.succeeded"})).json()["data"]
    assert [one["data"]["object"]["id"] for one in listed] == [paid["id"]]
    event = (await stripe.get(f"/events/{listed[0]['id']}")).json()
    assert event["data"]["object"]["metadata"] == {"intent_key": "line-1"}


async def test_nothing_inside_is_shown(stripe: httpx.AsyncClient) -> None:
    paid = (await pay(stripe, "k", payment_method="pm_card_threeDSecure2Required")).json()
    assert not [name for name in paid if name.startswith("_")]


async def test_a_card_is_attached_listed_and_detached_once(stripe: httpx.AsyncClient) -> None:
    customer = (await stripe.post("/customers", data={"metadata[reference]": "r"})).json()["id"]
    card = (await stripe.post("/payment_methods/pm_card_visa/attach", data={"customer": customer})).json()["id"]
    listed = (await stripe.get("/payment_methods", params={"customer": customer, "type": "card"})).json()["data"]
    assert [one["id"] for one in listed] == [card]
    assert [(await stripe.post(f"/payment_methods/{card}/detach")).status_code for _ in range(2)] == [200, 400]
    refused = await stripe.post("/payment_methods/pm_card_chargeDeclined/attach", data={"customer": customer})
    assert refused.status_code == 402


async def test_a_setup_saves_a_card_without_charging(sandbox: SandboxServer, stripe: httpx.AsyncClient) -> None:
    customer = (await stripe.post("/customers")).json()["id"]
    made = (await stripe.post("/setup_intents", data={"customer": customer})).json()
    done = await stripe.post(f"/setup_intents/{made['id']}/confirm", data={"payment_method": "pm_card_visa"})
    assert done.json()["status"] == "succeeded"
    listed = (await stripe.get("/payment_methods", params={"customer": customer})).json()["data"]
    assert len(listed) == 1
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0
