"""Signing in: with a password and its second step, or with a passkey alone."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from domain.refusals import Refusal, SecondStepOver
from domain.sign_in_rules import SECOND_STEP_LASTS
from portals.core.door import (
    TheBrowser,
    TheContext,
    TheDoor,
    browser_of,
    client_address,
    context_of,
    door_of,
    remember,
    user_agent,
)
from portals.core.flash import see_other
from portals.core.forms import Typed, command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.way_back import same_site
from usecases.context import Context
from usecases.identity import passkeys, signing_in
from usecases.identity.doors import Door
from usecases.identity.passkeys import Assertion
from usecases.identity.sessions import SignedIn
from usecases.identity.signing_in import SecondStep, SecondStepDue, SignIn

PENDING_COOKIE = "__Host-second-step"
router = APIRouter(prefix="/sign-in")


@router.get("")
async def sign_in_page(request: Request, next: str = "/") -> Response:
    if request.state.identity is not None:
        return RedirectResponse(same_site(next), 303)
    return sign_in_form(request, same_site(next))


@router.post("")
async def sign_in(request: Request, context: TheContext, door: TheDoor, next: str = "/") -> Response:
    onward = same_site(next)
    try:
        wanted = await command(request, SignIn)
        answer = await signing_in.sign_in(
            context, door, wanted, client_address(request), user_agent=user_agent(request)
        )
    except Refusal as no:
        return sign_in_form(request, onward, refusal=no, form=await typed(request))
    if isinstance(answer, SecondStepDue):
        return to_second_step(onward, answer)
    return welcomed(onward, answer)


@router.post("/passkey")
async def sign_in_by_passkey(
    request: Request, context: TheContext, door: TheDoor, browser: TheBrowser, next: str = "/"
) -> Response:
    onward = same_site(next)
    try:
        shown = await command(request, Assertion)
        signed_in = await passkeys.sign_in_by_passkey(
            context, door, browser, shown, client_address(request), user_agent(request)
        )
    except Refusal as no:
        return sign_in_form(request, onward, refusal=no)
    return welcomed(onward, signed_in)


@router.get("/second-step")
async def second_step_page(request: Request, context: TheContext, door: TheDoor, next: str = "/") -> Response:
    return await second_step_form(request, context, door, same_site(next))


@router.post("/second-step")
async def second_step(request: Request, context: TheContext, door: TheDoor, next: str = "/") -> Response:
    onward = same_site(next)
    try:
        step = await command(request, SecondStep)
        token = request.cookies.get(PENDING_COOKIE, "")
        signed_in = await signing_in.second_step(context, door, token, step, user_agent=user_agent(request))
    except SecondStepOver as over:
        return start_again(onward, over)
    except Refusal as no:
        return await second_step_form(request, context, door, onward, no)
    return welcomed(onward, signed_in)


def sign_in_form(request: Request, onward: str, refusal: Refusal | None = None, form: Typed | None = None) -> Response:
    """The challenge for a passkey costs nothing but a signature, so every sign-in page carries one."""
    return page(
        request,
        "account/sign_in.html",
        refusal=refusal,
        form=form,
        next=onward,
        portal=door_of(request).portal,
        passkey=passkeys.request_options(context_of(request), browser_of(request), "sign-in"),
    )


async def second_step_form(
    request: Request, context: Context, door: Door, onward: str, refusal: Refusal | None = None
) -> Response:
    try:
        ways = await signing_in.ways_of_second_step(context, door, request.cookies.get(PENDING_COOKIE, ""))
    except SecondStepOver as over:
        return start_again(onward, over)
    browser = browser_of(request)
    return page(
        request,
        "account/second_step.html",
        refusal=refusal,
        next=onward,
        ways=ways,
        here=browser.host in ways.hosts,
        passkey=passkeys.request_options(context, browser, "sign-in"),
    )


def to_second_step(onward: str, due: SecondStepDue) -> Response:
    response = RedirectResponse(f"/sign-in/second-step?next={quote(onward)}", 303)
    response.set_cookie(
        PENDING_COOKIE,
        due.pending_token,
        max_age=int(SECOND_STEP_LASTS.total_seconds()),
        httponly=True,
        secure=True,
        samesite="lax",
        path="/",
    )
    return response


def start_again(onward: str, over: SecondStepOver) -> Response:
    said = f"{_(over.title)} {_(over.next_action)}"
    return without_pending(see_other(f"/sign-in?next={quote(onward)}", said, "warn"))


def welcomed(onward: str, signed_in: SignedIn) -> Response:
    """Whoever should have a second factor and may go on without is reminded."""
    asked = _("Your role needs a second way to show it is you. Add one on your Security page.")
    response = see_other(onward, asked, "warn") if signed_in.asked_to_enrol else see_other(onward)
    return without_pending(remember(response, signed_in))


def without_pending(response: Response) -> Response:
    response.delete_cookie(PENDING_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response
