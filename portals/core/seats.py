"""Acting for another: of one's organizations, one's wards, or the specialists one assists."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext, TheHolder
from portals.core.flash import see_other
from portals.core.forms import command
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from usecases.identity.seats import TakeSeat, own_titles, switch_seat

router = APIRouter(prefix="/seats")


@router.get("")
async def seats(request: Request, context: TheContext, identity: TheHolder) -> Response:
    own = await own_titles(context, identity.seats)
    return page(request, "account/seats.html", seats=identity.seats, current=identity.seat_id, own=own)


@router.post("")
async def take_seat(request: Request, context: TheContext, identity: TheHolder) -> Response:
    wanted = await command(request, TakeSeat)
    chosen = await switch_seat(context, identity.session_id, identity.seats, wanted)
    return see_other("/", _("You now act for %(name)s.", name=chosen.name))
