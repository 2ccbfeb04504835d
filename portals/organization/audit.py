"""The audit: searching it, taking it out."""

from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext, TheFreshIdentity
from portals.core.listing import asked, in_address, listed, sifted
from portals.core.rendering import page
from portals.organization.door import TheOperator
from usecases.organization import audit, roles
from usecases.organization.audit import AuditSearch, ExportSearch, Format

router = APIRouter()


@router.get("/audit")
async def search(request: Request, context: TheContext, operator: TheOperator) -> Response:
    query, no = sifted(request, AuditSearch)
    view = await audit.audit(context, operator, query)
    choices = {"acts": [(act, act) for act in view.acts], "doors": [(door, door) for door in view.doors]}
    own = await roles.own_titles(context, operator)
    more = {"choices": choices, "exports": exports(request), "own": own, **listed(request, view.paging, no)}
    return page(request, "organization/audit.html", view=view, **more)


@router.get("/audit/export")
async def export(request: Request, context: TheContext, operator: TheOperator, _fresh: TheFreshIdentity) -> Response:
    made = await audit.export(context, operator, asked(request, ExportSearch))
    headers = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


def exports(request: Request) -> dict[str, str]:
    """Form -> where what is shown can be taken out in it."""
    wanted = {name: value for name, value in in_address(request).items() if name != "page"}
    return {form: f"/audit/export?{urlencode(wanted | {'form': form})}" for form in get_args(Format)}
