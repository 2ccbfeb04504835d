"""Money, terms, quiet hours, questionnaires, licences, templates, the ledger."""

import subprocess
import sys
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ledger, messages
from domain.brand_colour import accent_hex
from domain.licensing import LicenceHeld, may_treat
from domain.money import Money
from domain.questionnaires import mistakes, read_form, score
from domain.refusals import DocumentInvalid
from domain.scheduling.quiet_hours import last_allowed, next_allowed
from domain.scheduling.terms import CancellationTerms
from tests.fixtures.house import PACK
from usecases.packs.reading import read_pack

FORMS = read_pack(PACK).forms
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


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/St_Johns"]))
def test_messages_wait_for_the_morning(moment: datetime, zone: str) -> None:
    later, earlier = next_allowed(moment, zone), last_allowed(moment, zone)
    assert earlier <= moment <= later
    assert 8 <= later.astimezone(ZoneInfo(zone)).hour < 21
    assert 8 <= earlier.astimezone(ZoneInfo(zone)).hour < 21


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_phq_9_is_scored_alike_in_every_language(locale: str) -> None:
    form = read_form(FORMS["phq-9"][locale])
    worst = {question.link_id: "LA6571-9" for question in form.answerable if question.scored}
    assert score(form, worst).score == 27
    assert score(form, worst).band == "severe"
    assert mistakes(form, {**worst}, complete=True) == {}
    assert set(mistakes(form, {}, complete=True)) == set(worst)


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "minimal"), (4, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately-severe"), (20, "severe")],
)
def test_phq_9_bands(total: int, band: str) -> None:
    form = read_form(FORMS["phq-9"]["en"])
    codes = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
    answers, left = {}, total
    for question in (question for question in form.answerable if question.scored and not question.flag):
        points = min(3, left)
        answers[question.link_id], left = codes[points], left - points
    assert (score(form, answers).score, score(form, answers).band, score(form, answers).flags) == (total, band, ())


def test_item_nine_is_a_flag_whatever_the_total() -> None:
    form = read_form(FORMS["phq-9"]["en"])
    assert score(form, {"44260-8": "LA6569-3"}).flags == ("self-harm",)
    assert score(form, {"44260-8": "LA6568-5"}).flags == ()


def test_answers_that_are_not_on_the_form_are_refused() -> None:
    form = read_form(FORMS["phq-9"]["en"])
    assert set(mistakes(form, {"44250-9": "LA0", "made-up": "1"}, complete=False)) == {"44250-9", "made-up"}
    with pytest.raises(DocumentInvalid):
        read_form({"resourceType": "Patient"})


@pytest.mark.parametrize(
    ("profession", "held", "where", "allowed"),
    [
        ("psychologist", "US-MA", "US-MA", True),
        ("psychologist", "US-NY", "US-MA", False),
        ("psychologist", "DE", "DE-BE", True),
        ("psychologist", "DE", "DEX", False),
        ("coach", "", "US-MA", True),
    ],
)
def test_licensure_follows_where_the_patient_is(profession: str, held: str, where: str, allowed: bool) -> None:
    licences = [LicenceHeld(held, date(2027, 1, 1))] if held else []
    assert may_treat(profession, licences, where, date(2026, 12, 31)) is allowed
    if licences:
        assert not may_treat("psychologist", licences, where, date(2027, 1, 2))


def test_templates_hold_only_known_variables() -> None:
    assert list(messages.problems("reminder", "sms", "", "{brand}: {when}")) == []
    assert "{diagnosis}" in " ".join(messages.problems("reminder", "email", "Hello", "{diagnosis}"))
    assert "{name}" in " ".join(messages.problems("reminder", "sms", "", "{name}, see you"))
    assert "at most" in " ".join(messages.problems("reminder", "sms", "", "x" * 321))
    assert "subject" in " ".join(messages.problems("reminder", "email", "", "x"))


def test_channels_are_the_persons_choice() -> None:
    everything: list[messages.Channel] = ["email", "sms", "whatsapp"]
    assert messages.channels_for("reminders", None, everything) == ["email"]
    assert messages.channels_for("reminders", ["sms", "whatsapp"], everything) == ["sms", "whatsapp"]
    assert messages.channels_for("reminders", [], everything) == []
    assert messages.channels_for("account", [], everything) == ["email"]


@pytest.mark.parametrize("wanted", [["sms"], ["sms", "whatsapp"], ["email", "sms"]])
def test_whoever_cannot_be_told_as_they_chose_is_told_by_email(wanted: list[str]) -> None:
    assert messages.channels_for("appointments", wanted, ["email"]) == ["email"]


@given(st.integers(1, 10**9), st.sampled_from([ledger.charge_lines, ledger.refund_lines, ledger.fee_lines]))
def test_every_entry_sums_to_zero(amount: int, lines: object) -> None:
    made = lines(Money(amount, "EUR"), "r/1", uuid4(), uuid4())  # type: ignore[operator]
    assert sum(line.amount.amount for line in made) == 0


@given(st.integers(0, 360))
def test_accents_are_colours(hue: int) -> None:
    assert len(accent_hex(hue)) == 7
    int(accent_hex(hue)[1:], 16)
