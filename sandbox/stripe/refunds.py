"""Refunds: money back, never more than was paid."""

from typing import Literal

from pydantic import Field

from sandbox.store import Json
from sandbox.stripe.amounts import written
from sandbox.stripe.errors import invalid
from sandbox.stripe.events import emit
from sandbox.stripe.forms import Form, ListForm
from sandbox.stripe.objects import fetch, new, page
from sandbox.stripe.payments import save
from sandbox.world import World


class RefundForm(Form):
    payment_intent: str
    amount: int | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None


class RefundListForm(ListForm):
    payment_intent: str | None = None


def create(world: World, form: RefundForm) -> Json:
    intent = fetch(world, "payment_intent", form.payment_intent, "payment_intent")
    amount = _allowed(intent, form.amount)
    refund = new(
        world,
        "refund",
        amount=amount,
        currency=intent["currency"],
        charge=intent["latest_charge"],
        payment_intent=intent["id"],
        metadata=form.metadata,
        reason=form.reason,
        status="succeeded",
    )
    save(world, intent | {"_refunded": intent["_refunded"] + amount})
    world.store.put("refund", refund, owner=intent["id"])
    emit(world, "refund.created", refund)
    return refund


def come_back(world: World, refund: Json) -> None:
    """Days later the patient's bank refuses the money, and it is back where it came from."""
    failed = refund | {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    world.store.put("refund", failed, owner=refund["payment_intent"])
    intent = fetch(world, "payment_intent", refund["payment_intent"])
    save(world, intent | {"_refunded": intent["_refunded"] - refund["amount"]})
    for type in ("refund.updated", "refund.failed"):
        emit(world, type, failed)


def retrieve(world: World, form: Form, id: str) -> Json:
    return fetch(world, "refund", id)


def list_refunds(world: World, form: RefundListForm) -> Json:
    refunds = world.store.newest("refund", owner=form.payment_intent)
    return page(refunds, "/v1/refunds", form.limit, form.starting_after, form.ending_before)


def _allowed(intent: Json, wanted: int | None) -> int:
    left: int = intent["amount_received"] - intent["_refunded"]
    if intent["status"] != "succeeded":
        raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    if left == 0:
        raise invalid(f"Charge {intent['latest_charge']} has already been refunded.", "charge_already_refunded")
    amount = left if wanted is None else wanted
    if amount < 1:
        raise invalid("Invalid positive integer", "parameter_invalid_integer", "amount")
    if amount > left:
        asked, rest = written(amount, intent["currency"]), written(left, intent["currency"])
        raise invalid(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", param="amount")
    return amount
