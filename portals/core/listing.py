"""Lists in a page's address: what it asks for. A name that is looked for stands there sealed."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from domain.refusals import FormExpired, InvalidInput, NameInAddress, NotSignedIn, Refusal, SearchUnreadable
from portals.core.door import TheContext, TheIdentity, context_of
from portals.core.flash import see_other
from portals.core.forms import mistakes, typed
from portals.core.way_back import same_site
from usecases.identity.doors import Identity
from usecases.identity.sealing import seal, unseal
from usecases.listing import Paging

router = APIRouter()
NAMES = frozenset({"search", "patient"})
SEALED = "by"
Q = TypeVar("Q", bound=BaseModel)


@router.post("/search")
async def search(request: Request, context: TheContext, identity: TheIdentity) -> Response:
    """From a list's filters back to the list at `at`."""
    fields = {name: str(value) for name, value in (await typed(request)).items() if value}
    at = urlsplit(same_site(fields.pop("at", "/"))).path
    names = {name: fields.pop(name) for name in NAMES & fields.keys()}
    if names:
        fields[SEALED] = seal(context.secret_key, json.dumps(names), _about(identity))
    return see_other(f"{at}?{urlencode(fields)}" if fields else at)


def asked(request: Request, model: type[Q]) -> Q:
    """The address's query as a `model`; an empty field counts as not sent.

    Raises InvalidInput, NameInAddress, SearchUnreadable.
    """
    try:
        return model.model_validate(_unnamed(request))
    except ValidationError as error:
        raise InvalidInput(mistakes(error)) from error


def sifted(request: Request, model: type[Q]) -> tuple[Q, InvalidInput | None]:
    """What a list is asked for without what is wrong with it, and what that is: the list is shown with it.

    A page there cannot be is the first one. Raises NameInAddress, SearchUnreadable.
    """
    fields = _unnamed(request)
    try:
        return model.model_validate(fields), None
    except ValidationError as error:
        wrong = mistakes(error)
    right = model.model_validate({name: value for name, value in fields.items() if name not in wrong})
    wrong.pop("page", None)
    return right, InvalidInput(wrong) if wrong else None


def given(request: Request) -> dict[str, str]:
    """What was asked for, names included: `form=` of a page with filters. Raises SearchUnreadable."""
    fields = in_address(request)
    sealed = fields.pop(SEALED, "")
    return fields | _names(request, sealed) if sealed else fields


def in_address(request: Request) -> dict[str, str]:
    """As it stands there, for the addresses of other pages."""
    return {name: value for name, value in request.query_params.items() if value}


def around(request: Request, paging: Paging, name: str = "page") -> Mapping[str, str]:
    """Addresses of the page before and the page after, "" where there is none; `name` is what they call it."""
    return {"previous": _page(request, name, paging.previous), "following": _page(request, name, paging.following)}


def listed(request: Request, paging: Paging, refusal: Refusal | None = None) -> dict[str, Any]:
    """What every list's page needs."""
    return {"refusal": refusal, "form": given(request), "around": around(request, paging)}


def _unnamed(request: Request) -> dict[str, str]:
    if NAMES.intersection(request.query_params):
        raise NameInAddress
    return given(request)


def _page(request: Request, name: str, number: int | None) -> str:
    return "?" + urlencode(in_address(request) | {name: str(number)}) if number else ""


def _names(request: Request, sealed: str) -> dict[str, str]:
    identity: Identity | None = request.state.identity
    if identity is None:
        raise NotSignedIn
    try:
        opened: dict[str, str] = json.loads(unseal(context_of(request).secret_key, sealed, _about(identity)))
    except FormExpired as foreign:
        raise SearchUnreadable from foreign
    return opened


def _about(identity: Identity) -> str:
    """Whoever acts for the same organization may open a colleague's address."""
    return f"search/{identity.seat_id or identity.person_id}"
