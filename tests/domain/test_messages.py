"""Messages: when they may come, what a template may say, and by which channels somebody is told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import messages
from domain.scheduling.quiet_hours import last_allowed, next_allowed


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/St_Johns"]))
def test_messages_wait_for_the_morning(moment: datetime, zone: str) -> None:
    later, earlier = next_allowed(moment, zone), last_allowed(moment, zone)
    assert earlier <= moment <= later
    assert 8 <= later.astimezone(ZoneInfo(zone)).hour < 21
    assert 8 <= earlier.astimezone(ZoneInfo(zone)).hour < 21


def test_templates_hold_only_known_variables() -> None:
    assert list(messages.problems("reminder", "sms", "", "{brand}: {when}")) == []
    assert "{diagnosis}" in " ".join(messages.problems("reminder", "email", "Hello", "{diagnosis}"))
    assert "{name}" in " ".join(messages.problems("reminder", "sms", "", "{name}, see you"))
    assert "at most" in " ".join(messages.problems("reminder", "sms", "", "x" * 321))
    assert "subject" in " ".join(messages.problems("reminder", "email", "", "x"))


@pytest.mark.parametrize(
    ("key", "greets"), [("verification", False), ("password-reset", False), ("confirmation", True)]
)
def test_nobody_is_greeted_at_an_address_that_anybody_may_have_typed(key: str, greets: bool) -> None:
    assert (not list(messages.problems(key, "email", "{brand}", "Hello {name}"))) is greets


def test_channels_are_the_persons_choice() -> None:
    everything: list[messages.Channel] = ["email", "sms", "whatsapp"]
    assert messages.channels_for("reminders", None, everything) == ["email"]
    assert messages.channels_for("reminders", ["sms", "whatsapp"], everything) == ["sms", "whatsapp"]
    assert messages.channels_for("reminders", [], everything) == []
    assert messages.channels_for("account", [], everything) == ["email"]


@pytest.mark.parametrize("wanted", [["sms"], ["sms", "whatsapp"], ["email", "sms"]])
def test_whoever_cannot_be_told_as_they_chose_is_told_by_email(wanted: list[str]) -> None:
    assert messages.channels_for("appointments", wanted, ["email"]) == ["email"]
