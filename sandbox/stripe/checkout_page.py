"""The hosted payment page: a person types a card, or leaves."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from sandbox.rendering import page
from sandbox.store import Json
from sandbox.stripe import methods, payments, sessions, setups
from sandbox.stripe.cards import CARDS
from sandbox.stripe.errors import StripeRefusal
from sandbox.stripe.typed_cards import TypedCard
from sandbox.world import World

PLACEHOLDER = "{CHECKOUT_SESSION_ID}"


def checkout_pages(world: World) -> APIRouter:
    router = APIRouter(prefix="/stripe/checkout", include_in_schema=False)

    @router.get("/{id}")
    async def show(id: str) -> Response:
        with world.store.transaction():
            session = _session(world, id)
        if session is None or session["status"] != "open":
            return _closed(session)
        return _form(session, _refused(world, session))

    @router.post("/{id}")
    async def pay(
        id: str,
        number: Annotated[str, Form()] = "",
        expiry: Annotated[str, Form()] = "",
        cvc: Annotated[str, Form()] = "",
    ) -> Response:
        typed = TypedCard(number, expiry, cvc)
        with world.store.transaction():
            session = _session(world, id)
            if session is None or session["status"] != "open":
                return _closed(session)
            errors = typed.errors(world.clock.now())
            return _form(session, errors, typed) if errors else _try(world, session, typed)

    return router


def finished(world: World, session_id: str, intent: Json) -> str:
    """Where the person goes once the bank has spoken: back to us, or to the page to try another card."""
    if intent["status"] != "succeeded":
        return f"/stripe/checkout/{session_id}"
    done = sessions.complete(world, session_id)
    url: str = done["success_url"]
    return url.replace(PLACEHOLDER, quote(session_id, safe=""))


def _try(world: World, session: Json, typed: TypedCard) -> Response:
    month, year = typed.month_and_year or (0, 0)
    method = methods.make(world, typed.card, month, year)
    intent = sessions.intent_to_try(world, session) | {"payment_method": method["id"], "_session": session["id"]}
    if session["mode"] == "payment":
        tried = payments.attempt(world, intent, method, None)
    else:
        tried = setups.attempt(world, intent, method, None)
    if tried["status"] == "requires_action":
        return RedirectResponse(tried["next_action"]["redirect_to_url"]["url"], 303)
    if tried["status"] == "succeeded":
        return RedirectResponse(finished(world, session["id"], tried), 303)
    return _form(session, _error(tried), typed)


def _session(world: World, id: str) -> Json | None:
    try:
        return sessions.current(world, id)
    except StripeRefusal:
        return None


def _refused(world: World, session: Json) -> dict[str, str]:
    kind = "payment_intent" if session["mode"] == "payment" else "setup_intent"
    intent = world.store.get(kind, session[kind]) if session[kind] else None
    return _error(intent) if intent else {}


def _error(intent: Json) -> dict[str, str]:
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    field = {"expired_card": "expiry", "incorrect_cvc": "cvc"}.get(error["code"], "number") if error else ""
    return {field: error["message"]} if error else {}


def _form(session: Json, errors: dict[str, str], typed: TypedCard | None = None) -> Response:
    values: dict[str, Any] = {"session": session, "errors": errors, "typed": typed, "cards": CARDS}
    leads_to = (session["success_url"], session["cancel_url"])
    return page("checkout.html", status=422 if errors and typed else 200, leads_to=leads_to, **values)


def _closed(session: Json | None) -> Response:
    return page("closed.html", status=404 if session is None else 410, session=session)
