"""Passwords as NIST and OWASP want them: long, anything, as typed, and known to nobody."""

import asyncio
import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import update
from sqlmodel import col
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from composition import passwords_of
from domain.actors import House
from domain.refusals import InvalidInput, WrongCredentials
from domain.sign_in_rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from models import Person
from settings import Settings
from tests.fixtures.house import RunningHouse
from tests.identity.people import Somebody, patient
from tests.security.source import ROOT, texts
from usecases.identity.accounts import ChangePassword, NewPassword
from usecases.identity.passwords import Passwords, check_password
from usecases.identity.sessions import SignedIn
from usecases.identity.signing_in import SignIn, sign_in

TEMPLATES = texts("portals/templates", ".html")
FIELD = re.compile(r"forms\.field\((?P<said>[^\n]*)\)\s*\}\}")
ODD = [
    "  a heron at both ends  ",
    "péché mignon à l'étang",
    "سبعة طيور فوق النهر",
    "🦢🦢 over the quiet pond",
    "no digit no capital here",
    "x" * 30 + " swans and 17 geese, all of them",
]


async def with_password(house: RunningHouse, password: str) -> Somebody:
    who = await patient(house)
    async with house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == who.person_id)
        await session.execute(mine.values(password_hash=await house.context.passwords.hash(password)))
    return who


@pytest.mark.parametrize("password", ODD)
async def test_any_signs_will_do(password: str) -> None:
    assert ChangePassword(password=password).password == password
    await check_password(password, ("Robin", "Vale"))


def test_lengths() -> None:
    assert (SHORTEST_PASSWORD, LONGEST_PASSWORD) == (10, 200)
    for length in (64, LONGEST_PASSWORD):
        assert len(NewPassword(token="t" * 30, password="p" * length).password) == length
    for password in ("p" * (SHORTEST_PASSWORD - 1), "p" * (LONGEST_PASSWORD + 1)):
        with pytest.raises(ValueError, match="password"):
            ChangePassword(password=password)


async def test_it_is_compared_as_it_was_typed(house: RunningHouse) -> None:
    password = ODD[0]
    who = await with_password(house, password)
    entered = await sign_in(house.context, who.door, SignIn(email=who.email, password=password), "a")
    assert isinstance(entered, SignedIn)
    for changed in (password.strip(), password.upper(), password + " ", password[:-1]):
        with pytest.raises(WrongCredentials):
            await sign_in(house.context, who.door, SignIn(email=who.email, password=changed), "a")


async def test_every_sign_counts_to_the_last(house: RunningHouse) -> None:
    password = "seven herons over the river " * 7
    who = await with_password(house, password)
    assert await sign_in(house.context, who.door, SignIn(email=who.email, password=password), "a")
    with pytest.raises(WrongCredentials):
        await sign_in(house.context, who.door, SignIn(email=who.email, password=password[:-1] + "!"), "a")


async def test_what_was_leaked_is_refused() -> None:
    """All of the list that are long enough to be chosen at all."""
    leaked = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD]
    assert len(FREQUENCY_LISTS["passwords"]) >= 3000
    assert len(leaked) > 1000
    answers = await asyncio.gather(*(check_password(word, ()) for word in leaked), return_exceptions=True)
    assert [word for word, said in zip(leaked, answers, strict=True) if not isinstance(said, InvalidInput)] == []


def test_hashes_are_made_to_be_slow() -> None:
    """OWASP: argon2id with at least 19 MiB, two passes; a salt of their own for each."""
    hasher = Passwords().hasher
    made = hasher.hash("a quiet garden")
    assert made.startswith("$argon2id$")
    assert hasher.memory_cost >= 19 * 1024
    assert hasher.time_cost >= 2
    assert hasher.salt_len >= 16
    assert made != hasher.hash("a quiet garden")


def test_an_operator_may_choose_other_memory_but_never_too_little() -> None:
    settings = Settings(password_memory=19)
    assert passwords_of(settings).hasher.memory_cost == 19 * 1024
    assert passwords_of(Settings()).hasher.memory_cost == Passwords().hasher.memory_cost
    with pytest.raises(ValidationError):
        Settings(password_memory=18)


def password_fields() -> dict[Path, list[str]]:
    found = {path: [each["said"] for each in FIELD.finditer(text)] for path, text in TEMPLATES.items()}
    return {path: [said for said in fields if said.startswith('"password"')] for path, fields in found.items()}


def test_fields_hide_what_is_typed_and_let_managers_help() -> None:
    fields = [(path, said) for path, many in password_fields().items() for said in many]
    assert len(fields) >= 5
    for path, said in fields:
        assert 'type="password"' in said, path
        assert re.search(r'autocomplete="(current|new)-password"', said), path
        assert "maxlength" not in said, path
    scripts = texts("portals/static/js", ".js").values()
    assert not [text for text in scripts if re.search(r"['\"](paste|copy|drop)['\"]", text)]


def test_a_password_never_comes_back_in_a_page() -> None:
    assert "'' if type == 'password'" in (ROOT / "portals/templates/components/forms.html").read_text()


def test_nobody_is_asked_for_a_hint_or_a_mothers_name() -> None:
    columns = " ".join(Person.__table__.columns.keys())  # type: ignore[attr-defined]
    assert not re.search(r"hint|question|mother|pet", columns)


def test_nobody_has_to_change_it_because_time_went_by() -> None:
    columns = " ".join(Person.__table__.columns.keys())  # type: ignore[attr-defined]
    assert not re.search(r"password_(changed|expires|set)", columns)
