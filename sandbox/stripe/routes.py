"""Every call Stripe's stand-in understands."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.store import Json
from sandbox.stripe import customers, events, methods, payments, refunds, sessions, setups
from sandbox.stripe.forms import Form


@dataclass(frozen=True)
class Route:
    """`run(world, form, *ids)`, with the ids that stand in the path."""

    method: str
    path: str
    form: type[Form]
    run: Callable[..., Json]

    def ids(self, method: str, path: str) -> tuple[str, ...] | None:
        """The ids of a call to this route; None if the call is for another."""
        pattern = re.escape(self.path).replace(r"\*", r"(\w+)")
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else found.groups()


ROUTES = (
    Route("POST", "/v1/customers", customers.CustomerForm, customers.create),
    Route("GET", "/v1/customers/*", Form, customers.retrieve),
    Route("GET", "/v1/payment_methods", methods.MethodListForm, methods.list_methods),
    Route("GET", "/v1/payment_methods/*", Form, methods.retrieve),
    Route("POST", "/v1/payment_methods/*/attach", methods.AttachForm, methods.attach),
    Route("POST", "/v1/payment_methods/*/detach", Form, methods.detach),
    Route("POST", "/v1/setup_intents", setups.SetupForm, setups.create),
    Route("GET", "/v1/setup_intents/*", Form, setups.retrieve),
    Route("POST", "/v1/setup_intents/*/confirm", setups.SetupConfirmForm, setups.confirm),
    Route("POST", "/v1/payment_intents", payments.PaymentForm, payments.create),
    Route("GET", "/v1/payment_intents", payments.PaymentListForm, payments.list_payments),
    Route("GET", "/v1/payment_intents/*", Form, payments.retrieve),
    Route("POST", "/v1/payment_intents/*/confirm", payments.ConfirmForm, payments.confirm),
    Route("POST", "/v1/payment_intents/*/cancel", payments.CancelForm, payments.cancel),
    Route("POST", "/v1/refunds", refunds.RefundForm, refunds.create),
    Route("GET", "/v1/refunds", refunds.RefundListForm, refunds.list_refunds),
    Route("GET", "/v1/refunds/*", Form, refunds.retrieve),
    Route("GET", "/v1/events", events.EventListForm, events.list_events),
    Route("GET", "/v1/events/*", Form, events.retrieve),
    Route("POST", "/v1/checkout/sessions", sessions.SessionForm, sessions.create),
    Route("GET", "/v1/checkout/sessions/*", Form, sessions.retrieve),
    Route("POST", "/v1/checkout/sessions/*/expire", Form, sessions.expire),
)
