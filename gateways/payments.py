"""Taking and returning money by card: what we ask of a payment vendor, in our own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from domain.money import Money

ChargeStatus = Literal["succeeded", "declined", "requires_action", "processing", "canceled"]
CheckoutStatus = Literal["open", "complete", "expired"]
RefundStatus = Literal["succeeded", "pending", "failed", "canceled"]


@dataclass(frozen=True)
class CheckoutOrder:
    """A page of the vendor's on which a new card is typed; `amount` None only saves the card.

    `key` is the idempotency key and, unless `metadata` names one, the `intent_key` the charge is found by.
    `expires_at` must lie 30 minutes to 24 hours ahead; None takes 24 hours. For less, expire it yourself.
    """

    customer: str
    amount: Money | None
    key: str
    description: str
    success_url: str
    cancel_url: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    save_card: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Checkout:
    """`url` is where the person is sent with a 303."""

    id: str
    url: str


@dataclass(frozen=True)
class ChargeOrder:
    """A saved card, charged from our server. `return_url` None: the person is not there to authenticate."""

    customer: str
    amount: Money
    payment_method: str
    key: str
    description: str
    return_url: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ChargeOutcome:
    """`decline_code` is set when declined; `action_url` when the person must authenticate there."""

    status: ChargeStatus
    payment_intent: str
    decline_code: str | None = None
    action_url: str | None = None


@dataclass(frozen=True)
class CheckoutOutcome:
    """`charge` is None while nothing was tried, and always when only a card was saved."""

    status: CheckoutStatus
    charge: ChargeOutcome | None = None


@dataclass(frozen=True)
class RefundOrder:
    payment_intent: str
    amount: Money
    key: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefundOutcome:
    status: RefundStatus
    refund: str
    reason: str = ""
    """Why the vendor refused, in its own word."""


@dataclass(frozen=True)
class Card:
    payment_method: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True)
class VendorEvent:
    """A verified webhook about the object `object_id`, with that object's payment intent and metadata."""

    id: str
    type: str
    created_at: datetime
    object_id: str
    payment_intent: str | None
    metadata: Mapping[str, str]


class Payments(Protocol):
    """Every method may raise the errors of `gateways.errors`; a declined card is an outcome, not an error."""

    async def ensure_customer(self, reference: UUID, key: str) -> str: ...

    async def open_checkout(self, order: CheckoutOrder) -> Checkout: ...

    async def checkout(self, id: str) -> CheckoutOutcome: ...

    async def expire_checkout(self, id: str) -> CheckoutOutcome:
        """End it if it is still open. Answers how it stands now: it may have been paid in the meantime."""
        ...

    async def charge(self, order: ChargeOrder) -> ChargeOutcome: ...

    async def charge_status(self, payment_intent: str) -> ChargeOutcome: ...

    async def find_charge(self, customer: str, intent_key: str) -> ChargeOutcome | None:
        """The charge made for a ledger intent, the most advanced if there are several."""
        ...

    async def forestall(self, order: ChargeOrder, intent_key: str) -> ChargeOutcome | None:
        """Use up the order's key, so that a call with it that is still on its way can no longer charge.

        Answers what an earlier call has done, canceled if there was none. Raises VendorRetry while one is under way.
        """
        ...

    async def cancel_charge(self, payment_intent: str) -> ChargeOutcome:
        """Cancel it if that is still possible. Answers how it stands now: it may have succeeded."""
        ...

    async def refund(self, order: RefundOrder) -> RefundOutcome: ...

    async def find_refund(self, payment_intent: str, intent_key: str) -> RefundOutcome | None: ...

    async def cards(self, customer: str) -> list[Card]: ...

    async def forget_card(self, payment_method: str) -> None: ...

    def parse_event(self, payload: bytes, signature: str) -> VendorEvent:
        """Raises Forged."""
        ...
