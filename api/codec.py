"""Temporal's codec endpoint: its Web UI shows engineers what the engine stores encrypted. Nothing is encoded here.

The browser comes from the UI's own origin, and only from there: with the session cookie of the organization portal,
which reaches us when both are on one site, or with a bearer token.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import HTTPException
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from temporalio.api.common.v1 import Payload, Payloads

from api.door import Credentials, TheContext, context_of
from api.problems import answer_refusals, problem
from domain.actors import Operator
from domain.refusals import InvalidInput, NotSignedIn
from threshold.bodies import Bounded
from usecases import engine_room
from usecases.audit.noting import enter
from usecases.identity.doors import Door, Identity
from usecases.identity.pacing import keep_pace
from usecases.identity.sessions import identify
from usecases.permission import require

MOST_BYTES = 8_000_000
"""A whole history of a workflow at once."""
DOOR = Door("organization")
HEADERS = ("authorization", "content-type", "x-namespace")


def create(origin: str, cookie: str) -> FastAPI:
    """`origin` is the Temporal UI's, "" for none; `cookie` names the portal's session cookie."""
    app = FastAPI(title="Fourdoors: payload codec", openapi_url=None)
    engineer = Annotated[Identity, Depends(identity_from(origin, cookie))]

    @app.post("/decode")
    async def decode(context: TheContext, identity: engineer, body: dict[str, Any]) -> dict[str, Any]:
        return written(await engine_room.decode(context, operator_of(identity), identity, read(body)))

    @app.post("/encode")
    async def encode(identity: engineer) -> None:
        require(operator_of(identity), "run:decode")
        raise HTTPException(405)

    answer_refusals(app)
    app.add_middleware(Bounded, answer=problem, most=MOST_BYTES)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[origin] if origin else [],
        allow_credentials=True,
        allow_methods=["POST"],
        allow_headers=HEADERS,
    )
    return app


def identity_from(origin: str, cookie: str) -> Callable[..., Any]:
    async def identity(request: Request, credentials: Credentials) -> Identity:
        context = context_of(request)
        enter("organization/codec")
        if credentials is not None:
            found = await identify(context, DOOR, credentials.credentials, "bearer")
        elif origin and request.headers.get("origin") == origin:
            found = await identify(context, DOOR, request.cookies.get(cookie, ""))
        else:
            raise NotSignedIn
        enter("organization/codec", found.session_id)
        keep_pace(context, found)
        return found

    return identity


def operator_of(identity: Identity) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


def read(body: dict[str, Any]) -> list[Payload]:
    try:
        return list(ParseDict(body, Payloads(), ignore_unknown_fields=True).payloads)
    except ParseError as error:
        raise InvalidInput({"payloads": "These are no payloads as Temporal writes them."}) from error


def written(payloads: list[Payload]) -> dict[str, Any]:
    return MessageToDict(Payloads(payloads=payloads))
