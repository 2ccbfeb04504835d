"""Setup intents: a card saved for later, without taking money."""

from pydantic import Field

from sandbox.store import Json
from sandbox.stripe import methods
from sandbox.stripe.cards import Decline
from sandbox.stripe.challenges import challenged
from sandbox.stripe.errors import invalid
from sandbox.stripe.events import emit
from sandbox.stripe.forms import Form, MethodType, Usage
from sandbox.stripe.objects import fetch, new, token, visible
from sandbox.world import World

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
UNAUTHENTICATED = Decline(
    "setup_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


class SetupConfirmForm(Form):
    payment_method: str | None = None
    return_url: str | None = None


class SetupForm(SetupConfirmForm):
    customer: str | None = None
    confirm: bool = False
    description: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    usage: Usage = "off_session"
    allowed_payment_method_types: tuple[MethodType, ...] = ("card",)


def create(world: World, form: SetupForm) -> Json:
    if form.customer is not None:
        fetch(world, "customer", form.customer, "customer")
    intent = begin(world, form)
    return confirm(world, form, intent["id"]) if form.confirm else intent


def begin(world: World, form: SetupForm) -> Json:
    """A new intent that nobody has tried a card on yet."""
    intent = new(
        world,
        "setup_intent",
        customer=form.customer,
        description=form.description,
        metadata=form.metadata,
        payment_method=form.payment_method,
        payment_method_types=list(form.allowed_payment_method_types),
        usage=form.usage,
        status="requires_confirmation" if form.payment_method else "requires_payment_method",
        last_setup_error=None,
        next_action=None,
    )
    return _save(world, intent | {"client_secret": f"{intent['id']}_secret_{token()}"})


def confirm(world: World, form: SetupConfirmForm, id: str) -> Json:
    intent = fetch(world, "setup_intent", id)
    if intent["status"] not in CONFIRMABLE:
        raise invalid("This SetupIntent can no longer be confirmed.", "setup_intent_unexpected_state")
    wanted = form.payment_method or intent["payment_method"]
    if wanted is None:
        raise invalid("You must provide a payment method to confirm.", "setup_intent_unexpected_state")
    method = methods.find(world, wanted)
    tried = attempt(world, intent | {"payment_method": method["id"]}, method, form.return_url)
    if tried["last_setup_error"]:
        raise methods.declined(tried["last_setup_error"], setup_intent=visible(tried))
    return tried


def attempt(world: World, intent: Json, method: Json, return_url: str | None) -> Json:
    """Tries the card. What the bank says stands in the intent that is returned."""
    if methods.behaviour(method).authentication != "never":
        return _save(world, challenged(world, intent, return_url))
    return settle(world, intent, method)


def settle(world: World, intent: Json, method: Json, *, authenticated: bool = True) -> Json:
    """The bank's last word, after the challenge if there was one."""
    card = methods.behaviour(method)
    decline = card.decline if card.decline is not None and not card.attaches else None
    if not authenticated or decline is not None:
        return _failed(world, intent, UNAUTHENTICATED if decline is None else decline)
    if intent["customer"]:
        methods.keep(world, method, intent["customer"])
    done = _save(world, intent | {"status": "succeeded", "next_action": None, "last_setup_error": None})
    emit(world, "setup_intent.succeeded", done)
    return done


def retrieve(world: World, form: Form, id: str) -> Json:
    return fetch(world, "setup_intent", id)


def _failed(world: World, intent: Json, decline: Decline) -> Json:
    changes = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    failed = _save(world, intent | changes | {"last_setup_error": methods.decline_error(decline)})
    emit(world, "setup_intent.setup_failed", failed)
    return failed


def _save(world: World, intent: Json) -> Json:
    return world.store.put("setup_intent", intent, owner=intent["customer"] or "")
