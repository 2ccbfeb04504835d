"""The rules of signing in, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.devices import Device, device_of
from domain.refusals import FormExpired, InvalidInput
from domain.sign_in_rules import STEP_UP_LASTS, is_fresh, is_idle, names_owner, needs_second_factor, time_outs
from usecases.identity.passwords import check_password
from usecases.identity.sealing import seal, unseal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROLES = st.frozensets(st.sampled_from(["owner", "compliance", "finance", "clinical-lead", "care-coordinator"]))
PORTALS = st.sampled_from(["patient", "specialist", "organization", "affiliate"])
KEY = b"k" * 32


@given(portal=PORTALS, roles=ROLES)
def test_nobody_may_idle_longer_than_be_signed_in(portal: str, roles: frozenset[str]) -> None:
    assert timedelta(minutes=30) <= time_outs(portal, roles).idle <= time_outs(portal, roles).absolute


@given(roles=ROLES)
def test_more_power_never_means_more_time(roles: frozenset[str]) -> None:
    mine, plain = time_outs("organization", roles), time_outs("organization", frozenset())
    assert mine.idle <= plain.idle
    assert mine.absolute <= plain.absolute
    assert (mine == plain) != needs_second_factor(roles)


@given(portal=PORTALS, roles=ROLES, minutes=st.integers(0, 30 * 24 * 60))
def test_idle_is_a_question_of_time_alone(portal: str, roles: frozenset[str], minutes: int) -> None:
    seen = NOW - timedelta(minutes=minutes)
    assert is_idle(portal, roles, seen, NOW) == (timedelta(minutes=minutes) >= time_outs(portal, roles).idle)


def test_a_confirmation_lasts_ten_minutes() -> None:
    assert is_fresh(NOW, NOW)
    assert is_fresh(NOW - STEP_UP_LASTS + timedelta(seconds=1), NOW)
    assert not is_fresh(NOW - STEP_UP_LASTS, NOW)


ABOUT = ("Olivia", "Müller-Grant", "liv.grant@northlight.example", "Aurora Health")


@pytest.mark.parametrize(
    "password",
    ["olivia likes long walks", "my MULLER is out", "liv.grant then some words", "the aurora at night", "g r a n t s"],
)
async def test_a_password_does_not_name_its_owner(password: str) -> None:
    assert names_owner(password, ABOUT)
    with pytest.raises(InvalidInput):
        await check_password(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    ["password123", "1234567890", "qwertyuiop", "iloveyou12", "Passwort123", "aaaaaaaaaaaaaaaa", "P@ssw0rd1234"],
)
async def test_what_everybody_takes_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await check_password(password, ABOUT)
    assert list(refused.value.errors) == ["password"]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "vier Türen zum Garten", "ثلاثة أنهار تجري ليلا", "kq7 fz2 hh9"]
)
async def test_a_few_words_are_welcome(password: str) -> None:
    await check_password(password, ABOUT)


@given(name=st.text(min_size=1, max_size=3))
def test_short_names_forbid_nothing(name: str) -> None:
    assert not names_owner("seven herons over the river", [name])


@given(secret=st.text(max_size=60), about=st.text(max_size=40))
def test_a_sealed_secret_opens_for_what_it_belongs_to_only(secret: str, about: str) -> None:
    sealed = seal(KEY, secret, about)
    assert unseal(KEY, sealed, about) == secret
    assert seal(KEY, secret, about) != sealed
    for key, other in ((KEY, about + "x"), (b"l" * 32, about)):
        with pytest.raises(FormExpired):
            unseal(key, sealed, other)


@given(noise=st.text(max_size=80))
def test_noise_is_no_sealed_secret(noise: str) -> None:
    with pytest.raises(FormExpired):
        unseal(KEY, noise, "somebody")


CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (CHROME, Device("Chrome", "Windows")),
        (f"{CHROME} Edg/142.0.0.0", Device("Edge", "Windows")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            Device("Safari", "iPhone"),
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Device("Firefox", "Linux")),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/142.0 Mobile Safari/537.36", Device("Chrome", "Android")),
        ("curl/8.0", Device("", "")),
        ("", Device("", "")),
    ],
)
def test_a_device_in_words(user_agent: str, device: Device) -> None:
    assert device_of(user_agent) == device
