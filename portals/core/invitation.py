"""Accepting an invitation to work for an organization."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, TheDoor, client_address
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from usecases.context import Context
from usecases.identity import invitations
from usecases.identity.doors import Door, Identity
from usecases.identity.invitations import Accept

router = APIRouter(prefix="/invitation")


@router.get("")
async def invitation_page(request: Request, context: TheContext, door: TheDoor, token: str = "") -> Response:
    return await form(request, context, door, token)


@router.post("")
async def accept(request: Request, context: TheContext, door: TheDoor) -> Response:
    try:
        person_id = await invitations.accept(context, door, await command(request, Accept), client_address(request))
    except Refusal as no:
        return await form(request, context, door, str((await typed(request)).get("token", "")), no)
    identity: Identity | None = request.state.identity
    if identity is not None and identity.person_id == person_id:
        return see_other("/seats", _("You are in. Choose for whom you act."))
    return see_other("/sign-in", _("Welcome. Sign in to begin."))


async def form(request: Request, context: Context, door: Door, token: str, no: Refusal | None = None) -> Response:
    """A link that is used up or unknown says so; a button, not the link itself, accepts: mail scanners open links."""
    try:
        view = await invitations.invitation(context, door, token)
    except Refusal as gone:
        return page(request, "refusal.html", refusal=no or gone)
    return page(request, "account/invitation.html", refusal=no, view=view, token=token)
