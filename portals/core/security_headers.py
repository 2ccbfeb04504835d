"""What a browser may do with our pages: nothing that the page did not ask for."""

from collections.abc import Iterable

from threshold.headers import EVERYWHERE, HSTS, permissions_policy


def content_security_policy(nonce: str, form_action: Iterable[str] = ()) -> str:
    """`nonce` admits the brand's tokens and nothing else; `form_action` are origins a form may lead to by redirect."""
    targets = " ".join(("'self'", *form_action))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action {targets}; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def page_headers(nonce: str, https: bool, form_action: Iterable[str], devices: bool) -> dict[str, str]:
    headers = {
        **EVERYWHERE,
        "Content-Security-Policy": content_security_policy(nonce, form_action),
        "Permissions-Policy": permissions_policy(devices),
    }
    return headers | {"Strict-Transport-Security": HSTS} if https else headers
