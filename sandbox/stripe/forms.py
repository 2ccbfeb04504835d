"""Stripe's form encoding, `a[b][0]=c`, and its words for parameters that do not fit."""

import re
from collections.abc import Iterable
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from sandbox.stripe.errors import StripeRefusal, invalid

PART = re.compile(r"[^\[\]]+")
DEEPEST = 8
Usage = Literal["on_session", "off_session"]
MethodType = Literal["card"]
INVALID = {
    "int_parsing": "parameter_invalid_integer",
    "int_type": "parameter_invalid_integer",
    "string_too_short": "parameter_invalid_empty",
}


class Form(BaseModel):
    """A parameter that is not a field is refused, as Stripe does it."""

    model_config = ConfigDict(extra="forbid")

    expand: list[str] = []


class ListForm(Form):
    limit: int = 10
    starting_after: str | None = None
    ending_before: str | None = None


F = TypeVar("F", bound=Form)


def read(form: type[F], pairs: Iterable[tuple[str, str]]) -> F:
    """Raises StripeRefusal in Stripe's words."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _plant(tree, name, value)
    try:
        return form.model_validate(_lists(tree))
    except ValidationError as error:
        raise _refusal(error.errors()[0]) from None


def _plant(tree: dict[str, Any], name: str, value: str) -> None:
    """A name that is none, or that is a value and a group at once, is refused."""
    parts = PART.findall(name)
    if not 1 <= len(parts) <= DEEPEST:
        raise invalid(f"Invalid parameter name: {name[:40]}")
    place = tree
    for parent in parts[:-1]:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            raise invalid(f"Invalid {parent}: it is a value and a group.", param=parent)
    if isinstance(place.get(parts[-1]), dict):
        raise invalid(f"Invalid {name}: it is a value and a group.", param=name)
    place[parts[-1]] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(one) for key, one in value.items()}
    return list(inner.values()) if inner and all(key.isdigit() for key in inner) else inner


def _refusal(error: ErrorDetails) -> StripeRefusal:
    first, *rest = (str(part) for part in error["loc"])
    param = first + "".join(f"[{part}]" for part in rest)
    if error["type"] == "extra_forbidden":
        return invalid(f"Received unknown parameter: {param}", "parameter_unknown", param)
    if error["type"] == "missing":
        return invalid(f"Missing required param: {param}.", "parameter_missing", param)
    return invalid(f"Invalid {param}.", INVALID.get(error["type"]), param)
