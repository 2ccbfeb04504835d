"""Payment intents: a promise to pay, confirmed with a card, perhaps after a challenge."""

from typing import Literal

from pydantic import Field

from sandbox.store import Json
from sandbox.stripe import amounts, methods
from sandbox.stripe.cards import Decline
from sandbox.stripe.challenges import challenged
from sandbox.stripe.errors import StripeRefusal, invalid
from sandbox.stripe.events import emit
from sandbox.stripe.forms import Form, ListForm, MethodType, Usage
from sandbox.stripe.objects import fetch, new, page, token, visible
from sandbox.world import World

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
UNFINISHED = (*CONFIRMABLE, "processing")
UNAUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)
AUTHENTICATE = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


class ConfirmForm(Form):
    payment_method: str | None = None
    return_url: str | None = None
    off_session: bool = False
    setup_future_usage: Usage | None = None


class PaymentForm(ConfirmForm):
    amount: int
    currency: str
    customer: str | None = None
    confirm: bool = False
    description: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    allowed_payment_method_types: tuple[MethodType, ...] = ("card",)


class CancelForm(Form):
    cancellation_reason: Literal["duplicate", "fraudulent", "requested_by_customer", "abandoned"] | None = None


class PaymentListForm(ListForm):
    customer: str | None = None


def create(world: World, form: PaymentForm) -> Json:
    amounts.check(form.amount, form.currency)
    if form.customer is not None:
        fetch(world, "customer", form.customer, "customer")
    if form.confirm and form.payment_method is None:
        raise invalid("You must provide a payment method to confirm.", "payment_intent_unexpected_state")
    intent = begin(world, form)
    return confirm(world, form, intent["id"]) if form.confirm else intent


def begin(world: World, form: PaymentForm) -> Json:
    """A new intent that nobody has tried to pay yet."""
    intent = new(
        world,
        "payment_intent",
        amount=form.amount,
        amount_received=0,
        _refunded=0,
        currency=form.currency.lower(),
        customer=form.customer,
        description=form.description,
        metadata=form.metadata,
        payment_method=form.payment_method,
        payment_method_types=list(form.allowed_payment_method_types),
        setup_future_usage=form.setup_future_usage,
        status="requires_confirmation" if form.payment_method else "requires_payment_method",
        last_payment_error=None,
        next_action=None,
        latest_charge=None,
        canceled_at=None,
        cancellation_reason=None,
    )
    return save(world, intent | {"client_secret": f"{intent['id']}_secret_{token()}"})


def confirm(world: World, form: ConfirmForm, id: str) -> Json:
    """Raises the card's decline; the intent then waits for another card."""
    intent = fetch(world, "payment_intent", id)
    if intent["status"] not in CONFIRMABLE:
        raise _wrong_state(intent, "confirm")
    wanted = form.payment_method or intent["payment_method"]
    if wanted is None:
        raise invalid("You must provide a payment method to confirm.", "payment_intent_unexpected_state")
    method = _usable(world, wanted, intent)
    usage = form.setup_future_usage or intent["setup_future_usage"]
    intent |= {"payment_method": method["id"], "setup_future_usage": usage, "last_payment_error": None}
    paid = attempt(world, intent, method, form.return_url, off_session=form.off_session)
    if paid["last_payment_error"]:
        raise methods.declined(paid["last_payment_error"], payment_intent=visible(paid))
    return paid


def attempt(world: World, intent: Json, method: Json, return_url: str | None, *, off_session: bool = False) -> Json:
    """Tries the card. What the bank says stands in the intent that is returned."""
    card = methods.behaviour(method)
    exempt = card.authentication == "unless_set_up" and bool(method["customer"])
    if off_session and card.authentication != "never" and not exempt:
        return _failed(world, intent, method, AUTHENTICATE)
    if not off_session and card.authentication != "never":
        waiting = save(world, challenged(world, intent, return_url))
        emit(world, "payment_intent.requires_action", waiting)
        return waiting
    return settle(world, intent, method)


def settle(world: World, intent: Json, method: Json, *, authenticated: bool = True) -> Json:
    """The bank's last word, after the challenge if there was one."""
    card = methods.behaviour(method)
    if not authenticated:
        return _failed(world, intent, method, UNAUTHENTICATED)
    if card.decline is not None:
        return _failed(world, intent, method, card.decline)
    if intent["setup_future_usage"] and intent["customer"]:
        methods.keep(world, method, intent["customer"])
    changes = {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": f"ch_{token()}"}
    paid = save(world, intent | changes | {"next_action": None, "last_payment_error": None})
    emit(world, "payment_intent.succeeded", paid)
    return paid


def cancel(world: World, form: CancelForm, id: str) -> Json:
    intent = fetch(world, "payment_intent", id)
    if intent["status"] not in UNFINISHED:
        raise _wrong_state(intent, "cancel")
    ended = {"status": "canceled", "canceled_at": int(world.clock.now()), "next_action": None}
    canceled = save(world, intent | ended | {"cancellation_reason": form.cancellation_reason})
    emit(world, "payment_intent.canceled", canceled)
    return canceled


def retrieve(world: World, form: Form, id: str) -> Json:
    return fetch(world, "payment_intent", id)


def list_payments(world: World, form: PaymentListForm) -> Json:
    intents = world.store.newest("payment_intent", owner=form.customer)
    return page(intents, "/v1/payment_intents", form.limit, form.starting_after, form.ending_before)


def save(world: World, intent: Json) -> Json:
    return world.store.put("payment_intent", intent, owner=intent["customer"] or "")


def _usable(world: World, id: str, intent: Json) -> Json:
    method = methods.find(world, id)
    if method.get("_detached"):
        raise invalid("The provided PaymentMethod was previously detached from a Customer and may not be used again.")
    if method["customer"] not in (None, intent["customer"]):
        raise invalid("The provided PaymentMethod belongs to another Customer.", param="payment_method")
    return method


def _failed(world: World, intent: Json, method: Json, decline: Decline) -> Json:
    error = methods.decline_error(decline) | {"payment_method": visible(method)}
    changes = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    failed = save(world, intent | changes | {"last_payment_error": error})
    emit(world, "payment_intent.payment_failed", failed)
    return failed


def _wrong_state(intent: Json, what: str) -> StripeRefusal:
    message = f"You cannot {what} this PaymentIntent because it has a status of {intent['status']}."
    return invalid(message, "payment_intent_unexpected_state", payment_intent=visible(intent))
