"""SendGrid's refusals, in SendGrid's shape."""

from pydantic import ValidationError

from sandbox.store import Json


class SendGridRefusal(Exception):
    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        self.status = status
        self.body: Json = {"errors": [{"message": message, "field": field, "help": None}]}
        super().__init__(message)


def unfit(error: ValidationError) -> SendGridRefusal:
    """What is wrong with a body, said of its first fault."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return SendGridRefusal(400, f"Additional property {first['loc'][-1]} is not allowed", field)
    if first["type"] == "missing":
        return SendGridRefusal(400, f"The {field} field is required.", field)
    return SendGridRefusal(400, f"The {field} field is invalid.", field)


def broken(status: int) -> SendGridRefusal:
    """A refusal that is not about the request: 409, 429 or 500."""
    return SendGridRefusal(status, {429: "too many requests", 409: "conflict"}.get(status, "internal error"))
