"""Money: never of two currencies, never a fraction, and nothing of it lost between a fee, a refund and the ledger."""

import subprocess
import sys
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ledger
from domain.money import Money
from domain.scheduling.terms import CancellationTerms

SHARE = "import builtins, domain.money as m; builtins.open = None; print(m.Money(12001, 'EUR').share(50).amount)"


def test_money_never_mixes_currencies() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(TypeError):
        Money(1.5, "EUR")  # type: ignore[arg-type]
    assert Money(12000, "USD").major == Money(120, "JPY").major == 120


def test_a_share_opens_no_file() -> None:
    """A workflow may not, also when it is the first in its process to ask."""
    done = subprocess.run([sys.executable, "-c", SHARE], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("6000", 0), done.stderr


@given(st.integers(0, 10**9), st.integers(0, 100), st.integers(-100, 200))
def test_a_fee_and_what_is_given_back_are_the_price(amount: int, percent: int, hours: int) -> None:
    price, terms = Money(amount, "EUR"), CancellationTerms(late_fee_percent=percent)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    start = datetime.fromtimestamp(now.timestamp() + hours * 3600, UTC)
    fee = terms.fee(price, start, now, "patient")
    assert 0 <= fee.amount <= price.amount
    assert (price - fee) + fee == price
    assert not terms.fee(price, start, now, "specialist")


@given(st.integers(1, 10**9), st.sampled_from([ledger.charge_lines, ledger.refund_lines, ledger.fee_lines]))
def test_every_entry_sums_to_zero(amount: int, lines: object) -> None:
    made = lines(Money(amount, "EUR"), "r/1", uuid4(), uuid4())  # type: ignore[operator]
    assert sum(line.amount.amount for line in made) == 0
