"""Our orders, written as Stripe's parameters."""

from typing import TYPE_CHECKING

from gateways.payments import ChargeOrder, CheckoutOrder, RefundOrder
from gateways.stripe_amounts import stripe_amount

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams, RefundCreateParams
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsPaymentIntentData


def charge_params(order: ChargeOrder) -> "PaymentIntentCreateParams":
    params: PaymentIntentCreateParams = {
        "customer": order.customer,
        "amount": stripe_amount(order.amount),
        "currency": order.amount.currency.lower(),
        "payment_method": order.payment_method,
        "allowed_payment_method_types": ["card"],
        "description": order.description,
        "metadata": _metadata(order),
        "confirm": True,
    }
    if order.return_url is None:
        params["off_session"] = True
    else:
        params["return_url"] = order.return_url
    return params


def unconfirmed_params(order: ChargeOrder) -> "PaymentIntentCreateParams":
    """The same payment, without a card to charge."""
    return {
        "customer": order.customer,
        "amount": stripe_amount(order.amount),
        "currency": order.amount.currency.lower(),
        "allowed_payment_method_types": ["card"],
        "metadata": _metadata(order),
    }


def refund_params(order: RefundOrder) -> "RefundCreateParams":
    return {
        "payment_intent": order.payment_intent,
        "amount": stripe_amount(order.amount),
        "metadata": _metadata(order),
    }


def checkout_params(order: CheckoutOrder) -> "SessionCreateParams":
    params: SessionCreateParams = {
        "customer": order.customer,
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "allowed_payment_method_types": ["card"],
        "metadata": _metadata(order),
    }
    if order.expires_at is not None:
        params["expires_at"] = int(order.expires_at.timestamp())
    return params | (_saving(order) if order.amount is None else _paying(order))


def _saving(order: CheckoutOrder) -> "SessionCreateParams":
    return {
        "mode": "setup",
        "setup_intent_data": {"description": order.description, "metadata": _metadata(order)},
    }


def _paying(order: CheckoutOrder) -> "SessionCreateParams":
    assert order.amount is not None
    intent: SessionCreateParamsPaymentIntentData = {
        "description": order.description,
        "metadata": _metadata(order),
    }
    if order.save_card:
        intent["setup_future_usage"] = "off_session"
    price = {
        "currency": order.amount.currency.lower(),
        "unit_amount": stripe_amount(order.amount),
        "product_data": {"name": order.description},
    }
    return {
        "mode": "payment",
        "payment_intent_data": intent,
        "line_items": [{"quantity": 1, "price_data": price}],  # type: ignore[typeddict-item]
    }


def _metadata(order: ChargeOrder | CheckoutOrder | RefundOrder) -> dict[str, str]:
    return {"intent_key": order.key, **order.metadata}
