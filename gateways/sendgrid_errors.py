"""SendGrid's refusals and silences, in one table."""

import json
import re
import urllib.error
from collections.abc import Mapping

from python_http_client.exceptions import HTTPError

from gateways.errors import (
    VendorBug,
    VendorConfiguration,
    VendorError,
    VendorIndeterminate,
    VendorNeedsCustomer,
    VendorRetry,
)

BY_STATUS: Mapping[int, type[VendorError]] = {
    401: VendorConfiguration,
    403: VendorConfiguration,
    409: VendorRetry,
    429: VendorRetry,
}
NEVER_SENT = (ConnectionRefusedError,)
RECIPIENT = re.compile(r"personalizations\.\d+\.to\.\d+\.email")


def classify(error: Exception, *, reading: bool) -> VendorError:
    """`reading`: the call changes nothing, so a lost answer may simply be asked for again."""
    lost = VendorRetry if reading else VendorIndeterminate
    if isinstance(error, HTTPError):
        status = int(error.status_code)
        kind = lost if status >= 500 else BY_STATUS.get(status, VendorBug)
        return (VendorNeedsCustomer if _refuses_recipient(error) else kind)("sendgrid", status)
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return (VendorRetry if isinstance(reason, NEVER_SENT) else lost)("sendgrid", "no_answer")


def _refuses_recipient(error: HTTPError) -> bool:
    try:
        fields = [str(one["field"]) for one in json.loads(error.body)["errors"]]
    except (ValueError, LookupError, TypeError):
        return False
    return error.status_code == 400 and any(RECIPIENT.fullmatch(field) for field in fields)
