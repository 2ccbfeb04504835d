"""Using up a key, so that a charge which is still on its way comes too late."""

import asyncio

import pytest

from gateways.errors import VendorBug, VendorIndeterminate, VendorRetry
from gateways.stripe_payments import StripePayments
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import MakeOrder

CHARGE = "POST /v1/payment_intents"


async def charges(sandbox: SandboxServer) -> int:
    return int((await sandbox.seen("totals"))["charges"]["count"])


async def test_a_charge_after_it_is_refused(sandbox: SandboxServer, payments: StripePayments, order: MakeOrder) -> None:
    late = order(key="k")
    for _ in range(2):
        ended = await payments.forestall(late, "k")
        assert ended is not None
        assert ended.status == "canceled"
    with pytest.raises(VendorBug):
        await payments.charge(late)
    assert await charges(sandbox) == 0


@pytest.mark.parametrize(("card", "status"), [("pm_card_visa", "succeeded"), ("pm_card_chargeDeclined", "declined")])
async def test_a_charge_before_it_is_found(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder, card: str, status: str
) -> None:
    early = order(card, key="k")
    await payments.charge(early)
    found = await payments.forestall(early, "k")
    assert found is not None
    assert found.status == status
    assert await charges(sandbox) == (status == "succeeded")


async def test_a_charge_under_way_is_waited_for(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    await sandbox.fault("stripe", "slow_before", CHARGE, seconds=2.6)
    slow = order(key="k")
    with pytest.raises(VendorIndeterminate):
        await payments.charge(slow)
    with pytest.raises(VendorRetry):
        await payments.forestall(slow, "k")
    await asyncio.sleep(1)
    found = await payments.forestall(slow, "k")
    assert found is not None
    assert found.status == "succeeded"
    assert await charges(sandbox) == 1


async def test_a_failure_the_vendor_keeps_uses_the_key_up_too(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    await sandbox.fault("stripe", "error_after", CHARGE)
    failed = order(key="k")
    await payments.forestall(failed, "k")
    with pytest.raises(VendorBug):
        await payments.charge(failed)
    assert await charges(sandbox) == 0


async def test_a_silence_uses_nothing_up_for_certain(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    await sandbox.fault("stripe", "drop_before", CHARGE)
    with pytest.raises(VendorIndeterminate):
        await payments.forestall(order(key="k"), "k")
