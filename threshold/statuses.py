"""Refusals as HTTP says them."""

from math import ceil

from domain.refusals import Kind, Refusal, TooManyRequests

STATUS: dict[Kind, int] = {
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
    "too_large": 413,
    "too_many": 429,
    "unavailable": 503,
}


def headers_of(refusal: Refusal) -> dict[str, str]:
    """When to come again."""
    if isinstance(refusal, TooManyRequests):
        return {"Retry-After": str(max(1, ceil(refusal.wait.total_seconds())))}
    return {"Retry-After": "5"} if refusal.kind == "unavailable" else {}
