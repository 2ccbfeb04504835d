"""Putting texts through every field that keeps what somebody typed, as many at once as a field takes."""

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from handbook.endpoints import Endpoint
from tests.access.world import World, command_of
from tests.web.knocking import ask, specimen, strongest, unsafe
from tests.web.payloads import storable

LENGTH = re.compile(r"max_length=(\d{2,})")
LONGEST = 500
"""Characters of texts that go together at most, so that a page after each still tells which of them it was."""
CHOSEN = {
    "key", "document", "password", "email", "role", "kind", "kinds", "program_id", "appointment_type", "jurisdiction",
    "time_zone", "zone", "locale", "phone", "search", "patient", "brand", "act", "door",
}  # fmt: skip
"""Fields that choose something there is, or are kept nowhere; `emergency_phone` is what anybody typed."""

NEWEST: dict[str, int] = {}
"""The version that somebody changing the thing again has to name, by path."""


def lengths_of(command: type[BaseModel]) -> dict[str, int]:
    """The fields of a command that keep what somebody typed, and how many characters they take."""
    kept = {name: info for name, info in command.model_fields.items() if name not in CHOSEN}
    lengths = {name: int(found[1]) for name, info in kept.items() if (found := LENGTH.search(repr(info)))}
    return {name: size for name, size in lengths.items() if kept[name].annotation is str or name == "biography"}


def texts_of(endpoint: Endpoint) -> dict[str, int]:
    command, _ = command_of(endpoint)
    if command is None or endpoint.path.startswith(("/api/sign-in", "/api/step-up")):
        return {}
    return lengths_of(command)


KEEPING = [(each, texts_of(each)) for each in unsafe(json=True) if texts_of(each)]


@cache
def packed(size: int) -> tuple[str, ...]:
    """Every text that fits into `size` characters, in as few parts as may be: first fit, the longest first."""
    parts: list[str] = []
    for text in sorted((each for each in storable() if len(each) <= size), key=len, reverse=True):
        place = next((n for n, part in enumerate(parts) if len(part) + 1 + len(text) <= min(size, LONGEST)), None)
        if place is None:
            parts.append(text)
        else:
            parts[place] += f" {text}"
    return tuple(parts)


def rounds(fields: dict[str, int]) -> list[dict[str, str]]:
    """What to send, so that each field has had every text it has room for."""
    parts = {name: packed(size) for name, size in fields.items()}
    return [{name: part[n % len(part)] for name, part in parts.items()} for n in range(max(map(len, parts.values())))]


def taken(command: type[BaseModel], known: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """`texts` in the fields that take them, and what the specimen has in the others."""
    sent: dict[str, Any] = {name: {"en": text} if name == "biography" else text for name, text in texts.items()}
    try:
        command.model_validate(known | sent)
    except ValidationError as wrong:
        refused = {str(each["loc"][0]) for each in wrong.errors() if each["loc"]}
        return known | {name: value for name, value in sent.items() if name not in refused}
    return known | sent


async def keep(world: World, endpoint: Endpoint, texts: dict[str, str], counted: Counter[str]) -> httpx.Response:
    command, _ = command_of(endpoint)
    assert command is not None
    known = specimen(endpoint, world.own.things) or {}
    if "version" in known:
        known["version"] = NEWEST.pop(endpoint.path, 0) or await version_of(world, endpoint)
    answer = await send(world, endpoint, taken(command, known, texts))
    assert answer.status_code < 500, f"{endpoint} broke on {texts}"
    if answer.status_code == 200 and "version" in known:
        NEWEST[endpoint.path] = newest(answer)
    counted["sent"] += 1
    counted[f"kept by {endpoint}"] += answer.status_code < 300
    return answer


async def send(world: World, endpoint: Endpoint, sent: dict[str, Any]) -> httpx.Response:
    caller = strongest(world, endpoint)
    headers = caller.request(True, None, False)["headers"] | {"content-type": "application/json"}
    return await ask(world, endpoint, caller, headers=headers, content=json.dumps(sent))


async def version_of(world: World, endpoint: Endpoint) -> int:
    """The newest, wherever in the answer it stands."""
    there = replace(endpoint, method="GET", path=endpoint.path.removesuffix("/amend"))
    answer = await ask(world, there, strongest(world, endpoint))
    return newest(answer)


def newest(answer: httpx.Response) -> int:
    return max(map(int, re.findall(r'"version":(\d+)', answer.text)), default=1)
