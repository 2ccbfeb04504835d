"""Whom the house speaks to, and that it speaks TLS to them unless a demo says otherwise."""

from typing import cast

import pytest
from pydantic import SecretStr

import composition
from gateways.errors import VendorBug
from gateways.sendgrid_mail import SendGridMailer
from gateways.stripe_payments import StripePayments
from gateways.twilio_http import TwilioHttp
from gateways.twilio_text import TwilioTexter
from settings import LIVE, Settings, variable_of
from tests.security.source import ROOT


def live() -> Settings:
    reached = {"mail_from": "care@clinic.example", "callback_url": "https://hooks.clinic.example"}
    given = dict.fromkeys(LIVE, "SKxlive") | {"stripe_key": "sk_live_x"} | reached
    return Settings(vendors="live", scheme="https", sandbox_url=None, **given)  # type: ignore[arg-type]


def addresses(settings: Settings) -> list[str]:
    """Where the vendors' own SDKs would send a request."""
    stripe = cast(StripePayments, composition.payments_of(settings))._connect()
    mail = cast(SendGridMailer, composition.mailer_of(settings))._api.host
    texts = cast(TwilioTexter, composition.texter_of(settings))._messages._version.absolute_url("Messages.json")
    return [*stripe._requestor._options.base_addresses.values(), mail, texts]


def test_vendors_are_reached_by_tls() -> None:
    hosts = {address.split("/")[2] for address in addresses(live())}
    assert all(address.startswith("https://") for address in addresses(live()))
    assert {"api.stripe.com", "api.sendgrid.com", "api.twilio.com"} <= hosts
    assert all(origin.startswith("https://") for origin in composition.payment_origins(live()))


def test_nobody_else_is_spoken_to() -> None:
    with pytest.raises(VendorBug, match="foreign_address"):
        TwilioHttp(None, 1.0)._address("https://evil.example/2010-04-01/Messages.json")
    hosts = {address.split("/")[2].split(".", 1)[-1] for address in addresses(live())}
    assert hosts == {"stripe.com", "sendgrid.com", "twilio.com"}


def test_a_live_key_never_meets_the_sandbox() -> None:
    with pytest.raises(ValueError, match="live key"):
        Settings(vendors="sandbox", stripe_key=SecretStr("sk_live_x"))
    with pytest.raises(ValueError, match="must be unset"):
        Settings(vendors="live", sandbox_url="http://127.0.0.1:8001")


@pytest.mark.parametrize("name", LIVE)
def test_live_vendors_are_not_met_with_what_everybody_knows(name: str) -> None:
    with pytest.raises(ValueError, match=f"live needs {variable_of(name)}"):
        Settings(**{**live().model_dump(), name: Settings.model_fields[name].default})


def test_links_in_messages_lead_to_tls_in_production() -> None:
    settings = Settings(scheme="https", public_port=443)
    assert settings.address("aurora.example") == "https://aurora.example"
    assert composition.addresses_of(settings).scheme_and_port[0] == "https"
    assert "FOURDOORS_SCHEME: https" in (ROOT / "docker-compose.yml").read_text()
