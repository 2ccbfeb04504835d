"""Checkout sessions: the vendor's own page on which a card is typed."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from sandbox.store import Json
from sandbox.stripe import amounts
from sandbox.stripe.errors import invalid
from sandbox.stripe.events import emit
from sandbox.stripe.forms import Form, MethodType, Usage
from sandbox.stripe.objects import fetch, new
from sandbox.stripe.payments import PaymentForm
from sandbox.stripe.payments import begin as begin_payment
from sandbox.stripe.setups import SetupForm
from sandbox.stripe.setups import begin as begin_setup
from sandbox.world import World

SHORTEST_S = 30 * 60
LONGEST_S = 24 * 60 * 60


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Product(Part):
    name: str
    description: str | None = None


class Price(Part):
    currency: str
    unit_amount: int
    product_data: Product


class LineItem(Part):
    price_data: Price
    quantity: int = Field(1, ge=1)


class PaymentData(Part):
    description: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    setup_future_usage: Usage | None = None


class SetupData(Part):
    description: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class SessionForm(Form):
    mode: Literal["payment", "setup"]
    success_url: str
    cancel_url: str | None = None
    customer: str | None = None
    client_reference_id: str | None = None
    currency: str | None = None
    expires_at: int | None = None
    line_items: list[LineItem] = Field(default_factory=list)
    metadata: dict[str, str] = Field(default_factory=dict)
    allowed_payment_method_types: tuple[MethodType, ...] = ("card",)
    payment_intent_data: PaymentData = PaymentData()
    setup_intent_data: SetupData = SetupData()


def create(world: World, form: SessionForm) -> Json:
    _check(world, form)
    total = sum(item.price_data.unit_amount * item.quantity for item in form.line_items)
    currency = form.line_items[0].price_data.currency.lower() if form.line_items else form.currency
    session = new(
        world,
        "checkout.session",
        mode=form.mode,
        status="open",
        payment_status="unpaid" if form.mode == "payment" else "no_payment_required",
        amount_total=total if form.mode == "payment" else None,
        currency=currency,
        customer=form.customer,
        client_reference_id=form.client_reference_id,
        success_url=form.success_url,
        cancel_url=form.cancel_url,
        expires_at=form.expires_at or int(world.clock.now()) + LONGEST_S,
        metadata=form.metadata,
        payment_intent=None,
        setup_intent=None,
        payment_method_types=list(form.allowed_payment_method_types),
        ui_mode="hosted_page",
        _names=[item.price_data.product_data.name for item in form.line_items],
        _payment=form.payment_intent_data.model_dump(),
        _setup=form.setup_intent_data.model_dump(),
    )
    session["url"] = f"{world.options.public_url}/stripe/checkout/{session['id']}"
    if form.mode == "setup":
        setup = SetupForm(customer=form.customer, **form.setup_intent_data.model_dump())
        session["setup_intent"] = begin_setup(world, setup)["id"]
    return world.store.put("checkout.session", session)


def retrieve(world: World, form: Form, id: str) -> Json:
    return current(world, id)


def expire(world: World, form: Form, id: str) -> Json:
    session = current(world, id)
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
    return _expired(world, session)


def current(world: World, id: str) -> Json:
    """The session as it stands at this moment of the clock."""
    session = fetch(world, "checkout.session", id, "session")
    late = session["status"] == "open" and session["expires_at"] <= world.clock.now()
    return _expired(world, session) if late else session


def intent_to_try(world: World, session: Json) -> Json:
    """The intent a card is tried on: made at the first try, kept for the next ones."""
    kind = "payment_intent" if session["mode"] == "payment" else "setup_intent"
    if session[kind] is not None:
        return fetch(world, kind, session[kind])
    form = PaymentForm(
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        **session["_payment"],
    )
    intent = begin_payment(world, form)
    world.store.put("checkout.session", session | {"payment_intent": intent["id"]})
    return intent


def complete(world: World, id: str) -> Json:
    session = current(world, id)
    paid = "paid" if session["mode"] == "payment" else session["payment_status"]
    done = session | {"status": "complete", "payment_status": paid, "url": None}
    world.store.put("checkout.session", done)
    emit(world, "checkout.session.completed", done)
    return done


def _expired(world: World, session: Json) -> Json:
    ended = world.store.put("checkout.session", session | {"status": "expired", "url": None})
    emit(world, "checkout.session.expired", ended)
    return ended


def _check(world: World, form: SessionForm) -> None:
    if form.customer is not None:
        fetch(world, "customer", form.customer, "customer")
    for name in ("success_url", "cancel_url"):
        url = getattr(form, name)
        if url is not None and urlsplit(url).scheme not in ("http", "https"):
            raise invalid("Not a valid URL", "url_invalid", name)
    ahead = (form.expires_at or world.clock.now() + LONGEST_S) - world.clock.now()
    if not SHORTEST_S - 60 <= ahead <= LONGEST_S + 60:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    if form.mode == "payment" and not form.line_items:
        raise invalid("You must provide `line_items` in `payment` mode.", "parameter_missing", "line_items")
    if form.mode == "setup" and form.line_items:
        raise invalid("You can not pass `line_items` in `setup` mode.", param="line_items")
    for item in form.line_items:
        amounts.check(item.price_data.unit_amount * item.quantity, item.price_data.currency)
