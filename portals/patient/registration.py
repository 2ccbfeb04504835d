"""Registering with a brand, and confirming the e-mail address."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from domain.refusals import LinkExpired, Refusal
from portals.core.door import TheContext, TheDoor, client_address, remember, user_agent
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.site import visit_of
from portals.patient.door import TheBrand
from usecases.identity import registering
from usecases.identity.registering import PROOF_LASTS, ConfirmAddress, Register, RegisteredElsewhere

router = APIRouter()
REGISTERED_COOKIE = "__Host-registered"
"""What lets the browser that registered confirm with one click."""


@router.get("/register")
async def register_page(request: Request) -> Response:
    if request.state.identity is not None:
        return RedirectResponse("/", 303)
    return page(request, "patient/register.html", sent=False)


@router.post("/register")
async def register(request: Request, context: TheContext, brand: TheBrand) -> Response:
    try:
        wanted = await command(request, Register, locale=visit_of(request).lang, time_zone=brand.time_zone)
        proof = await registering.register(context, brand, wanted, client_address(request))
    except Refusal as no:
        return page(request, "patient/register.html", refusal=no, form=await typed(request), sent=False)
    answer = page(request, "patient/register.html", sent=True)
    answer.set_cookie(
        REGISTERED_COOKIE, proof, int(PROOF_LASTS.total_seconds()), httponly=True, secure=True, samesite="lax", path="/"
    )
    return answer


@router.get("/verify")
async def verify_page(request: Request, context: TheContext, token: str = "") -> Response:
    """A button, not the link itself, confirms: mail scanners open every link."""
    if not token:
        return page(request, "patient/verify.html", refusal=LinkExpired(), token="")
    identity = request.state.identity
    if identity is not None and await registering.has_confirmed(context, identity.person_id, token):
        return page(request, "patient/verify.html", token="", confirmed=True)
    return page(request, "patient/verify.html", token=token, elsewhere=REGISTERED_COOKIE not in request.cookies)


@router.post("/verify")
async def verify(request: Request, context: TheContext, door: TheDoor) -> Response:
    proof, token = request.cookies.get(REGISTERED_COOKIE, ""), str((await typed(request)).get("token", ""))
    try:
        wanted = await command(request, ConfirmAddress)
        signed_in = await registering.confirm(context, door, wanted, proof, user_agent(request))
    except RegisteredElsewhere as no:
        return page(request, "patient/verify.html", refusal=no, token=token, elsewhere=True)
    except Refusal as no:
        return page(request, "patient/verify.html", refusal=no, token="")
    answer = remember(see_other("/", _("Welcome. Your address is confirmed.")), signed_in)
    answer.delete_cookie(REGISTERED_COOKIE, secure=True, httponly=True, samesite="lax", path="/")
    return answer
