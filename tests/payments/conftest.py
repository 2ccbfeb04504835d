"""A till at a vendor's sandbox of its own, which starts afresh; the database is the running house's."""

import pytest

from activities.payments import CardPayments
from gateways.stripe_payments import StripeConfig, StripePayments
from tests.fixtures.house import RunningHouse
from tests.fixtures.sandbox import SandboxServer
from tests.payments.till import Till, unpaid

DEADLINE_S = 2.0


@pytest.fixture
async def till(house: RunningHouse, sandbox: SandboxServer) -> Till:
    await sandbox.reset()
    options = sandbox.options
    config = StripeConfig(options.stripe_key, options.stripe_webhook_secret, sandbox.base_url, DEADLINE_S)
    patient, appointment_id = await unpaid(house)
    return Till(house, sandbox, CardPayments(house.database, StripePayments(config)), patient, appointment_id)
