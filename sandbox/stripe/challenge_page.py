"""The bank's 3-D Secure page: complete the authentication, or fail it."""

import hmac
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from sandbox.rendering import page
from sandbox.store import Json
from sandbox.stripe import payments, setups
from sandbox.stripe.checkout_page import finished
from sandbox.world import World


def challenge_pages(world: World) -> APIRouter:
    router = APIRouter(prefix="/stripe/challenge", include_in_schema=False)

    @router.get("/{id}/{secret}")
    async def show(id: str, secret: str) -> Response:
        intent = _waiting(world, id, secret)
        if intent is None:
            return page("closed.html", status=410, session=None)
        return page("challenge.html", leads_to=_leads_to(world, intent), intent=intent)

    @router.post("/{id}/{secret}")
    async def decide(id: str, secret: str, decision: Annotated[Literal["complete", "fail"], Form()]) -> Response:
        with world.store.transaction():
            intent = _waiting(world, id, secret)
            if intent is None:
                return page("closed.html", status=410, session=None)
            settled = _settle(world, intent, authenticated=decision == "complete")
            return RedirectResponse(_next(world, intent, settled), 303)

    return router


def _waiting(world: World, id: str, secret: str) -> Json | None:
    intent = world.store.get("payment_intent", id) or world.store.get("setup_intent", id)
    if intent is None or intent["status"] != "requires_action":
        return None
    return intent if hmac.compare_digest(intent["_challenge"].encode(), secret.encode()) else None


def _settle(world: World, intent: Json, *, authenticated: bool) -> Json:
    method = world.store.get("payment_method", intent["payment_method"])
    if method is None:
        raise LookupError(intent["payment_method"])
    if intent["object"] == "payment_intent":
        return payments.settle(world, intent, method, authenticated=authenticated)
    return setups.settle(world, intent, method, authenticated=authenticated)


def _next(world: World, intent: Json, settled: Json) -> str:
    if "_session" in intent:
        return finished(world, intent["_session"], settled)
    return_url = intent["next_action"]["redirect_to_url"]["return_url"]
    if return_url is None:
        return "/"
    kind = intent["object"]
    answer = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if settled["status"] == "succeeded" else "failed",
    }
    return f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(answer)}"


def _leads_to(world: World, intent: Json) -> tuple[str | None, ...]:
    session = world.store.get("checkout.session", intent["_session"]) if "_session" in intent else None
    if session is not None:
        return session["success_url"], session["cancel_url"]
    return (intent["next_action"]["redirect_to_url"]["return_url"],)
