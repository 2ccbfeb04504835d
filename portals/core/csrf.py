"""Form tokens: an HMAC of the session and of whom it acts for.

Masked anew in every response, so that compression betrays nothing (BREACH).
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request

from domain.refusals import CookiesMissing, FormExpired, SeatChanged, SignedOut
from portals.core.form_data import form_of
from portals.core.holder import is_for_holders
from portals.core.site import visit_of

SIZE = 32
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ABOUT_ONESELF = frozenset({"/seats", "/sign-out", "/language"})
"""Mean the same whomever one acts for."""


def owner(session_id: str, seat_id: str) -> str:
    """Whose a form is: one that was opened for one organization is not sent for another."""
    return f"{session_id}/{seat_id}"


def issue(owner: str, key: bytes) -> str:
    """A token for the form field `csrf` or the header `x-csrf-token`; every call gives another text."""
    mask = secrets.token_bytes(SIZE)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret(owner, key))).decode().rstrip("=")


def verify(token: str, owner: str, key: bytes) -> bool:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 2 * SIZE:
        return False
    return hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), _secret(owner, key))


async def guard(request: Request) -> None:
    """Dependency of every portal: an unsafe request comes from our pages and carries this session's token.

    Raises FormExpired, SignedOut for a form of somebody whose session has ended, CookiesMissing for one of a browser
    that keeps none, and SeatChanged for one that was opened when the user acted for another.
    """
    if request.method in SAFE:
        return
    if not from_here(request):
        raise FormExpired
    visit = visit_of(request)
    token = await _token(request)
    if verify(token, owner(visit.session_id, visit.seat_id), visit.form_key):
        return
    if visit.user is None and is_for_holders(request):
        raise SignedOut
    if visit.user is None and token and not request.cookies:
        raise CookiesMissing
    if not any(verify(token, owner(visit.session_id, seat_id), visit.form_key) for seat_id in visit.other_seats):
        raise FormExpired
    if request.url.path not in ABOUT_ONESELF:
        raise SeatChanged


def from_here(request: Request) -> bool:
    """What the browser says about where the request comes from; programs that say nothing have only their token.

    A page that came by plain HTTP may not send to one that came by HTTPS: anybody on the way could have written it.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    said = request.headers.get("origin", request.headers.get("referer"))
    if said is None:
        return True
    sender = urlsplit(said)
    return sender.netloc == request.headers.get("host") and sender.scheme in {"https", request.url.scheme}


async def _token(request: Request) -> str:
    header = request.headers.get("x-csrf-token")
    if header is not None:
        return header
    if not request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        return ""
    field = (await form_of(request)).get("csrf")
    return field if isinstance(field, str) else ""


def _secret(owner: str, key: bytes) -> bytes:
    return hmac.digest(key, b"form:" + owner.encode(), "sha256")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
