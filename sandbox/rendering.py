"""Pages: plain HTML that works without JavaScript, under a strict content security policy."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.stripe.amounts import written

HERE = Path(__file__).parent
STYLE = HERE / "static" / "sandbox.css"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b %H:%M:%S UTC")


TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["money"] = written
TEMPLATES.filters["moment"] = _moment


def page(template: str, *, status: int = 200, leads_to: Iterable[str | None] = (), **values: Any) -> HTMLResponse:
    """`leads_to`: the addresses a form of this page may end at; browsers check them even after a redirect."""
    origins = " ".join(sorted({origin(url) for url in leads_to if url}))
    policy = (
        "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {origins}"
    )
    headers = {
        "content-security-policy": policy.strip(),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(TEMPLATES.get_template(template).render(**values), status, headers)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
