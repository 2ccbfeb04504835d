"""Style sheets and scripts under `/static/<hash>/`: one hash for the directory, so that modules keep one identity.

The directory is small and read into memory at start; a changed file is a changed address, so browsers keep each
answer for ever. `site.css` is the style sheets put together in the order of `STYLES`, without comments and spaces.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from lightningcss import process_stylesheet
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

STATIC_DIR = Path(__file__).parent.parent / "static"
STYLES = (
    "tokens",
    "base",
    "layout",
    "components",
    "forms",
    "calendar",
    "charts",
    "room",
    "organization",
    "welcome",
    "account",
    "specialist",
    "print",
)
MEDIA_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    body: bytes
    zipped: bytes
    media_type: str


def _read() -> dict[str, Asset]:
    styles = "".join((STATIC_DIR / "css" / f"{name}.css").read_text() for name in STYLES)
    bodies = {"site.css": process_stylesheet(styles, minify=True).encode()}
    for path in sorted(STATIC_DIR.rglob("*")):
        if path.is_file() and path.suffix != ".css":
            bodies[path.relative_to(STATIC_DIR).as_posix()] = path.read_bytes()
    return {name: _asset(name, body) for name, body in bodies.items()}


def _asset(name: str, body: bytes) -> Asset:
    media_type = MEDIA_TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(body, gzip.compress(body, 9, mtime=0), media_type)


ASSETS = _read()
VERSION = hashlib.sha256(b"".join(name.encode() + a.body for name, a in ASSETS.items())).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file: "site.css" -> "/static/3f…/site.css". Raises KeyError for an unknown one."""
    if name not in ASSETS:
        raise KeyError(f"no static file {name!r}")
    return f"/static/{VERSION}/{name}"


async def static_files(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI app to mount at `/static`; only the present version's addresses exist."""
    version, _, name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/").partition("/")
    found = ASSETS.get(name) if version == VERSION else None
    if found is None or scope["method"] not in ("GET", "HEAD"):
        await PlainTextResponse("Not found", 404)(scope, receive, send)
        return
    zipped = "gzip" in Headers(scope=scope).get("accept-encoding", "")
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = found.zipped if zipped else found.body
    await Response(body, headers=headers, media_type=found.media_type)(scope, receive, send)
