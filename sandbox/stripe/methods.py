"""Payment methods: cards, and the customers they are saved for."""

from typing import Any

from sandbox.store import Json
from sandbox.stripe.cards import BY_TOKEN, CARDS, Decline, TestCard
from sandbox.stripe.errors import StripeRefusal, invalid, missing
from sandbox.stripe.events import emit
from sandbox.stripe.forms import Form, ListForm, MethodType
from sandbox.stripe.objects import fetch, new, page
from sandbox.world import World


class AttachForm(Form):
    customer: str


class MethodListForm(ListForm):
    customer: str | None = None
    type: MethodType | None = None


def make(world: World, card: TestCard, exp_month: int = 12, exp_year: int = 2034) -> Json:
    face = {
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "country": "US",
        "funding": "credit",
        "fingerprint": f"sandbox{card.last4}",
        "three_d_secure_usage": {"supported": True},
    }
    fields = {"type": "card", "card": face, "customer": None, "metadata": {}, "_number": card.number}
    return save(world, new(world, "payment_method", **fields))


def save(world: World, method: Json) -> Json:
    return world.store.put("payment_method", method, owner=method["customer"] or "")


def behaviour(method: Json) -> TestCard:
    return next(card for card in CARDS if card.number == method["_number"])


def find(world: World, id: str, param: str = "payment_method") -> Json:
    """A saved method, or a fresh one for a test token such as pm_card_visa."""
    if id in BY_TOKEN:
        return make(world, BY_TOKEN[id])
    method = world.store.get("payment_method", id)
    if method is None:
        raise missing("PaymentMethod", id, param)
    return method


def decline_error(decline: Decline) -> Json:
    return {
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
    }


def declined(error: Json, **details: Any) -> StripeRefusal:
    return StripeRefusal(
        402,
        error["type"],
        error["message"],
        error["code"],
        decline_code=error["decline_code"],
        **details,
    )


def keep(world: World, method: Json, customer: str) -> Json:
    """Saves the card on the customer, as setup_future_usage does."""
    if method["customer"] == customer:
        return method
    kept = save(world, method | {"customer": customer})
    emit(world, "payment_method.attached", kept)
    return kept


def attach(world: World, form: AttachForm, id: str) -> Json:
    method = find(world, id)
    customer = fetch(world, "customer", form.customer, "customer")
    card = behaviour(method)
    if card.decline is not None and not card.attaches:
        raise declined(decline_error(card.decline))
    if method["customer"] not in (None, customer["id"]):
        raise invalid("The payment method you provided has already been attached to a customer.")
    return keep(world, method, customer["id"])


def detach(world: World, form: Form, id: str) -> Json:
    method = fetch(world, "payment_method", id, "payment_method")
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    freed = save(world, method | {"customer": None, "_detached": True})
    emit(world, "payment_method.detached", freed)
    return freed


def retrieve(world: World, form: Form, id: str) -> Json:
    return fetch(world, "payment_method", id, "payment_method")


def list_methods(world: World, form: MethodListForm) -> Json:
    if form.customer is not None:
        fetch(world, "customer", form.customer, "customer")
    things = world.store.newest("payment_method", owner=form.customer or "") if form.customer else []
    shown = [one for one in things if form.type in (None, one["type"])]
    return page(shown, "/v1/payment_methods", form.limit, form.starting_after, form.ending_before)
