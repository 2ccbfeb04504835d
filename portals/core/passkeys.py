"""Passkeys on the Security page: adding, renaming, removing."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import NotFound, Refusal
from portals.core.door import TheBrowser, TheContext, TheFreshHolder, TheHolder
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.security import enrolled
from portals.core.site import visit_of
from usecases.context import Context
from usecases.identity import passkeys, security
from usecases.identity.doors import Identity
from usecases.identity.passkeys import NewPasskey, RenamePasskey
from usecases.identity.security import PasskeyRow

router = APIRouter(prefix="/security/passkeys")


@router.get("/new")
async def new_page(request: Request, context: TheContext, identity: TheFreshHolder, browser: TheBrowser) -> Response:
    options = await passkeys.creation_options(context, identity, browser, visit_of(request).site.name)
    return page(request, "account/new_passkey.html", passkey=options)


@router.post("/new")
async def register(request: Request, context: TheContext, identity: TheFreshHolder, browser: TheBrowser) -> Response:
    try:
        codes = await passkeys.register(context, identity, browser, await command(request, NewPasskey))
    except Refusal as no:
        options = await passkeys.creation_options(context, identity, browser, visit_of(request).site.name)
        form = await typed(request)
        return page(request, "account/new_passkey.html", refusal=no, form=form, passkey=options)
    return enrolled(request, codes, _("Your passkey is ready."))


@router.get("/{passkey_id}")
async def one(request: Request, context: TheContext, identity: TheHolder, passkey_id: UUID) -> Response:
    row = await passkey_row(context, identity, passkey_id)
    return page(request, "account/passkey.html", row=row, form={"name": row.name})


@router.post("/{passkey_id}")
async def rename(request: Request, context: TheContext, identity: TheHolder, passkey_id: UUID) -> Response:
    try:
        await passkeys.rename(context, identity, passkey_id, await command(request, RenamePasskey))
    except Refusal as no:
        row, form = await passkey_row(context, identity, passkey_id), await typed(request)
        return page(request, "account/passkey.html", refusal=no, row=row, form=form)
    return see_other("/security", _("The passkey has its new name."))


@router.post("/{passkey_id}/remove")
async def remove(context: TheContext, identity: TheFreshHolder, passkey_id: UUID) -> Response:
    await passkeys.remove(context, identity, passkey_id)
    return see_other("/security", _("The passkey is removed. Your other sign-ins have ended."))


async def passkey_row(context: Context, identity: Identity, passkey_id: UUID) -> PasskeyRow:
    """One's own. Raises `NotFound`."""
    view = await security.security_page(context, identity)
    for row in view.passkeys:
        if row.id == passkey_id:
            return row
    raise NotFound
