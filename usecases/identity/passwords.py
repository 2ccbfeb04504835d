"""Passwords: which ones are refused, and their argon2id hashes; the library's defaults are those of RFC 9106.

A password is long, not known from breaches, not easily guessed and not its owner's name; nothing is said about signs.
`zxcvbn` carries the breached ones (30,000) and words of several languages with it, so nothing leaves this machine.
"""

import asyncio
from collections.abc import Iterable
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession
from zxcvbn import zxcvbn

from domain.refusals import InvalidInput
from domain.sign_in_rules import FEWEST_GUESSES, LONGEST_PASSWORD, SHORTEST_PASSWORD, names_owner
from models import Brand, Person

ESTIMATED = 72
"""Characters that the estimate looks at: it takes the longer the more there are, and these are enough to be strong."""

GivenPassword = Annotated[str, StringConstraints(strip_whitespace=False, max_length=LONGEST_PASSWORD)]
"""As it was typed, spaces at its ends included."""
ChosenPassword = Annotated[GivenPassword, Field(min_length=SHORTEST_PASSWORD)]


async def words_about(session: AsyncSession, person: Person) -> tuple[str, ...]:
    """What a stranger would try first: names, address, brand."""
    brand = await session.get(Brand, person.brand_id) if person.brand_id else None
    return person.given_name, person.family_name, person.email, brand.name if brand else "Fourdoors"


async def check_password(password: str, about: Iterable[str]) -> None:
    """`about`: the owner's names, address and brand. Raises `InvalidInput` for the field `password`."""
    if names_owner(password, about):
        raise InvalidInput({"password": "Leave out names and your e-mail address; a few other words are best."})
    found = await asyncio.to_thread(zxcvbn, password[:ESTIMATED])
    if found["guesses"] < FEWEST_GUESSES:
        raise InvalidInput({"password": "This password is known or easy to guess; take a few words."})


class Passwords:
    """What keeps them: a hash takes `memory_mib` of memory, and time in proportion."""

    def __init__(self, memory_mib: int = 64) -> None:
        self.hasher = PasswordHasher(memory_cost=memory_mib * 1024)
        self.nobodys = self.hasher.hash("a password nobody has")
        """Checked when there is no such account, so that both answers take as long."""

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self.hasher.hash, password)

    async def matches(self, password_hash: str, password: str) -> bool:
        return await asyncio.to_thread(self._matches, password_hash, password)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
