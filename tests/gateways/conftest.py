"""The real SDKs, pointed at a sandbox that starts afresh."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from domain.money import Money
from gateways.payments import ChargeOrder
from gateways.sendgrid_mail import SendGridConfig, SendGridMailer
from gateways.stripe_payments import StripeConfig, StripePayments
from gateways.twilio_text import TwilioConfig, TwilioTexter
from tests.fixtures.sandbox import SandboxServer

DEADLINE_S = 2.0
MakeOrder = Callable[..., ChargeOrder]


@pytest.fixture
async def payments(sandbox: SandboxServer) -> StripePayments:
    await sandbox.reset()
    return stripe_payments(sandbox)


@pytest.fixture
async def texter(sandbox: SandboxServer) -> TwilioTexter:
    await sandbox.reset()
    return twilio_texter(sandbox)


@pytest.fixture
async def mailer(sandbox: SandboxServer) -> SendGridMailer:
    await sandbox.reset()
    return sendgrid_mailer(sandbox)


@pytest.fixture
async def customer(payments: StripePayments) -> str:
    return await payments.ensure_customer(uuid4(), uuid4().hex)


@pytest.fixture
def order(customer: str) -> MakeOrder:
    def make(payment_method: str = "pm_card_visa", key: str | None = None, **more: object) -> ChargeOrder:
        fields = {
            "customer": customer,
            "amount": Money(12000, "USD"),
            "payment_method": payment_method,
            "key": key or uuid4().hex,
            "description": "Session",
            "return_url": "http://aurora.localhost:8000/paid",
        }
        return ChargeOrder(**{**fields, **more})  # type: ignore[arg-type]

    return make


def stripe_payments(sandbox: SandboxServer, key: str | None = None) -> StripePayments:
    options = sandbox.options
    return StripePayments(
        StripeConfig(key or options.stripe_key, options.stripe_webhook_secret, sandbox.base_url, DEADLINE_S)
    )


def twilio_texter(sandbox: SandboxServer, token: str | None = None) -> TwilioTexter:
    options = sandbox.options
    return TwilioTexter(
        TwilioConfig(
            options.twilio_sid,
            token or options.twilio_token,
            "+15005550006",
            "+15005550006",
            sandbox.base_url,
            DEADLINE_S,
        )
    )


def sendgrid_mailer(sandbox: SandboxServer, key: str | None = None) -> SendGridMailer:
    return SendGridMailer(
        SendGridConfig(
            key or sandbox.options.sendgrid_key,
            sandbox.sendgrid_public_key,
            "care@fourdoors.example",
            sandbox.base_url,
            DEADLINE_S,
        )
    )
