"""Customers."""

from pydantic import Field

from sandbox.store import Json
from sandbox.stripe.events import emit
from sandbox.stripe.forms import Form
from sandbox.stripe.objects import fetch, new
from sandbox.world import World


class CustomerForm(Form):
    name: str | None = None
    email: str | None = None
    description: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


def create(world: World, form: CustomerForm) -> Json:
    fields = form.model_dump(exclude={"expand"})
    customer = world.store.put("customer", new(world, "customer", **fields, balance=0, currency=None))
    emit(world, "customer.created", customer)
    return customer


def retrieve(world: World, form: Form, id: str) -> Json:
    return fetch(world, "customer", id)
