"""What a browser may do with our pages: nothing that the page did not ask for."""

from collections.abc import Iterable

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains"
DEVICES = ("camera", "microphone")
NEVER = ("geolocation", "payment", "usb", "display-capture", "browsing-topics")


def content_security_policy(nonce: str, form_action: Iterable[str] = ()) -> str:
    """`nonce` admits the brand's tokens and nothing else; `form_action` are origins a form may lead to by redirect."""
    targets = " ".join(("'self'", *form_action))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def permissions_policy(devices: bool) -> str:
    """Camera and microphone for this page only when it asks."""
    allowed = "(self)" if devices else "()"
    return ", ".join([f"{name}={allowed}" for name in DEVICES] + [f"{name}=()" for name in NEVER])


def page_headers(nonce: str, https: bool, form_action: Iterable[str], devices: bool) -> dict[str, str]:
    headers = {
        **EVERYWHERE,
        "Content-Security-Policy": content_security_policy(nonce, form_action),
        "Permissions-Policy": permissions_policy(devices),
        "Cache-Control": "no-store",
    }
    return headers | {"Strict-Transport-Security": HSTS} if https else headers
