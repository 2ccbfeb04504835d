"""Form tokens: an HMAC of the session, masked anew in every response so that compression betrays nothing (BREACH)."""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request

from domain.refusals import FormExpired
from portals.core.form_data import form_of
from portals.core.site import visit_of

SIZE = 32
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def issue(session_id: str, key: bytes) -> str:
    """A token for the form field `csrf` or the header `x-csrf-token`; every call gives another text."""
    mask = secrets.token_bytes(SIZE)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret(session_id, key))).decode().rstrip("=")


def verify(token: str, session_id: str, key: bytes) -> bool:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 2 * SIZE:
        return False
    return hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), _secret(session_id, key))


async def guard(request: Request) -> None:
    """Dependency of every portal: an unsafe request comes from our pages and carries this session's token.

    Raises FormExpired.
    """
    if request.method in SAFE:
        return
    if not from_here(request):
        raise FormExpired
    visit = visit_of(request)
    if not verify(await _token(request), visit.session_id, visit.form_key):
        raise FormExpired


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


def _secret(session_id: str, key: bytes) -> bytes:
    return hmac.digest(key, b"form:" + session_id.encode(), "sha256")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
