"""The account pages every portal has: signing in and out, a new password."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import SESSION_COOKIE, TheContext, TheDoor, client_address, forget, remember
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.refusing import same_site
from portals.core.rendering import page
from usecases.identity import accounts, sessions
from usecases.identity.accounts import AskForLink, NewPassword
from usecases.identity.sessions import SignIn

router = APIRouter()


@router.get("/sign-in")
async def sign_in_page(request: Request, door: TheDoor, next: str = "/") -> Response:
    if request.state.identity is not None:
        return RedirectResponse(same_site(next), 303)
    return page(request, "account/sign_in.html", next=same_site(next), portal=door.portal)


@router.post("/sign-in")
async def sign_in(request: Request, context: TheContext, door: TheDoor, next: str = "/") -> Response:
    onward = same_site(next)
    try:
        wanted = await command(request, SignIn)
        signed_in = await sessions.sign_in(context, door, wanted, client_address(request))
    except Refusal as no:
        form = await typed(request)
        return page(request, "account/sign_in.html", refusal=no, form=form, next=onward, portal=door.portal)
    return remember(RedirectResponse(onward, 303), signed_in)


@router.post("/sign-out")
async def sign_out(request: Request, context: TheContext) -> Response:
    await sessions.sign_out(context, request.cookies.get(SESSION_COOKIE, ""))
    return forget(see_other("/sign-in", _("You are signed out.")))


@router.get("/forgot-password")
async def forgot_page(request: Request) -> Response:
    return page(request, "account/forgot.html", sent=False)


@router.post("/forgot-password")
async def forgot(request: Request, context: TheContext, door: TheDoor) -> Response:
    try:
        await accounts.ask_for_link(context, door, await command(request, AskForLink), client_address(request))
    except Refusal as no:
        return page(request, "account/forgot.html", refusal=no, form=await typed(request), sent=False)
    return page(request, "account/forgot.html", sent=True)


@router.get("/new-password")
async def new_password_page(request: Request, token: str = "") -> Response:
    return page(request, "account/new_password.html", token=token)


@router.post("/new-password")
async def new_password(request: Request, context: TheContext, door: TheDoor) -> Response:
    form = await typed(request)
    try:
        await accounts.reset_password(context, door, await command(request, NewPassword))
    except Refusal as no:
        return page(request, "account/new_password.html", refusal=no, token=str(form.get("token", "")))
    return see_other("/sign-in", _("Your new password is set. Sign in with it."))
