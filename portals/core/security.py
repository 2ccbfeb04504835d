"""The Security page: second factors, recovery codes, open sign-ins, the password."""

from uuid import UUID

import segno
from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, TheFreshHolder, TheHolder, forget
from portals.core.flash import see_other
from portals.core.form_data import form_of
from portals.core.forms import command
from portals.core.i18n import N_
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.site import visit_of
from usecases.identity import accounts, authenticator_app, endings, security
from usecases.identity.accounts import ChangePassword
from usecases.identity.authenticator_app import Enrol, NewApp

router = APIRouter(prefix="/security")
PORTALS = {
    "patient": N_("Patient portal"),
    "specialist": N_("Specialist portal"),
    "organization": N_("Organization portal"),
    "affiliate": N_("Partner portal"),
}


@router.get("")
async def security_page(request: Request, context: TheContext, identity: TheHolder) -> Response:
    view = await security.security_page(context, identity)
    return page(request, "account/security.html", view=view, portals=PORTALS)


@router.get("/app")
async def app_page(request: Request, context: TheContext, identity: TheFreshHolder) -> Response:
    offered = authenticator_app.offer(context, identity, visit_of(request).site.name)
    return page(request, "account/app.html", offered=offered, picture=picture(offered))


@router.post("/app")
async def enrol(request: Request, context: TheContext, identity: TheFreshHolder) -> Response:
    wanted = await command(request, Enrol, code=str((await form_of(request)).get("code", "")))
    try:
        codes = await authenticator_app.enrol(context, identity, wanted)
    except Refusal as no:
        offered = authenticator_app.offer(context, identity, visit_of(request).site.name, wanted.sealed)
        return page(request, "account/app.html", refusal=no, offered=offered, picture=picture(offered))
    return enrolled(request, codes, _("Your authenticator app is set up."))


@router.post("/app/remove")
async def remove_app(context: TheContext, identity: TheFreshHolder) -> Response:
    await authenticator_app.remove(context, identity)
    return see_other("/security", _("The authenticator app is removed. Your other sign-ins have ended."))


@router.post("/recovery-codes")
async def recovery_codes(request: Request, context: TheContext, identity: TheFreshHolder) -> Response:
    codes = await security.new_recovery_codes(context, identity)
    return page(request, "account/recovery_codes.html", codes=codes)


@router.post("/password")
async def change_password(request: Request, context: TheContext, identity: TheFreshHolder) -> Response:
    try:
        await accounts.change_password(context, identity, await command(request, ChangePassword))
    except Refusal as no:
        view = await security.security_page(context, identity)
        return page(request, "account/security.html", refusal=no, view=view, portals=PORTALS)
    return see_other("/security", _("Your new password is set. Your other sign-ins have ended."))


@router.post("/sign-ins/{session_id}/end")
async def sign_out_one(context: TheContext, identity: TheFreshHolder, session_id: UUID) -> Response:
    await endings.sign_out_one(context, identity, session_id)
    return see_other("/security", _("That device is signed out."))


@router.post("/sign-out-everywhere")
async def sign_out_everywhere(context: TheContext, identity: TheFreshHolder) -> Response:
    await endings.sign_out_everywhere(context, identity)
    return forget(see_other("/sign-in", _("You are signed out everywhere.")))


def enrolled(request: Request, codes: tuple[str, ...], said: str) -> Response:
    """After the first factor its recovery codes are shown, this once."""
    return page(request, "account/recovery_codes.html", codes=codes) if codes else see_other("/security", said)


def picture(offered: NewApp) -> Markup:
    """The QR code, dark on light in every theme, since cameras want it so."""
    drawn = segno.make(offered.address, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)
