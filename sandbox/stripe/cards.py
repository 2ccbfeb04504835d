"""Stripe's test cards: their numbers, their tokens and how they behave."""

from dataclasses import dataclass
from typing import Literal

Authentication = Literal["never", "always", "unless_set_up"]


@dataclass(frozen=True)
class Decline:
    code: str
    decline_code: str | None
    message: str


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
WRONG_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit."
)


@dataclass(frozen=True)
class TestCard:
    """`attaches`: it can be saved although a charge is declined."""

    number: str
    tokens: tuple[str, ...]
    meaning: str
    brand: str = "visa"
    decline: Decline | None = None
    authentication: Authentication = "never"
    attaches: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = (
    TestCard("4242424242424242", ("pm_card_visa",), "Succeeds"),
    TestCard("5555555555554444", ("pm_card_mastercard",), "Succeeds", "mastercard"),
    TestCard("378282246310005", ("pm_card_amex",), "Succeeds", "amex"),
    TestCard(
        "4000000000000002",
        ("pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"),
        "Declined",
        decline=GENERIC,
    ),
    TestCard(
        "4000000000009995",
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"),
        "Insufficient funds",
        decline=NO_FUNDS,
    ),
    TestCard(
        "4000000000000069",
        ("pm_card_visa_chargeDeclinedExpiredCard", "pm_card_chargeDeclinedExpiredCard"),
        "Expired card",
        decline=EXPIRED,
    ),
    TestCard(
        "4000000000000127",
        ("pm_card_visa_chargeDeclinedIncorrectCvc", "pm_card_chargeDeclinedIncorrectCvc"),
        "Wrong security code",
        decline=WRONG_CVC,
    ),
    TestCard(
        "4000000000000119",
        ("pm_card_visa_chargeDeclinedProcessingError", "pm_card_chargeDeclinedProcessingError"),
        "Processing error",
        decline=PROCESSING,
    ),
    TestCard(
        "4000000000000341",
        ("pm_card_chargeCustomerFail",),
        "Can be saved, later charges are declined",
        decline=GENERIC,
        attaches=True,
    ),
    TestCard(
        "4000002500003155",
        ("pm_card_authenticationRequiredOnSetup",),
        "Asks to authenticate, unless it was saved before and you are away",
        authentication="unless_set_up",
    ),
    TestCard(
        "4000002760003184",
        ("pm_card_authenticationRequired",),
        "Always asks to authenticate",
        authentication="always",
    ),
    TestCard(
        "4000000000003220",
        ("pm_card_threeDSecure2Required",),
        "Always asks to authenticate (3-D Secure 2)",
        authentication="always",
    ),
    TestCard(
        "4000008260003178",
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",),
        "Asks to authenticate, then has insufficient funds",
        decline=NO_FUNDS,
        authentication="always",
        attaches=True,
    ),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {token: card for card in CARDS for token in card.tokens}
