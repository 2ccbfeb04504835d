"""What all of Stripe's objects have in common."""

import secrets
from typing import Any

from sandbox.store import Json
from sandbox.stripe.errors import invalid, missing
from sandbox.world import World

PREFIX = {
    "customer": "cus",
    "payment_method": "pm",
    "payment_intent": "pi",
    "setup_intent": "seti",
    "refund": "re",
    "event": "evt",
    "checkout.session": "cs_test",
}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def token(length: int = 24) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new(world: World, kind: str, **fields: Any) -> Json:
    """Fields that begin with an underscore stay inside."""
    head = {"id": f"{PREFIX[kind]}_{token()}", "object": kind, "created": int(world.clock.now()), "livemode": False}
    return {**head, **fields}


def visible(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {name: visible(value) for name, value in thing.items() if not name.startswith("_")}
    return [visible(one) for one in thing] if isinstance(thing, list) else thing


def fetch(world: World, kind: str, id: str, param: str = "id") -> Json:
    thing = world.store.get(kind, id)
    if thing is None:
        raise missing(kind.replace(".", " "), id, param)
    return thing


def page(things: list[Json], url: str, limit: int, after: str | None, before: str | None) -> Json:
    """A page of a list, newest first, as Stripe cuts it."""
    if not 1 <= limit <= 100:
        raise invalid("Invalid integer: limit must be between 1 and 100", "parameter_invalid_integer", "limit")
    ids = [thing["id"] for thing in things]
    for cursor in (after, before):
        if cursor is not None and cursor not in ids:
            raise missing("object", cursor, "starting_after" if cursor == after else "ending_before")
    if before is not None:
        rest = things[: ids.index(before)]
        cut = rest[-limit:]
    else:
        rest = things[ids.index(after) + 1 :] if after is not None else things
        cut = rest[:limit]
    return {"object": "list", "url": url, "has_more": len(rest) > len(cut), "data": cut}


def expanded(world: World, thing: Json, paths: list[str]) -> Json:
    """Replaces ids by the objects they name. `data.x` reaches into a list."""
    for path in paths:
        inner = path.removeprefix("data.")
        for one in thing["data"] if path != inner else [thing]:
            if inner not in PREFIX or inner not in one:
                raise invalid(f"This property cannot be expanded ({path}).", param="expand")
            if isinstance(one[inner], str):
                one[inner] = world.store.get(inner, one[inner])
    return thing
