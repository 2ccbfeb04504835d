"""What the vendors hold to be true about money, for whoever reconciles with them."""

from collections import defaultdict

from sandbox.store import Json
from sandbox.stripe.objects import visible
from sandbox.world import World


def charges(world: World) -> list[Json]:
    """Successful payments, oldest first."""
    paid = [one for one in world.store.newest("payment_intent") if one["status"] == "succeeded"]
    return [visible(one) for one in reversed(paid)]


def refunds(world: World) -> list[Json]:
    """Refunds, oldest first."""
    return [visible(one) for one in reversed(world.store.newest("refund"))]


def totals(world: World) -> Json:
    """Counts, and sums in minor units by currency."""
    return {
        "charges": _sums(charges(world)),
        "refunds": _sums([one for one in refunds(world) if one["status"] != "failed"]),
        "messages": sum(one["direction"] == "outbound-api" for one in world.store.newest("message")),
        "mails": len(world.store.newest("mail")),
    }


def _sums(movements: list[Json]) -> Json:
    sums: dict[str, int] = defaultdict(int)
    for one in movements:
        sums[one["currency"].upper()] += one["amount"]
    return {"count": len(movements), "amounts": dict(sums)}
