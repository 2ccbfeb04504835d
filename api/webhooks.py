"""The vendors' door: verify the signature, hand on, answer quickly. A forgery is refused and leaves nothing behind."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.door import TheContext
from gateways.errors import Forged
from usecases import webhooks

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
REFUSED = Response("forged", 400)
TAKEN = Response(status_code=204)


@router.post("/stripe", status_code=204)
async def stripe(request: Request, context: TheContext) -> Response:
    try:
        event = context.payments.parse_event(await request.body(), request.headers.get("stripe-signature", ""))
    except Forged:
        return REFUSED
    await webhooks.payment_event(context, event)
    return TAKEN


@router.post("/sendgrid", status_code=204)
async def sendgrid(request: Request, context: TheContext) -> Response:
    signature = request.headers.get("x-twilio-email-event-webhook-signature", "")
    timestamp = request.headers.get("x-twilio-email-event-webhook-timestamp", "")
    try:
        events = context.mailer.parse_events(await request.body(), signature, timestamp)
    except Forged:
        return REFUSED
    for event in events:
        await webhooks.delivery_event(context, "sendgrid", event)
    return TAKEN


@router.post("/twilio", status_code=204)
async def twilio(request: Request, context: TheContext) -> Response:
    """Status callbacks carry our reference in the address; people's replies carry none."""
    form = {name: str(value) for name, value in (await request.form(max_files=0)).items()}
    signature, url = request.headers.get("x-twilio-signature", ""), told_address(request, context.callback_base)
    try:
        if "reference" in request.query_params:
            event = context.texter.parse_callback(url, form, signature)
            await webhooks.delivery_event(context, "twilio", event)
        else:
            await webhooks.inbound_text(context, context.texter.parse_inbound(url, form, signature))
    except Forged:
        return REFUSED
    return TAKEN


def told_address(request: Request, base: str) -> str:
    """The address as the vendor was told it, which is what they sign; a proxy in front knows us by another."""
    if not base:
        return str(request.url)
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{base}{request.url.path}{query}"
