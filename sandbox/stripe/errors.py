"""Stripe's refusals, in Stripe's shape."""

from typing import Any

from sandbox.store import Json


class StripeRefusal(Exception):
    """`details` are further fields of the error, such as `decline_code`."""

    def __init__(
        self, status: int, kind: str, message: str, code: str | None = None, param: str | None = None, **details: Any
    ) -> None:
        self.status = status
        fields = {"type": kind, "code": code, "message": message, "param": param, **details}
        self.error: Json = {name: value for name, value in fields.items() if value is not None}
        super().__init__(message)


def invalid(message: str, code: str | None = None, param: str | None = None, **details: Any) -> StripeRefusal:
    return StripeRefusal(400, "invalid_request_error", message, code, param, **details)


def missing(what: str, id: str, param: str = "id") -> StripeRefusal:
    message = f"No such {what}: '{id}'"
    return StripeRefusal(404, "invalid_request_error", message, "resource_missing", param)


def unknown_url(method: str, path: str) -> StripeRefusal:
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs."
    return StripeRefusal(404, "invalid_request_error", message)


def unauthorized() -> StripeRefusal:
    return StripeRefusal(401, "invalid_request_error", "Invalid API Key provided.")


def in_use(key: str) -> StripeRefusal:
    message = f"There is currently another in-progress request using this Idempotent Key: {key}"
    return StripeRefusal(409, "idempotency_error", message, "idempotency_key_in_use")


def other_body(key: str) -> StripeRefusal:
    message = (
        "Keys for idempotent requests can only be used with the same parameters they were first used with."
        f" Try using a key other than '{key}' if you meant to execute a different request."
    )
    return StripeRefusal(400, "idempotency_error", message)


def broken(status: int) -> StripeRefusal:
    """A refusal that is not about the request: 409, 429 or 500."""
    if status == 429:
        return StripeRefusal(429, "invalid_request_error", "Too many requests.", "rate_limit")
    if status == 409:
        return StripeRefusal(409, "invalid_request_error", "Another request holds this object.", "lock_timeout")
    return StripeRefusal(500, "api_error", "An unknown error occurred.")
