"""The one way out to Twilio: deadline, address, and the table that names its refusals."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from gateways.errors import (
    VendorBlocked,
    VendorBug,
    VendorConfiguration,
    VendorError,
    VendorIndeterminate,
    VendorNeedsCustomer,
    VendorRetry,
)

BY_CODE: Mapping[int, type[VendorError]] = {
    20003: VendorConfiguration,
    20429: VendorRetry,
    21211: VendorNeedsCustomer,
    21212: VendorConfiguration,
    21408: VendorConfiguration,
    21606: VendorConfiguration,
    21608: VendorConfiguration,
    21610: VendorBlocked,
    21612: VendorNeedsCustomer,
    21614: VendorNeedsCustomer,
    21617: VendorBug,
    63007: VendorConfiguration,
    63016: VendorBlocked,
}
BY_STATUS: Mapping[int, type[VendorError]] = {
    401: VendorConfiguration,
    403: VendorConfiguration,
    409: VendorRetry,
    429: VendorRetry,
}


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """The SDK's transport. Refusals are raised here, because the SDK words those of lists without a code.

    `base_url` None speaks to Twilio; otherwise `https://<product>.twilio.com/x` becomes `<base_url>/x`.
    """

    def __init__(self, base_url: str | None, timeout: float) -> None:
        logger = logging.getLogger("twilio.http_client")
        logger.setLevel(logging.WARNING)
        super().__init__(logger, True, timeout)
        self._base_url = base_url
        self._deadline = timeout

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        lost = VendorRetry if method.upper() == "GET" else VendorIndeterminate
        login = {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}
        try:
            async with asyncio.timeout(self._deadline), aiohttp.ClientSession(headers=login) as session:
                answer = await session.request(
                    method, self._address(uri), params=params, data=data, headers=headers, allow_redirects=False
                )
                text = await answer.text()
        except aiohttp.ClientConnectorError:
            raise VendorRetry("twilio", "no_connection") from None
        except (TimeoutError, aiohttp.ClientError, ValueError):
            raise lost("twilio", "no_answer") from None
        if answer.status >= 300:
            raise classify(answer.status, text, lost)
        return Response(answer.status, text)

    def _address(self, uri: str) -> str:
        parts = urlsplit(uri)
        if not (parts.hostname or "").endswith(".twilio.com"):
            raise VendorBug("twilio", "foreign_address")
        query = f"?{parts.query}" if parts.query else ""
        return uri if self._base_url is None else f"{self._base_url}{parts.path}{query}"


def classify(status: int, text: str, lost: type[VendorError]) -> VendorError:
    """`lost` is the class for an answer that leaves open whether it happened."""
    code = _code(text)
    kind = lost if status >= 500 else BY_STATUS.get(status, VendorBug)
    return BY_CODE.get(code or 0, kind)("twilio", code or status)


def _code(text: str) -> int | None:
    try:
        body: Any = json.loads(text)
        return int(body["code"])
    except (ValueError, LookupError, TypeError):
        return None
