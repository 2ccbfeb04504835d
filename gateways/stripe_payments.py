"""Card payments through Stripe."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

import stripe

from gateways.errors import Forged, VendorBug, VendorIndeterminate, VendorRetry
from gateways.payments import (
    Card,
    ChargeOrder,
    ChargeOutcome,
    Checkout,
    CheckoutOrder,
    CheckoutOutcome,
    RefundOrder,
    RefundOutcome,
    VendorEvent,
)
from gateways.stripe_errors import classify
from gateways.stripe_orders import charge_params, checkout_params, refund_params, unconfirmed_params
from gateways.stripe_outcomes import (
    card,
    charge_outcome,
    checkout_outcome,
    declined_intent,
    has_intent_key,
    most_advanced,
    refund_outcome,
    vendor_event,
)

PAGE = 100
TOLERANCE_S = 300


@dataclass(frozen=True)
class StripeConfig:
    """`base_url` None speaks to Stripe itself; `timeout` bounds every call, in seconds."""

    key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    base_url: str | None
    timeout: float = 10.0


class StripePayments:
    """`gateways.payments.Payments` by Stripe. Each event loop gets its own client and connections."""

    def __init__(self, config: StripeConfig) -> None:
        self._config = config
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, stripe.StripeClient] = WeakKeyDictionary()
        stripe.enable_telemetry = False
        for name in ("stripe", "httpx"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def ensure_customer(self, reference: UUID, key: str) -> str:
        async with self._deadline():
            made = await self._v1.customers.create_async(
                {"metadata": {"reference": str(reference)}}, {"idempotency_key": key}
            )
        return made.id

    async def open_checkout(self, order: CheckoutOrder) -> Checkout:
        async with self._deadline():
            session = await self._v1.checkout.sessions.create_async(
                checkout_params(order), {"idempotency_key": order.key}
            )
        return Checkout(session.id, session.url or order.cancel_url)

    async def checkout(self, id: str) -> CheckoutOutcome:
        async with self._deadline(reading=True):
            session = await self._v1.checkout.sessions.retrieve_async(id, {"expand": ["payment_intent"]})
        return checkout_outcome(session)

    async def expire_checkout(self, id: str) -> CheckoutOutcome:
        try:
            async with self._deadline():
                await self._v1.checkout.sessions.expire_async(id)
        except VendorBug:
            return await self.checkout(id)
        return await self.checkout(id)

    async def charge(self, order: ChargeOrder) -> ChargeOutcome:
        async with self._deadline():
            try:
                intent = await self._v1.payment_intents.create_async(
                    charge_params(order), {"idempotency_key": order.key}
                )
            except stripe.CardError as refusal:
                intent = declined_intent(refusal)
        return charge_outcome(intent)

    async def charge_status(self, payment_intent: str) -> ChargeOutcome:
        async with self._deadline(reading=True):
            return charge_outcome(await self._v1.payment_intents.retrieve_async(payment_intent))

    async def find_charge(self, customer: str, intent_key: str) -> ChargeOutcome | None:
        async with self._deadline(reading=True):
            listed = await self._v1.payment_intents.list_async({"customer": customer, "limit": PAGE})
            intents = [one async for one in listed.auto_paging_iter()]
        return most_advanced(charge_outcome(one) for one in intents if has_intent_key(one, intent_key))

    async def forestall(self, order: ChargeOrder, intent_key: str) -> ChargeOutcome | None:
        try:
            async with self._deadline():
                unused = await self._v1.payment_intents.create_async(
                    unconfirmed_params(order), {"idempotency_key": order.key}
                )
        except (VendorBug, VendorIndeterminate) as used:
            if isinstance(used, VendorIndeterminate) and used.code != "500":
                raise
            return await self.find_charge(order.customer, intent_key)
        return await self.cancel_charge(unused.id)

    async def cancel_charge(self, payment_intent: str) -> ChargeOutcome:
        try:
            async with self._deadline():
                return charge_outcome(await self._v1.payment_intents.cancel_async(payment_intent))
        except VendorBug:
            return await self.charge_status(payment_intent)

    async def refund(self, order: RefundOrder) -> RefundOutcome:
        async with self._deadline():
            made = await self._v1.refunds.create_async(refund_params(order), {"idempotency_key": order.key})
        return refund_outcome(made)

    async def find_refund(self, payment_intent: str, intent_key: str) -> RefundOutcome | None:
        async with self._deadline(reading=True):
            listed = await self._v1.refunds.list_async({"payment_intent": payment_intent, "limit": PAGE})
            refunds = [one async for one in listed.auto_paging_iter()]
        return next((refund_outcome(one) for one in refunds if has_intent_key(one, intent_key)), None)

    async def cards(self, customer: str) -> list[Card]:
        async with self._deadline(reading=True):
            listed = await self._v1.payment_methods.list_async({"customer": customer, "type": "card", "limit": PAGE})
            return [card(method) async for method in listed.auto_paging_iter()]

    async def forget_card(self, payment_method: str) -> None:
        try:
            async with self._deadline():
                await self._v1.payment_methods.detach_async(payment_method)
        except VendorBug:
            async with self._deadline(reading=True):
                kept = await self._v1.payment_methods.retrieve_async(payment_method)
            if kept.customer is not None:
                raise

    def parse_event(self, payload: bytes, signature: str) -> VendorEvent:
        try:
            text = payload.decode()
            stripe.WebhookSignature.verify_header(text, signature, self._config.webhook_secret, TOLERANCE_S)
            return vendor_event(json.loads(text))
        except (stripe.SignatureVerificationError, ValueError, LookupError, TypeError, AttributeError):
            raise Forged("stripe", "signature") from None

    @property
    def _v1(self) -> stripe.V1Services:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = self._connect()
        return self._clients[loop].v1

    def _connect(self) -> stripe.StripeClient:
        base = self._config.base_url
        return stripe.StripeClient(
            self._config.key,
            base_addresses={"api": base, "connect": base, "files": base} if base else {},
            http_client=stripe.HTTPXClient(timeout=self._config.timeout),
            max_network_retries=0,
        )

    @asynccontextmanager
    async def _deadline(self, *, reading: bool = False) -> AsyncIterator[None]:
        """Bounds the calls inside and names their failures; `reading` calls change nothing at Stripe."""
        try:
            async with asyncio.timeout(self._config.timeout):
                yield
        except TimeoutError:
            raise (VendorRetry if reading else VendorIndeterminate)("stripe", "timeout") from None
        except stripe.StripeError as error:
            raise classify(error, reading=reading) from None
