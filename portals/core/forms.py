"""What was typed into a form, and the command it becomes."""

from datetime import UTC, date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from domain.mistakes import mistake
from domain.refusals import InvalidInput
from portals.core.form_data import form_of
from portals.core.formats import ZONE
from portals.core.i18n import N_

M = TypeVar("M", bound=BaseModel)
Typed = dict[str, Any]


async def typed(request: Request) -> Typed:
    """Field -> text as typed (a list where a name came several times), without the token: `form=` of a page."""
    form = await form_of(request)
    fields: Typed = {}
    for name in form:
        if name != "csrf":
            values = form.getlist(name)
            fields[name] = values[0] if len(values) == 1 else values
    return fields


async def command(request: Request, model: type[M], beside: str | None = None, **given: object) -> M:
    """The form as a `model`; an empty field counts as not sent, `given` wins over what was sent.

    Fields whose names begin with `beside` are the form's own: what they become is `given`.

    Raises InvalidInput with one mistake per field.
    """
    fields = {name: value for name, value in (await typed(request)).items() if value != ""}
    if beside:
        fields = {name: value for name, value in fields.items() if not name.startswith(beside)}
    for name, info in model.model_fields.items():
        wants_many = str(info.annotation).startswith(("list", "tuple", "frozenset"))
        if wants_many and isinstance(fields.get(name), str):
            fields[name] = [fields[name]]
    try:
        return model.model_validate(fields | given)
    except ValidationError as error:
        raise InvalidInput(mistakes(error)) from error


def mistakes(error: ValidationError) -> dict[str, str]:
    """Field -> English message id."""
    found: dict[str, str] = {}
    for each in error.errors():
        found.setdefault(str(each["loc"][0]) if each["loc"] else "form", mistake(each))
    return found


def end_of(day: str) -> datetime:
    """The last moment of a day typed into a form, on the reader's own clock, in UTC. Raises `InvalidInput`."""
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59, 59), ZoneInfo(ZONE.get())).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise InvalidInput({"until": N_("Enter a date.")}) from wrong
