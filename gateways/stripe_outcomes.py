"""Stripe's objects, read into our own value types."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import stripe

from gateways.payments import (
    Card,
    ChargeOutcome,
    ChargeStatus,
    CheckoutOutcome,
    CheckoutStatus,
    RefundOutcome,
    RefundStatus,
    VendorEvent,
)

CHARGE: Mapping[str, ChargeStatus] = {
    "succeeded": "succeeded",
    "requires_action": "requires_action",
    "requires_payment_method": "declined",
    "canceled": "canceled",
}
REFUND: Mapping[str, RefundStatus] = {"succeeded": "succeeded", "failed": "failed", "canceled": "canceled"}
MOST_ADVANCED_FIRST: tuple[ChargeStatus, ...] = (
    "succeeded",
    "processing",
    "requires_action",
    "declined",
    "canceled",
)


def charge_outcome(intent: stripe.PaymentIntent) -> ChargeOutcome:
    status = CHARGE.get(intent.status, "processing")
    error = intent.last_payment_error
    redirect = intent.next_action.redirect_to_url if intent.next_action else None
    return ChargeOutcome(
        status=status,
        payment_intent=intent.id,
        decline_code=(error.decline_code or error.code) if error and status == "declined" else None,
        action_url=redirect.url if redirect and status == "requires_action" else None,
    )


def declined_intent(refusal: stripe.CardError) -> stripe.PaymentIntent:
    """The intent a card was declined for. Raises the refusal again if only the person can go on."""
    intent = refusal.error.payment_intent if refusal.error else None
    if intent is None or refusal.code == "authentication_required":
        raise refusal
    return intent


def most_advanced(outcomes: Iterable[ChargeOutcome]) -> ChargeOutcome | None:
    return min(outcomes, key=lambda outcome: MOST_ADVANCED_FIRST.index(outcome.status), default=None)


def checkout_outcome(session: stripe.checkout.Session) -> CheckoutOutcome:
    """The session must have been retrieved with its payment intent expanded."""
    intent = session.payment_intent
    charge = charge_outcome(intent) if isinstance(intent, stripe.PaymentIntent) else None
    return CheckoutOutcome(cast(CheckoutStatus, session.status), charge)


def refund_outcome(refund: stripe.Refund) -> RefundOutcome:
    reason = refund.to_dict().get("failure_reason")  # the vendor leaves it out where nothing failed
    return RefundOutcome(REFUND.get(refund.status or "", "pending"), refund.id, reason or "")


def card(method: stripe.PaymentMethod) -> Card:
    if method.card is None:
        raise ValueError(f"{method.id} is not a card")
    face = method.card
    return Card(method.id, face.brand, face.last4, face.exp_month, face.exp_year)


def has_intent_key(thing: stripe.PaymentIntent | stripe.Refund, intent_key: str) -> bool:
    return thing.metadata is not None and thing.metadata.to_dict().get("intent_key") == intent_key


def vendor_event(event: Mapping[str, Any]) -> VendorEvent:
    """`event` is the JSON of a webhook. Raises KeyError or TypeError if it has another shape."""
    about = event["data"]["object"]
    is_intent = about["object"] == "payment_intent"
    return VendorEvent(
        id=str(event["id"]),
        type=str(event["type"]),
        created_at=datetime.fromtimestamp(event["created"], UTC),
        object_id=str(about["id"]),
        payment_intent=about["id"] if is_intent else about.get("payment_intent"),
        metadata=dict(about.get("metadata") or {}),
    )
