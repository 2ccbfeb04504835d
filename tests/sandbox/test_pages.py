"""What people see: the payment page, the bank's challenge, the phone and the mailbox, all without JavaScript."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from gateways.messages import Email, Text
from tests.fixtures.http import http_client
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import sendgrid_mailer, twilio_texter

PHONE = "+4915112345678"
TEXT = Text("sms", PHONE, "Open http://aurora.localhost:8000/x", "m-1", "http://127.0.0.1:9/")
EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def browser(sandbox: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    await sandbox.reset()
    async with http_client(base_url=sandbox.base_url) as client:
        yield client


async def test_an_empty_sandbox_says_so(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert {"No messages yet.", "No mails yet.", "No payments yet."} <= set(re.findall(r"No \w+ yet\.", page))


async def test_a_person_reads_and_answers_a_text(sandbox: SandboxServer, browser: httpx.AsyncClient) -> None:
    await twilio_texter(sandbox).send(TEXT)
    page = (await browser.get("/")).text
    assert '<a href="http://aurora.localhost:8000/x"' in page
    form = {"thread": PHONE, "number": "+15005550006", "body": "STOP"}
    assert (await browser.post("/phone", data=form)).headers["location"] == "/?thread=%2B4915112345678"
    assert "unsubscribed" in (await browser.get("/", params={"thread": PHONE})).text


async def test_another_site_cannot_press_the_buttons(sandbox: SandboxServer, browser: httpx.AsyncClient) -> None:
    form = {"thread": PHONE, "number": "+15005550006", "body": "STOP"}
    answer = await browser.post("/phone", data=form, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert await sandbox.seen("messages") == []


async def test_a_mail_is_shown_apart_from_the_page(sandbox: SandboxServer, browser: httpx.AsyncClient) -> None:
    email = Email(PHONE + "@example.com", EVIL, EVIL, f"<html><head></head><b>{EVIL}</b></html>", EVIL, "m-1", "c")
    await sendgrid_mailer(sandbox).send(email)
    page = await browser.get("/")
    assert EVIL not in page.text
    [source] = re.findall(r'<iframe src="(/mails/[^"]+)"', page.text)
    mail = await browser.get(source)
    assert "sandbox allow-popups" in mail.headers["content-security-policy"]
    assert "script-src" not in mail.headers["content-security-policy"]
    assert '<base target="_blank">' in mail.text


async def test_no_page_may_run_scripts_or_ask_others(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/stripe/checkout/cs_unknown", "/stripe/challenge/pi_unknown/x"):
        page = await browser.get(path)
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert not re.findall(r'(?:src|href)="https?://', page.text)
        assert "<script" not in page.text


async def test_a_stranger_with_a_guessed_address_pays_nothing(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/stripe/checkout/cs_unknown")).status_code == 404
    guessed = await browser.post("/stripe/challenge/pi_unknown/x", data={"decision": "complete"})
    assert guessed.status_code == 410


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("number", "4242", "not complete"),
        ("number", "4111111111111111", "not a test card"),
        ("expiry", "13/34", "month and year"),
        ("expiry", "01/20", "in the past"),
        ("cvc", "1", "three or four digits"),
    ],
)
async def test_typing_errors_are_named_at_their_field(
    sandbox: SandboxServer, browser: httpx.AsyncClient, field: str, value: str, says: str
) -> None:
    session = await checkout(sandbox, browser)
    typed = {"number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", field: value}
    answer = await browser.post(session, data=typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'aria-describedby="{field}-error"' in answer.text
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


async def test_the_payment_page_may_lead_back_to_us_only(sandbox: SandboxServer, browser: httpx.AsyncClient) -> None:
    page = await browser.get(await checkout(sandbox, browser))
    assert page.headers["content-security-policy"].endswith("form-action 'self' http://aurora.localhost:8000")
    assert "120.00 USD" in page.text


async def checkout(sandbox: SandboxServer, browser: httpx.AsyncClient) -> str:
    order = {
        "mode": "payment",
        "success_url": "http://aurora.localhost:8000/paid",
        "cancel_url": "http://aurora.localhost:8000/back",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "12000",
        "line_items[0][price_data][product_data][name]": "Session",
    }
    key = {"authorization": f"Bearer {sandbox.options.stripe_key}"}
    answer = await browser.post("/v1/checkout/sessions", data=order, headers=key)
    url: str = answer.json()["url"]
    return url
