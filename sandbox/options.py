"""What a sandbox is told when it starts."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`public_url` is where people reach the sandbox; `webhook_url` None sends no webhooks.

    `state` None keeps everything in memory. `sendgrid_seed` fixes the key that signs SendGrid's events.
    """

    public_url: str = "http://127.0.0.1:8001"
    webhook_url: str | None = "http://127.0.0.1:8000"
    state: Path | None = None
    stripe_key: str = field(default="sk_test_sandbox", repr=False)
    stripe_webhook_secret: str = field(default="whsec_sandbox", repr=False)
    twilio_sid: str = "AC00000000000000000000000000000000"
    twilio_token: str = field(default="sandbox", repr=False)
    sendgrid_key: str = field(default="SG.sandbox", repr=False)
    sendgrid_seed: str = field(default="sandbox", repr=False)
