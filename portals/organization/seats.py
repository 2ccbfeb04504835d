"""Acting for another of one's organizations."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext, TheIdentity
from portals.core.flash import see_other
from portals.core.forms import command
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.organization.door import TheOperator
from usecases.identity.sessions import switch_seat
from usecases.organization.roles import TakeSeat

router = APIRouter(prefix="/seats")


@router.get("")
async def seats(request: Request, identity: TheIdentity, operator: TheOperator) -> Response:
    return page(request, "organization/seats.html", seats=identity.seats, current=operator.organization_id)


@router.post("")
async def take_seat(request: Request, context: TheContext, identity: TheIdentity) -> Response:
    wanted = await command(request, TakeSeat)
    await switch_seat(context, identity, wanted.organization_id)
    names = {seat.organization_id: seat.name for seat in identity.seats}
    return see_other("/", _("You now act for %(organization)s.", organization=names[wanted.organization_id]))
