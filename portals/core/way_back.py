"""Addresses a visitor is led back to: always on this site, and always ones that can be opened."""

from urllib.parse import urlsplit

from starlette.requests import Request

LONGEST_PATH = 2_000


def way_back(request: Request) -> str:
    """Where a visitor continues after signing in or choosing a language: this page, or the one whose form was sent."""
    here = request.method in ("GET", "HEAD")
    page = urlsplit(str(request.url) if here else request.headers.get("referer", ""))
    if not here and page.netloc != request.headers.get("host"):
        return "/"
    return same_site(page.path + (f"?{page.query}" if page.query else ""))


def same_site(path: str | None, otherwise: str = "/") -> str:
    """`path` when it stays on this site, `otherwise` when not: no scheme, host, backslash, control character."""
    if not path or len(path) > LONGEST_PATH or not path.startswith("/") or path.startswith("//"):
        return otherwise
    return path if "\\" not in path and path.isprintable() else otherwise
