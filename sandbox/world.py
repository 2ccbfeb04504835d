"""What every vendor's desk works with."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.clock import Clock
from sandbox.courier import Courier
from sandbox.faults import Faults
from sandbox.options import Options
from sandbox.sendgrid.signature import event_headers
from sandbox.store import Store
from sandbox.stripe.signature import stripe_headers
from sandbox.twilio.signature import twilio_headers


@dataclass(frozen=True)
class World:
    """`calls` counts the calls the vendors received since the start, by "vendor METHOD /path"."""

    options: Options
    store: Store
    calls: Counter[str] = field(default_factory=Counter)

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.store)

    @cached_property
    def faults(self) -> Faults:
        return Faults(self.store)

    @cached_property
    def courier(self) -> Courier:
        return Courier(
            self.store,
            {
                "stripe": stripe_headers(self.options.stripe_webhook_secret),
                "twilio": twilio_headers(self.options.twilio_token),
                "sendgrid": event_headers(self.options.sendgrid_seed),
            },
        )

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go: what the control endpoint set, else the option."""
        url: str | None = self.store.setting("webhook_url", self.options.webhook_url)
        return url
