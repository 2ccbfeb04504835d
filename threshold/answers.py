"""Refusals before any door is reached: no brand, no language and no session is known yet."""

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope


def before_the_doors(scope: Scope, status: int, title: str, next_action: str, wait: int | None = None) -> Response:
    """As a problem document where a JSON door would have answered; `wait` in seconds."""
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    if scope["path"].startswith("/api/"):
        said = {"type": "about:blank", "title": title, "status": status, "detail": next_action}
        return JSONResponse(said, status, headers, media_type="application/problem+json")
    return PlainTextResponse(f"{title} {next_action}\n", status, headers)
