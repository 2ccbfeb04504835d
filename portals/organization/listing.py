"""Lists in a page's address: what it asks for, and the addresses of the pages around it."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from domain.refusals import InvalidInput
from portals.core.forms import mistakes
from usecases.organization.listing import Paging

Q = TypeVar("Q", bound=BaseModel)


def asked(request: Request, model: type[Q]) -> Q:
    """The address's query as a `model`; an empty field counts as not sent. Raises InvalidInput."""
    try:
        return model.model_validate(given(request))
    except ValidationError as error:
        raise InvalidInput(mistakes(error)) from error


def given(request: Request) -> dict[str, str]:
    """What was asked for, as it stands in the address: `form=` of a page with filters."""
    return {name: value for name, value in request.query_params.items() if value}


def around(request: Request, paging: Paging) -> Mapping[str, str]:
    """Addresses of the page before and the page after, "" where there is none."""
    return {"previous": _page(request, paging.previous), "following": _page(request, paging.following)}


def listed(request: Request, paging: Paging) -> dict[str, Any]:
    """What every list's template needs."""
    return {"form": given(request), "around": around(request, paging)}


def _page(request: Request, number: int | None) -> str:
    return "?" + urlencode(given(request) | {"page": str(number)}) if number else ""
