"""Nobody learns whether an address is known: not from words, not from sizes, not from the time it takes."""

import re
import statistics
import time
from uuid import uuid4

import httpx
import pytest

from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse, Visitor
from tests.identity.conftest import forget_tries
from tests.identity.people import OTHER, Somebody, member, patient

TRIES = 15
TOLERANCE = 1.25
ROUNDS = 6
VARIES = re.compile(r'(name="csrf" value="|nonce(?:=|-)"?|data-options=")[^"]*')
REGISTER = {"given_name": "Robin", "family_name": "Vale", "password": OTHER}
FORMS = [
    (AURORA, "/sign-in", {"password": "wrong words here"}, 401),
    (ORGANIZATIONS, "/sign-in", {"password": "wrong words here"}, 401),
    (AURORA, "/forgot-password", {}, 200),
    (ORGANIZATIONS, "/forgot-password", {}, 200),
    (AURORA, "/register", REGISTER, 200),
]


def unknown() -> str:
    """As long as the addresses that are known."""
    return f"{uuid4().hex}@patients.example"


async def known_at(house: RunningHouse, host: str) -> str:
    who: Somebody = await (patient(house, host) if host == AURORA else member(house, "owner"))
    return who.email


def told(answer: httpx.Response, email: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers without what is new in every answer, and the address that was typed."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "set-cookie")}
    headers["content-security-policy"] = re.sub(r"nonce-[^']*", "", headers["content-security-policy"])
    return answer.status_code, VARIES.sub(r"\1", answer.text.replace(email, "…")), headers


async def ask(house: RunningHouse, visitor: Visitor, path: str, email: str, fields: dict[str, str]) -> httpx.Response:
    await forget_tries(house)
    return await visitor.post(path, email=email, **fields)


@pytest.mark.parametrize(("host", "path", "fields", "status"), FORMS)
async def test_words_status_and_size_are_alike(
    house: RunningHouse, host: str, path: str, fields: dict[str, str], status: int
) -> None:
    known = await known_at(house, host)
    strange = f"{uuid4().hex}@{known.split('@')[1]}"
    async with house.visitor(host) as visitor:
        visitor.client.headers["accept-encoding"] = "identity"
        await visitor.get(path)
        first, second = [await ask(house, visitor, path, email, fields) for email in (known, strange)]
    assert first.status_code == status
    assert told(first, known) == told(second, strange)
    assert len(first.content) == len(second.content)


@pytest.mark.parametrize(("host", "path", "fields", "status"), FORMS)
async def test_the_time_is_alike(
    house: RunningHouse, host: str, path: str, fields: dict[str, str], status: int
) -> None:
    """Both in turn, so that whatever else the machine does falls on both. A busy machine gets more chances; a real
    difference fails in all of them."""
    ratios = []
    async with house.visitor(host) as visitor:
        await visitor.get(path)
        for _ in range(ROUNDS):
            known = [await known_at(house, host) for _ in range(TRIES)]
            spent: dict[bool, list[float]] = {True: [], False: []}
            for turn, email in enumerate(known):
                for is_known in (True, False) if turn % 2 else (False, True):
                    typed = email if is_known else f"{uuid4().hex}@{email.split('@')[1]}"
                    await forget_tries(house)
                    began = time.perf_counter()
                    answer = await visitor.post(path, email=typed, **fields)
                    spent[is_known].append(time.perf_counter() - began)
                    assert answer.status_code == status
            ratio = statistics.median(spent[True]) / statistics.median(spent[False])
            ratios.append(round(ratio, 3))
            if 1 / TOLERANCE <= ratio <= TOLERANCE:
                return
    raise AssertionError(f"known / unknown took {ratios}")
