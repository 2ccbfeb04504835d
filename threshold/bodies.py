"""How much anybody may send."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.refusals import Refusal, TooLarge

MOST_BYTES = 1_000_000
"""The longest document anybody pastes is 200,000 characters, in a form three bytes each."""

Answer = Callable[[Request, Refusal], Response]


class Bounded:
    """ASGI middleware: a body of more than `most` bytes is refused with 413, unread where its length is told.

    `answer` is the door's own way to refuse. Where no length is told, the reader gets the 413 as an exception.
    """

    def __init__(self, app: ASGIApp, answer: Answer, most: int = MOST_BYTES) -> None:
        self._app = app
        self._answer = answer
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        told = request.headers.get("content-length", "0")
        if not told.isdecimal() or len(told) > 15 or int(told) > self._most:
            return await self._answer(request, TooLarge())(scope, receive, send)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
