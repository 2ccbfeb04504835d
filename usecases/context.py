"""What a use case works with. Handed in at one place, so that tests hand in what they like."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from temporalio.client import Client

from gateways.messages import Mailer, Texter
from gateways.payments import Payments
from gateways.uploads import READ_AT_ONCE, Uploads
from models.outage import DatabaseAway
from models.session import Database
from usecases.audit.writing import AuditWriter
from usecases.identity.passwords import Passwords
from usecases.keyring import Keyring
from usecases.pace import Pace

__all__ = ["BOOKINGS_AT_ONCE", "Context", "DatabaseAway", "Portals"]
BOOKINGS_AT_ONCE = 6


@dataclass(frozen=True)
class Portals:
    """Where people reach us: how to make an address of a host, and the hosts of the staff portals.

    `workflows` is the Temporal UI's list of our namespace, "" when engineers keep it to themselves.
    """

    address: Callable[[str], str]
    specialist_host: str
    organization_host: str
    affiliate_host: str
    workflows: str = ""

    def workflow(self, workflow_id: str) -> str:
        """Where engineers read one workflow; "" without a Temporal UI."""
        return f"{self.workflows}/{quote(workflow_id, safe='')}" if self.workflows else ""


@dataclass(frozen=True)
class Context:
    database: Database
    temporal: Client
    keyring: Keyring
    payments: Payments
    mailer: Mailer
    texter: Texter
    portals: Portals
    now: Callable[[], datetime]
    secret_key: bytes
    audit: AuditWriter
    factor_demanded: bool = True
    """Whether a powerful role reaches nothing before its holder has a second factor."""
    ice_servers: str = "[]"
    """JSON list of WebRTC ICE servers for the session room."""
    payment_origins: tuple[str, ...] = ()
    """Origins of the payment vendor's pages, which our payment forms may lead to."""
    callback_base: str = ""
    """Where vendors reach our webhooks, as they were told; "" when it is wherever they happen to come in."""
    passwords: Passwords = field(default_factory=Passwords)
    pace: Pace = field(default_factory=Pace)
    booking_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BOOKINGS_AT_ONCE))
    """Of a thousand who want one slot, most need not be looked at closely: by their turn somebody has it."""
    uploads: Uploads = field(default_factory=lambda: Uploads(asyncio.Semaphore(READ_AT_ONCE)))
