"""Registering with a brand, and confirming the e-mail address."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, TheDoor, client_address, remember, user_agent
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.site import visit_of
from portals.patient.door import TheBrand
from usecases.identity import accounts
from usecases.identity.accounts import Register

router = APIRouter()


@router.get("/register")
async def register_page(request: Request) -> Response:
    if request.state.identity is not None:
        return RedirectResponse("/", 303)
    return page(request, "patient/register.html", sent=False)


@router.post("/register")
async def register(request: Request, context: TheContext, brand: TheBrand) -> Response:
    try:
        wanted = await command(request, Register, locale=visit_of(request).lang, time_zone=brand.time_zone)
        await accounts.register(context, brand, wanted, client_address(request))
    except Refusal as no:
        return page(request, "patient/register.html", refusal=no, form=await typed(request), sent=False)
    return page(request, "patient/register.html", sent=True)


@router.get("/verify")
async def verify_page(request: Request, token: str = "") -> Response:
    """A button, not the link itself, confirms: mail scanners open every link."""
    return page(request, "patient/verify.html", token=token)


@router.post("/verify")
async def verify(request: Request, context: TheContext, door: TheDoor) -> Response:
    token = str((await typed(request)).get("token", ""))
    try:
        signed_in = await accounts.verify(context, door, token, user_agent(request))
    except Refusal as no:
        return page(request, "patient/verify.html", refusal=no, token="")
    return remember(see_other("/", _("Welcome. Your address is confirmed.")), signed_in)
