"""Settings become the parts the entrances share."""

from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.runtime import Runtime

from activities.messages import Addresses
from gateways.master_keys import MasterKeys
from gateways.messages import Mailer, Texter
from gateways.payload_codec import EncryptingCodec
from gateways.payments import Payments
from gateways.sendgrid_mail import SendGridConfig, SendGridMailer
from gateways.stripe_payments import StripeConfig, StripePayments
from gateways.temporal import connect
from gateways.twilio_text import TwilioConfig, TwilioTexter
from models.migrations import app_url
from models.outage import PATIENCE_SECONDS
from models.policies import APP_ROLE
from models.session import Database
from settings import NEEDED, Settings, revealed
from usecases.audit.signing import AuditKeys
from usecases.audit.writing import AuditWriter
from usecases.context import Context, Portals
from usecases.identity.passwords import Passwords
from usecases.keyring import Keyring
from usecases.pace import Buckets, Pace

STRIPE_PAGES = ("https://checkout.stripe.com", "https://hooks.stripe.com")


def complete(settings: Settings) -> Settings:
    """The same settings, when nothing that a process needs is missing."""
    missing = [name.upper() for name in NEEDED if getattr(settings, name) is None]
    if missing:
        raise SystemExit(f"{', '.join(missing)} must be set; `make run` sets them for a demo.")
    return settings


def listening_url(settings: Settings) -> str:
    """Where pages' live updates are heard, as asyncpg takes it."""
    assert settings.database_url
    assert settings.database_app_password
    password = settings.database_app_password.get_secret_value()
    return (
        app_url(settings.database_url.get_secret_value(), APP_ROLE, password)
        .replace("+asyncpg", "")
        .replace("?ssl=", "?sslmode=")
    )


def database_of(settings: Settings, patience: float | None = PATIENCE_SECONDS) -> Database:
    assert settings.database_url
    assert settings.database_app_password
    assert settings.actor_key
    password = settings.database_app_password.get_secret_value()
    url = app_url(settings.database_url.get_secret_value(), APP_ROLE, password)
    return Database(url, bytes.fromhex(settings.actor_key.get_secret_value()), patience=patience)


def master_keys_of(settings: Settings) -> MasterKeys:
    assert settings.payload_keys
    return MasterKeys.of(settings.payload_keys.get_secret_value())


def keyring_of(settings: Settings, database: Database) -> Keyring:
    return Keyring(database, master_keys_of(settings))


async def temporal_of(settings: Settings, keyring: Keyring, runtime: Runtime | None = None) -> Client:
    """Everything this client sends and reads is encrypted."""
    return await connect(
        settings.temporal_address or "",
        settings.temporal_namespace,
        api_key=revealed(settings.temporal_api_key),
        codec=EncryptingCodec(keyring, settings.temporal_namespace),
        runtime=runtime,
    )


def payments_of(settings: Settings) -> Payments:
    return StripePayments(
        StripeConfig(
            key=settings.stripe_key.get_secret_value(),
            webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
            base_url=_base(settings),
            timeout=settings.vendor_timeout,
        )
    )


def mailer_of(settings: Settings) -> Mailer:
    return SendGridMailer(
        SendGridConfig(
            key=settings.sendgrid_key.get_secret_value(),
            public_key=settings.sendgrid_public_key,
            sender=settings.mail_from,
            base_url=_base(settings),
            timeout=settings.vendor_timeout,
        )
    )


def texter_of(settings: Settings) -> Texter:
    return TwilioTexter(
        TwilioConfig(
            account_sid=settings.twilio_sid,
            token=settings.twilio_token.get_secret_value(),
            sender=settings.twilio_from,
            whatsapp_sender=settings.twilio_whatsapp_from,
            base_url=_base(settings),
            timeout=settings.vendor_timeout,
        )
    )


def audit_keys_of(settings: Settings) -> AuditKeys:
    assert settings.secret_key
    return AuditKeys(settings.secret_key.get_secret_value().encode(), settings.audit_keys_before.split())


def passwords_of(settings: Settings) -> Passwords:
    return Passwords(settings.password_memory)


def context_of(settings: Settings, database: Database, temporal: Client, keyring: Keyring) -> Context:
    assert settings.secret_key
    return Context(
        database=database,
        temporal=temporal,
        keyring=keyring,
        payments=payments_of(settings),
        mailer=mailer_of(settings),
        texter=texter_of(settings),
        portals=Portals(
            address=settings.address,
            specialist_host=settings.specialist_host,
            organization_host=settings.organization_host,
            affiliate_host=settings.affiliate_host,
            workflows=workflows_url(settings),
        ),
        now=now,
        secret_key=settings.secret_key.get_secret_value().encode(),
        audit=AuditWriter(database, audit_keys_of(settings), now),
        ice_servers=settings.ice_servers,
        payment_origins=payment_origins(settings),
        factor_demanded=factor_demanded(settings),
        callback_base=callback_base(settings),
        passwords=passwords_of(settings),
        pace=Pace(
            persons=Buckets(settings.requests_per_person),
            organizations=Buckets(settings.requests_per_organization),
        ),
    )


def factor_demanded(settings: Settings) -> bool:
    """Whether powerful roles reach nothing before they have a second factor. The demo's people have none."""
    return (settings.second_factor or ("asked" if settings.environment == "demo" else "demanded")) == "demanded"


def now() -> datetime:
    return datetime.now(UTC)


def workflows_url(settings: Settings) -> str:
    """Where engineers read the workflows of our namespace; "" when there is no Temporal UI to link to."""
    address = temporal_ui(settings)
    return f"{address}/namespaces/{settings.temporal_namespace}/workflows" if address else ""


def temporal_ui(settings: Settings) -> str:
    """The address of the Temporal UI; "" when there is none. Embedded, it shares its host with the portal whose
    session opens payloads: a browser sends that cookie within one site only.
    """
    embedded = f"http://{settings.organization_host}:{settings.temporal_ui_port}"
    return (settings.temporal_ui_url or (embedded if settings.environment == "demo" else "")).rstrip("/")


def payment_origins(settings: Settings) -> tuple[str, ...]:
    """The vendor's checkout page and the page of its 3-D Secure; the sandbox is both."""
    return (settings.sandbox_url,) if settings.sandbox_url else STRIPE_PAGES


def callback_base(settings: Settings) -> str:
    """Where vendors reach our webhooks."""
    host = "127.0.0.1" if settings.bind.is_unspecified else settings.bind
    return (settings.callback_url or "").rstrip("/") or f"{settings.scheme}://{host}:{settings.port}"


def _base(settings: Settings) -> str | None:
    """The sandbox stands in for all vendors at one address."""
    return settings.sandbox_url


def addresses_of(settings: Settings) -> Addresses:
    """Where links in messages lead."""
    example = settings.address("host")
    scheme, _, rest = example.partition("://")
    return Addresses(
        scheme_and_port=(scheme, rest.removeprefix("host")),
        specialist_host=settings.specialist_host,
        organization_host=settings.organization_host,
        affiliate_host=settings.affiliate_host,
    )
