"""Which host a request names: one reading for everybody, so that no two parts of the house ever disagree."""

import re

from starlette.datastructures import Headers
from starlette.types import Scope

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?P<name>{_LABEL}(?:\.{_LABEL})*)(?::[0-9]{{1,5}})?", re.ASCII)
LONGEST = 253


def host_of(scope: Scope) -> str:
    """The name in the one Host header, in lower case; "" when it is no plain name or the address names another.

    Nothing forwarded is believed. User information, brackets, trailing dots and other characters are no plain name:
    a URL parser might read another host out of them.
    """
    hosts = Headers(scope=scope).getlist("host")
    if len(hosts) != 1 or not scope["path"].startswith("/"):
        return ""
    found = _HOST.fullmatch(hosts[0].lower())
    return found["name"] if found and len(found["name"]) <= LONGEST else ""
