"""Step-up: the page that asks once more who is there, and leads back to what was wanted."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheBrowser, TheContext, TheHolder, remember
from portals.core.flash import see_other
from portals.core.forms import command
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.way_back import same_site
from usecases.context import Context
from usecases.identity import confirming
from usecases.identity.confirming import Confirm
from usecases.identity.doors import Identity
from usecases.identity.passkeys import Assertion, Browser, request_options
from usecases.identity.sessions import SignedIn

router = APIRouter(prefix="/confirm-it-is-you")


@router.get("")
async def confirm_page(
    request: Request, context: TheContext, identity: TheHolder, browser: TheBrowser, next: str = "/"
) -> Response:
    return await form(request, context, identity, browser, same_site(next))


@router.post("")
async def confirm(
    request: Request, context: TheContext, identity: TheHolder, browser: TheBrowser, next: str = "/"
) -> Response:
    try:
        signed_in = await confirming.confirm(context, identity, await command(request, Confirm))
    except Refusal as no:
        return await form(request, context, identity, browser, same_site(next), no)
    return back(same_site(next), signed_in)


@router.post("/passkey")
async def confirm_by_passkey(
    request: Request, context: TheContext, identity: TheHolder, browser: TheBrowser, next: str = "/"
) -> Response:
    try:
        shown = await command(request, Assertion)
        signed_in = await confirming.confirm_by_passkey(context, identity, browser, shown)
    except Refusal as no:
        return await form(request, context, identity, browser, same_site(next), no)
    return back(same_site(next), signed_in)


async def form(
    request: Request, context: Context, identity: Identity, browser: Browser, onward: str, no: Refusal | None = None
) -> Response:
    ways = await confirming.ways_to_confirm(context, identity)
    return page(
        request,
        "account/confirm.html",
        refusal=no,
        next=onward,
        ways=ways,
        here=browser.host in ways.hosts,
        passkey=request_options(context, browser, "step-up"),
    )


def back(onward: str, signed_in: SignedIn) -> Response:
    return remember(see_other(onward, _("Thank you. Now you can go on where you were.")), signed_in)
