"""The part of Stripe that is used here."""
