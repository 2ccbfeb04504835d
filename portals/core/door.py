"""What every portal's door has in common: the context, the session cookie, and who came in."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, params
from starlette.requests import Request
from starlette.responses import Response

from domain.actors import Actor
from domain.refusals import NotSignedIn
from portals.core.holder import holder_of
from portals.core.i18n import N_
from portals.core.language import language_of
from portals.core.live import Hub
from portals.core.portal import NobodyKnown, visitor_id
from portals.core.site import NavItem, Site, Visit, visit_of
from usecases.audit.noting import enter
from usecases.context import Context, DatabaseAway
from usecases.identity.doors import Door, Identity
from usecases.identity.passkeys import Browser
from usecases.identity.sessions import SignedIn, enrolled, recognize
from usecases.identity.step_up import be_fresh
from usecases.permission import MARK, needs

SESSION_COOKIE = "__Host-session"
SEATS = NavItem("/seats", N_("Act for another"), "repeat-2")
SECURITY = NavItem("/security", N_("Security"), "shield-check")


@dataclass(frozen=True)
class PortalFace:
    """How a portal presents itself once somebody is signed in."""

    nav: tuple[NavItem, ...]
    account: tuple[NavItem, ...] = field(default=())


def context_of(request: Request) -> Context:
    found: Context = request.state.context
    return found


async def hub_of(request: Request) -> Hub:
    found: Hub = request.state.hub
    return found


def door_of(request: Request) -> Door:
    found: Door = request.state.door
    return found


def browser_of(request: Request) -> Browser:
    return Browser(request.url.hostname or "", visit_of(request).session_id)


async def the_context(request: Request) -> Context:
    return context_of(request)


async def the_browser(request: Request) -> Browser:
    return browser_of(request)


async def the_door(request: Request) -> Door:
    return door_of(request)


TheContext = Annotated[Context, Depends(the_context)]
TheBrowser = Annotated[Browser, Depends(the_browser)]
TheHub = Annotated[Hub, Depends(hub_of)]
TheDoor = Annotated[Door, Depends(the_door)]
TheHolder = Annotated[Identity, Depends(holder_of)]


async def identity_of(context: TheContext, holder: TheHolder) -> Identity:
    """Whoever is signed in. Raises `NotSignedIn`, and `SecondFactorNeeded`, which leads to /security."""
    return await enrolled(context, holder)


TheIdentity = Annotated[Identity, Depends(identity_of)]


async def fresh_holder_of(context: TheContext, holder: TheHolder) -> Identity:
    """For what cannot be undone. Raises `StepUpNeeded`, which leads to /confirm-it-is-you and back."""
    await be_fresh(context, holder)
    return holder


async def fresh_identity_of(_: TheIdentity, holder: Annotated[Identity, Depends(fresh_holder_of)]) -> Identity:
    return holder


TheFreshHolder = Annotated[Identity, Depends(fresh_holder_of)]
TheFreshIdentity = Annotated[Identity, Depends(fresh_identity_of)]


def asks(permission: str) -> params.Depends:
    """A dependency for an endpoint that calls no use case: lets in whose roles hold `permission`."""

    @needs(permission, act="")
    async def nothing_more(context: Context, actor: Actor) -> None:
        """Only whether they may."""

    async def check(context: TheContext, identity: TheIdentity) -> None:
        await nothing_more(context, identity.actor)

    setattr(check, MARK, permission)
    return params.Depends(check)


async def come_in(request: Request, door: Door, site: Site, face: PortalFace, zone: str) -> Visit:
    """Resolve the visitor of `door`: sets `request.state.identity` and answers what pages need.

    Raises `NobodyKnown` while the database is away.
    """
    enter(f"{door.portal}/pages")
    form_key = context_of(request).secret_key
    lang = language_of(request, site.locales, site.locale)
    stranger = Visit(site, session_id=visitor_id(request), form_key=form_key, lang=lang, zone=zone)
    try:
        identity = await _identity(request, door)
    except DatabaseAway as away:
        raise NobodyKnown(stranger) from away
    enter(f"{door.portal}/pages", identity.session_id if identity else None)
    request.state.door, request.state.identity = door, identity
    if identity is None:
        return stranger
    return Visit(
        site,
        session_id=str(identity.session_id),
        form_key=form_key,
        lang=language_of(request, site.locales, site.locale, preferred=identity.locale),
        zone=identity.time_zone,
        user=identity.name,
        nav=_open_to(identity, face.nav),
        account=(*_open_to(identity, face.account), *((SEATS,) if len(identity.seats) > 1 else ()), SECURITY),
        acting_for=identity.acting_for,
        seat_id=str(identity.seat_id),
        other_seats=tuple(str(seat.id) for seat in identity.seats if seat.id != identity.seat_id),
        permissions=identity.actor.permissions,
    )


def _open_to(identity: Identity, items: tuple[NavItem, ...]) -> tuple[NavItem, ...]:
    held = identity.actor.permissions
    return tuple(each for each in items if not identity.factor_due and (not each.permission or each.permission in held))


async def _identity(request: Request, door: Door) -> Identity | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    try:
        return await recognize(context_of(request), door, token)
    except NotSignedIn:
        return None


def remember(response: Response, signed_in: SignedIn) -> Response:
    """Put the session's token into the browser."""
    response.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        max_age=int(signed_in.lasts.total_seconds()),
        httponly=True,
        secure=True,
        samesite="lax",
        path="/",
    )
    return response


def forget(response: Response) -> Response:
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
