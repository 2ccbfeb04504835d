"""The account pages every portal has: signing in and out, a new password, invitations, security."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core import confirming, invitation, passkeys, security, sign_in
from portals.core.door import SESSION_COOKIE, TheContext, TheDoor, client_address, forget
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from usecases.identity import accounts, endings
from usecases.identity.accounts import AskForLink, NewPassword

router = APIRouter()
for each in (sign_in, confirming, security, passkeys, invitation):
    router.include_router(each.router)


@router.post("/sign-out")
async def sign_out(request: Request, context: TheContext) -> Response:
    await endings.sign_out(context, request.cookies.get(SESSION_COOKIE, ""))
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
        await accounts.reset_password(context, door, await command(request, NewPassword), client_address(request))
    except Refusal as no:
        return page(request, "account/new_password.html", refusal=no, token=str(form.get("token", "")))
    return see_other("/sign-in", _("Your new password is set. Sign in with it."))
