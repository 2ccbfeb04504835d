"""Events: written with their cause, listed, and posted to our webhook."""

import copy
import json

from sandbox.store import Json
from sandbox.stripe.forms import Form, ListForm
from sandbox.stripe.objects import fetch, new, page, visible
from sandbox.world import World

API_VERSION = "2026-10-28.endive"
HOOK = "/webhooks/stripe"


class EventListForm(ListForm):
    type: str | None = None


def emit(world: World, type: str, about: Json) -> None:
    """Records that something happened and sends it on its way."""
    event = new(
        world,
        "event",
        api_version=API_VERSION,
        type=type,
        data={"object": copy.deepcopy(visible(about))},
        pending_webhooks=1,
        request={"id": None, "idempotency_key": None},
    )
    world.store.put("event", event)
    post(world, event)


def post(world: World, event: Json) -> None:
    if world.webhook_url is not None:
        world.courier.send("stripe", world.webhook_url + HOOK, json.dumps(event))


def retrieve(world: World, form: Form, id: str) -> Json:
    return fetch(world, "event", id)


def list_events(world: World, form: EventListForm) -> Json:
    events = [one for one in world.store.newest("event") if form.type in (None, one["type"])]
    return page(events, "/v1/events", form.limit, form.starting_after, form.ending_before)
