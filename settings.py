"""Every setting of Fourdoors, its meaning and its default. Read from the environment or `.env`; see docs/settings.md.

Imported by `app.py`, `worker.py` and `cli.py` only: everything below them receives values, never settings.
"""

import re
from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from setting_types import DatabaseAddress, Frontend, Host, IceServers, Mailbox, Port, WebAddress

ACTOR_KEY = re.compile(r"[0-9a-fA-F]{64}")
PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")
MASTER_KEY = r"[A-Za-z0-9_-]{1,32}:[0-9a-fA-F]{64}"
PAYLOAD_KEYS = re.compile(rf"{MASTER_KEY}(\s*,\s*{MASTER_KEY})*")
NEEDED = ("database_url", "database_app_password", "temporal_address", "secret_key", "actor_key", "payload_keys")
LIVE = (
    *("stripe_key", "stripe_webhook_secret", "twilio_sid", "twilio_token", "sendgrid_key", "sendgrid_public_key"),
    *("twilio_from", "twilio_whatsapp_from", "mail_from", "callback_url"),
)
"""What the vendors give, what they know as ours, and where they reach us: the defaults are the sandbox's."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="FOURDOORS_", env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    environment: Literal["demo", "production"] = Field(
        "demo", description="demo: embedded engines, vendors' sandbox, demo pack. production: nothing is embedded."
    )
    state_dir: Path = Field(Path("var"), description="Where the embedded engines keep data, logs and demo secrets.")

    bind: IPv4Address = Field(
        IPv4Address("127.0.0.1"), description="IPv4 address the web process listens on; 0.0.0.0 is every one."
    )
    port: Port = Field(8000, description="Port of the portals and JSON doors.")
    scheme: Literal["http", "https"] = Field("http", description="Scheme people use to reach the portals.")
    public_port: Port | None = Field(None, description="Port in people's links when a proxy stands in front.")
    specialist_host: Host = Field("specialists.localhost", description="Host of the specialist portal.")
    organization_host: Host = Field("organizations.localhost", description="Host of the organization portal.")
    affiliate_host: Host = Field("partners.localhost", description="Host of the affiliate portal.")
    processes: int = Field(
        1, ge=1, le=256, description="Web processes to start; they share nothing but PostgreSQL and Temporal."
    )

    database_url: DatabaseAddress | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "FOURDOORS_DATABASE_URL"),
        description="PostgreSQL 16 or newer, as the owner of the schema (migrations). Unset: embedded PostgreSQL 18.",
    )
    database_app_password: SecretStr | None = Field(
        None, description="Password of the role `fourdoors_app`, which owns nothing and which the application uses."
    )
    database_port: Port = Field(8004, description="Port of the embedded PostgreSQL.")

    temporal_address: Frontend | None = Field(
        None,
        validation_alias=AliasChoices("TEMPORAL_ADDRESS", "FOURDOORS_TEMPORAL_ADDRESS"),
        description="host:port of a Temporal frontend. Unset: embedded Temporal.",
    )
    temporal_namespace: str = Field("fourdoors", description="Temporal namespace.")
    temporal_api_key: SecretStr | None = Field(None, description="API key, for Temporal Cloud.")
    temporal_port: Port = Field(8002, description="Port of the embedded Temporal frontend.")
    temporal_ui_port: Port = Field(8003, description="Port of the embedded Temporal Web UI.")
    temporal_ui_url: WebAddress | None = Field(
        None,
        description="Origin of the Temporal Web UI: staff pages link to it, and it alone may decode payloads in a "
        "browser. On one site with the organization portal. Unset: the embedded one, or none.",
    )

    secret_key: SecretStr | None = Field(
        None, description="At least 32 characters; signs CSRF tokens and links. Demo: made once, kept in state_dir."
    )
    actor_key: SecretStr | None = Field(
        None, description="64 hex digits; signs the actor PostgreSQL verifies. Demo: made once, kept in state_dir."
    )
    actor_key_before: SecretStr | None = Field(
        None, description="The actor key until now, still believed while processes change to a new one; see rotation."
    )

    audit_keys_before: str = Field(
        "",
        description="Public keys under which earlier secret keys sealed the audit, separated by spaces; "
        "`python cli.py audit key` prints the present one. Keep it before changing FOURDOORS_SECRET_KEY.",
    )

    payload_keys: SecretStr | None = Field(
        None,
        description="What wraps the keys of Temporal's payloads: `name:64 hex digits`, separated by commas. The first "
        "wraps, all unwrap; `python cli.py keys rotate` brings every data key under the first. "
        "Demo: made once, kept in state_dir.",
    )

    vendors: Literal["sandbox", "live"] = Field("sandbox", description="Whom the vendors' SDKs speak to.")
    sandbox_url: WebAddress | None = Field(None, description="Address of the vendors' sandbox. Unset in live mode.")
    sandbox_port: Port = Field(8001, description="Port of the embedded vendors' sandbox.")
    callback_url: WebAddress | None = Field(
        None, description="Address under which vendors reach /webhooks. Unset: this machine's own, for the sandbox."
    )
    vendor_timeout: float = Field(10.0, gt=0, le=60, description="Deadline of one call to a vendor, in seconds.")
    stripe_key: SecretStr = Field(SecretStr("sk_test_sandbox"), description="Stripe secret key.")
    stripe_webhook_secret: SecretStr = Field(SecretStr("whsec_sandbox"), description="Stripe webhook signing secret.")
    twilio_sid: str = Field("AC00000000000000000000000000000000", description="Twilio account SID.")
    twilio_token: SecretStr = Field(SecretStr("sandbox"), description="Twilio auth token; also verifies callbacks.")
    twilio_from: str = Field("+15005550006", description="Sender of SMS.")
    twilio_whatsapp_from: str = Field("+15005550006", description="Sender of WhatsApp messages.")
    sendgrid_key: SecretStr = Field(SecretStr("SG.sandbox"), description="SendGrid API key.")
    sendgrid_public_key: str = Field("", description="Verification key of SendGrid's signed event webhook.")
    mail_from: Mailbox = Field("care@fourdoors.example", description="Sender of e-mail; the name is the brand's.")

    second_factor: Literal["asked", "demanded"] | None = Field(
        None,
        description="Of powerful roles. demanded: without one they reach nothing but adding one. asked: they are "
        "reminded and go on. Unset: demanded in production, asked in a demo.",
    )

    password_memory: int = Field(
        64,
        ge=19,
        le=1024,
        description="Megabytes that a password's hash takes, and its time with them. Choose before people register: "
        "hashes made before keep theirs, and the time of a sign-in would tell whose address is known.",
    )

    requests_per_address: int = Field(
        30_000, ge=10, description="Requests a minute that one web process takes from one address."
    )
    requests_per_person: int = Field(6_000, ge=10, description="The same, from one person who is signed in.")
    requests_per_organization: int = Field(60_000, ge=10, description="The same, from everybody of one organization.")

    ice_servers: IceServers = Field("[]", description="JSON list of WebRTC ICE servers for the session room.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    metrics_port: Port = Field(8005, description="Prometheus port of the worker; the web process serves /metrics.")
    metrics_token: SecretStr | None = Field(
        None,
        description="At least 32 characters; Prometheus shows it as a bearer token to read the web process's /metrics. "
        "Unset: that address answers nobody. Demo: made once, kept in state_dir.",
    )

    @field_validator("audit_keys_before")
    @classmethod
    def public_keys(cls, keys: str) -> str:
        if not all(PUBLIC_KEY.fullmatch(key) for key in keys.split()):
            raise ValueError("it has to be public keys of 64 hex digits each, separated by spaces")
        return keys

    @field_validator("payload_keys")
    @classmethod
    def master_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys and not PAYLOAD_KEYS.fullmatch(keys.get_secret_value()):
            raise ValueError("it has to be name:64 hex digits; make them with `openssl rand -hex 32`")
        names = [part.partition(":")[0].strip() for part in keys.get_secret_value().split(",")] if keys else []
        if len(names) != len(set(names)):
            raise ValueError("two of its keys have one name")
        return keys

    @field_validator("secret_key", "actor_key", "actor_key_before", "metrics_token")
    @classmethod
    def strong(cls, key: SecretStr | None, field: ValidationInfo) -> SecretStr | None:
        if (
            key
            and field.field_name in ("actor_key", "actor_key_before")
            and not ACTOR_KEY.fullmatch(key.get_secret_value())
        ):
            raise ValueError("it has to be 64 hex digits; make them with `openssl rand -hex 32`")
        if key and len(key.get_secret_value()) < 32:
            raise ValueError("it has to be at least 32 characters; make them with `openssl rand -hex 32`")
        return key

    @model_validator(mode="after")
    def nothing_contradicts(self) -> Self:
        if self.vendors == "live" and self.sandbox_url:
            raise ValueError("FOURDOORS_SANDBOX_URL must be unset when FOURDOORS_VENDORS=live")
        if self.vendors == "sandbox" and "_live_" in self.stripe_key.get_secret_value():
            raise ValueError("FOURDOORS_STRIPE_KEY is a live key, but FOURDOORS_VENDORS=sandbox")
        if self.vendors == "live" and (unset := [variable_of(name) for name in LIVE if self._stands_as_it_was(name)]):
            raise ValueError(f"FOURDOORS_VENDORS=live needs {', '.join(unset)}")
        if len(self.portal_hosts) < 4:
            raise ValueError("the hosts of the three portals of staff have to differ, and none of them is localhost")
        if self.environment == "production":
            missing = [variable_of(name) for name in NEEDED if getattr(self, name) is None]
            if missing:
                raise ValueError(f"production needs {', '.join(missing)}")
        return self

    def _stands_as_it_was(self, field: str) -> bool:
        return bool(getattr(self, field) == type(self).model_fields[field].default)

    @property
    def portal_hosts(self) -> frozenset[str]:
        """No brand can have them; `localhost` shows the four doors."""
        return frozenset({"localhost", self.specialist_host, self.organization_host, self.affiliate_host})

    def address(self, host: str) -> str:
        """The address people open for one of our hosts, without a trailing slash."""
        port = self.public_port if self.public_port is not None else self.port
        standard = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}" + ("" if port == standard else f":{port}")


def variable_of(field: str) -> str:
    """The environment variable which people set for a field of Settings."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"FOURDOORS_{field.upper()}"


def read_settings() -> Settings:
    """Ends the process with one sentence, which names the variable and never its value, when one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(_broken(error)) from None
    except UnicodeDecodeError:
        raise SystemExit(".env is no text in UTF-8: write it anew; docs/settings.md explains every setting.") from None


def _broken(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = str(first["loc"][0]) if first["loc"] else ""
    variable = variable_of(place) if place in Settings.model_fields else place
    reason = first["msg"].removeprefix("Value error, ")
    subject = f"{variable} is wrong: {reason}" if variable else reason
    return f"{subject}. Correct it in the environment or in .env; docs/settings.md explains every setting."


def revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
