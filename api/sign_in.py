"""Signing in at a JSON door: a bearer token, the second step when one is due, and step-up."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request

from usecases.context import Context
from usecases.identity.confirming import Confirm, confirm
from usecases.identity.doors import Door, Identity
from usecases.identity.sessions import SignedIn
from usecases.identity.signing_in import SecondStep, SecondStepDue, SignIn, second_step, sign_in
from usecases.views import View


class BearerToken(View):
    access_token: str
    token_type: str = "bearer"
    expires_at: datetime


class CompleteSignIn(SecondStep):
    pending_token: str = Field(min_length=20, max_length=100)


def sign_in_routes(
    door_of: Callable[..., Any], identity_of: Callable[..., Any], the_context: Callable[..., Any]
) -> APIRouter:
    """The dependencies of one door become its routes."""
    router = APIRouter(tags=["sign-in"])

    @router.post("/sign-in")
    async def bearer_token(
        request: Request,
        command: SignIn,
        context: Annotated[Context, Depends(the_context)],
        door: Annotated[Door, Depends(door_of)],
    ) -> BearerToken | SecondStepDue:
        """A token, or, when a second factor is due, a pending token for /sign-in/second-step."""
        address = request.client.host if request.client else "unknown"
        answer = await sign_in(context, door, command, address, "bearer", _user_agent(request))
        return answer if isinstance(answer, SecondStepDue) else _token(context, answer)

    @router.post("/sign-in/second-step")
    async def complete(
        request: Request,
        command: CompleteSignIn,
        context: Annotated[Context, Depends(the_context)],
        door: Annotated[Door, Depends(door_of)],
    ) -> BearerToken:
        step = SecondStep(code=command.code)
        done = await second_step(context, door, command.pending_token, step, "bearer", _user_agent(request))
        return _token(context, done)

    @router.post("/step-up")
    async def step_up(
        command: Confirm,
        context: Annotated[Context, Depends(the_context)],
        identity: Annotated[Identity, Depends(identity_of)],
    ) -> BearerToken:
        """After a 403 of type StepUpNeeded. The token at hand is void; the answer is its successor."""
        return _token(context, await confirm(context, identity, command))

    return router


def _token(context: Context, signed_in: SignedIn) -> BearerToken:
    return BearerToken(access_token=signed_in.token, expires_at=context.now() + signed_in.lasts)


def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
