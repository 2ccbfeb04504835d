"""Stripe's refusals and silences, in one table."""

from collections.abc import Mapping

import httpx
import stripe

from gateways.errors import (
    VendorBug,
    VendorConfiguration,
    VendorDeclined,
    VendorError,
    VendorIndeterminate,
    VendorNeedsCustomer,
    VendorRetry,
)

BY_CODE: Mapping[str, type[VendorError]] = {
    "idempotency_key_in_use": VendorRetry,
    "lock_timeout": VendorRetry,
    "rate_limit": VendorRetry,
    "balance_insufficient": VendorRetry,
    "authentication_required": VendorNeedsCustomer,
    "charge_already_refunded": VendorDeclined,
    "charge_disputed": VendorDeclined,
}
BY_STATUS: Mapping[int, type[VendorError]] = {
    401: VendorConfiguration,
    402: VendorDeclined,
    403: VendorConfiguration,
    409: VendorRetry,
    429: VendorRetry,
}
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def classify(error: stripe.StripeError, *, reading: bool) -> VendorError:
    """`reading`: the call changes nothing, so a lost answer may simply be asked for again."""
    lost = VendorRetry if reading else VendorIndeterminate
    if isinstance(error, stripe.APIConnectionError):
        return (VendorRetry if isinstance(error.__cause__, NEVER_SENT) else lost)("stripe", "no_answer")
    code = error.code or getattr(error.error, "code", None)
    status = error.http_status or 500
    kind = lost if status >= 500 or status < 400 else BY_STATUS.get(status, VendorBug)
    return BY_CODE.get(code or "", kind)("stripe", code or status)
