"""Stand-ins of Stripe, Twilio and SendGrid for demo and tests: real HTTP, vendors' habits, faults on demand.

Imports nothing of the house and no vendor's SDK, so a mistake of ours cannot cancel itself out here.
"""
