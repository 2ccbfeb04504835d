"""How much anybody may send."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.refusals import Refusal, TooLarge
from domain.shared_documents import MOST_BYTES as MOST_FILE_BYTES

MOST_BYTES = 1_000_000
"""The longest document anybody pastes is 200,000 characters, in a form three bytes each."""

MOST_UPLOAD_BYTES = MOST_FILE_BYTES * 4 // 3 + 100_000
"""A file in base64, and what is said about it."""

Answer = Callable[[Request, Refusal], Response]


class Bounded:
    """ASGI middleware: a body of more than `most` bytes is refused with 413, unread where its length is told.

    `answer` is the door's own way to refuse. Where no length is told, the reader gets the 413 as an exception.
    A POST to one of `uploads` may bring a file, and is marked so for whoever reads the form.
    """

    def __init__(
        self, app: ASGIApp, answer: Answer, most: int = MOST_BYTES, uploads: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._answer = answer
        self._most = most
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        takes_file = request.state.takes_file = request.method == "POST" and scope["path"] in self._uploads
        most = MOST_UPLOAD_BYTES if takes_file else self._most
        told = request.headers.get("content-length", "0")
        if not told.isdecimal() or len(told) > 15 or int(told) > most:
            return await self._answer(request, TooLarge())(scope, receive, send)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
