"""Texts that try to be SQL, log lines or formulas; and lists, which are asked for by allow-lists and have an end."""

import csv
import inspect
import io
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from handbook.endpoints import Endpoint
from tests.access.world import World, command_of, path_of
from tests.web.knocking import ask, fingerprint, reading, specimen, strongest, unsafe
from tests.web.payloads import SQL, storable
from usecases.csv_cells import csv_cell
from usecases.views import Command

COUNTED: Counter[str] = Counter()
ORDERS = ("_sort", "sort", "order", "order_by", "orderby", "limit", "offset", "per_page", "fields", "include", "_where")


def asked_for(endpoint: Endpoint) -> dict[str, Any]:
    """The parameters in the endpoint's address after the question mark, and their types."""
    model = query_of(endpoint)
    if model is not None:
        return {name: info.annotation for name, info in model.model_fields.items()}
    hints = inspect.signature(endpoint.call).parameters.values()
    simple = (str, int, str | None, int | None)
    return {each.name: each.annotation for each in hints if each.annotation in simple and _free(endpoint, each.name)}


def _free(endpoint: Endpoint, name: str) -> bool:
    return f"{{{name}}}" not in endpoint.path


def query_of(endpoint: Endpoint) -> type[BaseModel] | None:
    """The model a list's address becomes: declared at JSON doors, read by `asked` at pages."""
    for hint in get_type_hints(endpoint.call, include_extras=True).values():
        kind = get_args(hint)[0] if get_args(hint) and hasattr(hint, "__metadata__") else None
        if inspect.isclass(kind) and issubclass(kind, Command):
            return kind
    return None


LISTS = [each for each in reading() if query_of(each) is not None]


async def test_sql_is_only_text(world: World) -> None:
    """In every query parameter and every plain path parameter of every endpoint."""
    before = await fingerprint(world.house)
    for endpoint in reading():
        for name in asked_for(endpoint):
            for payload in SQL[COUNTED["turn"] % 3 :: 3]:
                target = path_of(endpoint, world.own.things).split("?")[0]
                began = time.perf_counter()
                asked = {"peer": "specimen-peer", name: payload} if "peer" in asked_for(endpoint) else {name: payload}
                answer = await ask(world, endpoint, strongest(world, endpoint), target=target, params=asked)
                assert answer.status_code < 500, f"{endpoint}?{name}={payload!r}"
                assert time.perf_counter() - began < 8, f"{endpoint}?{name}={payload!r} slept"
                COUNTED["sql"] += 1
            COUNTED["turn"] += 1
    assert await fingerprint(world.house) == before


@pytest.mark.parametrize("payload", SQL)
async def test_a_search_finds_what_it_says(world: World, payload: str) -> None:
    for endpoint in (each for each in unsafe(json=True) if each.path.endswith("/search")):
        answer = await ask(world, endpoint, strongest(world, endpoint), json={"search": payload})
        assert answer.status_code == 200, f"{endpoint}: {answer.text[:200]}"
        rows = json.dumps(answer.json(), ensure_ascii=False)
        found = answer.json()
        total = found["paging"]["total"] if "paging" in found else 0
        needle = json.dumps(payload.strip(), ensure_ascii=False)[1:-1].lower()
        assert total == 0 or needle in rows.lower() or payload.strip() in ("", "_"), f"{endpoint} {payload!r}: {total}"
        COUNTED["sql"] += 1


async def test_lists_are_ordered_by_nobody_s_word_but_ours(world: World) -> None:
    for endpoint in LISTS:
        if not endpoint.is_json:
            continue
        caller = strongest(world, endpoint)
        for name in (each for each in ORDERS if each not in asked_for(endpoint)):
            answer = await ask(world, endpoint, caller, params={name: "id; drop table person"})
            assert answer.status_code == 422, f"{endpoint} took {name}"
            COUNTED["orders"] += 1
        for name, kind in asked_for(endpoint).items():
            if "Literal" in str(kind) or "int" in str(kind) or "date" in str(kind):
                answer = await ask(world, endpoint, caller, params={name: "id desc"})
                assert answer.status_code == 422, f"{endpoint} took {name}=id desc"
                COUNTED["orders"] += 1


async def test_lists_have_an_end(world: World) -> None:
    for endpoint in (each for each in LISTS if "page" in asked_for(each)):
        for page in ("0", "-1", "10001", "1e9", "9" * 30, "1.5", "x"):
            answer = await ask(world, endpoint, strongest(world, endpoint), params={"page": page})
            assert answer.status_code == 422, f"{endpoint}?page={page}: {answer.status_code}"
            COUNTED["pages"] += 1
        last = await ask(world, endpoint, strongest(world, endpoint), params={"page": "10000"})
        assert last.status_code == 200
        if not last.headers["content-type"].startswith("application/json"):
            continue
        rows = next((value for value in last.json().values() if isinstance(value, list)), [])
        assert len(rows) <= 25


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
async def test_a_day_that_has_none_before_or_after_it_is_refused(world: World, day: str) -> None:
    """In any zone: the clock of whoever is asked may be half a day ahead of ours or behind it."""
    for endpoint in reading():
        for name in (each for each, kind in days_in(endpoint).items() if kind):
            target = path_of(endpoint, world.own.things).split("?")[0]
            answer = await ask(world, endpoint, strongest(world, endpoint), target=target, params={name: day})
            assert answer.status_code == 422, f"{endpoint}?{name}={day}: {answer.status_code}"
            COUNTED["days"] += 1
    for endpoint in unsafe(json=True):
        command, _ = command_of(endpoint)
        for name in (
            each for each, info in (command.model_fields if command else {}).items() if is_day(info.annotation)
        ):
            sent = (specimen(endpoint, world.own.things) or {}) | {name: f"{day}T10:00:00Z"}
            answer = await ask(world, endpoint, strongest(world, endpoint), json=sent)
            assert answer.status_code == 422, f"{endpoint} took {name}={day}: {answer.status_code}"
            COUNTED["days"] += 1


def days_in(endpoint: Endpoint) -> dict[str, bool]:
    """The parameters of the endpoint's address, and whether each is a day."""
    declared = {each.name: each.annotation for each in inspect.signature(endpoint.call).parameters.values()}
    model = query_of(endpoint)
    kinds = {name: info.annotation for name, info in model.model_fields.items()} if model else declared
    return {name: is_day(kind) for name, kind in kinds.items()}


def is_day(kind: Any) -> bool:
    return "date" in str(kind)


LOGGING = """
import json, sys
import structlog, logging
from gateways import logs
logs.configure("info")
for text in json.loads(sys.argv[1]):
    structlog.get_logger("ours").info("asked", why=text)
    structlog.get_logger("ours").info(text)
    logging.getLogger("theirs").warning("asked for %s", text)
"""


def test_a_log_line_stays_one_line() -> None:
    texts = [*storable(), 'x\n{"level": "error"}', "x\r\nERROR forged", "x\x85y", "x\u2028y", "x\x0by"]
    done = subprocess.run([sys.executable, "-c", LOGGING, json.dumps(texts)], capture_output=True, check=True)
    lines = done.stdout.decode().split("\n")[:-1]
    assert len(lines) == 3 * len(texts)
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert all(not set("\r\x0b\x0c\x1b\x85\u2028\u2029") & set(line) for line in lines)
    COUNTED["log lines"] += len(lines)


SIGNS = "=+-@|%＝＋－＠−"
BEFORE = ("", " ", "\t", "\r", "\n", "\r\n", "\u200b", "\ufeff", "\u00a0", "\u202e", "  \t ")
FORMULAS = [f"{before}{sign}cmd|' /C calc'!A0" for sign in SIGNS for before in BEFORE]


@pytest.mark.parametrize(
    "text", [*FORMULAS, "\tx", "\rx", "\nx", "=1+1", "-1+1", "+1-2", "-2+3+cmd|' /C calc'!A0", "@SUM(1)"]
)
def test_a_cell_is_no_formula(text: str) -> None:
    cell = csv_cell(text)
    assert cell == f"'{text}"
    written = io.StringIO()
    csv.writer(written).writerow([cell, "next"])
    assert next(csv.reader(io.StringIO(written.getvalue(), newline=""))) == [cell, "next"]
    COUNTED["cells"] += 1


@pytest.mark.parametrize("value", ["", "Robin Vale", "12", "-12", "+3.5", "a=b", "x@y.org", "2030-01-01", None, 7, -7])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert csv_cell(value) == ("" if value is None else str(value))


def test_how_many_queries(record_property: Callable[[str, object], None]) -> None:
    said = ", ".join(f"{count} {name}" for name, count in sorted(COUNTED.items()) if name != "turn")
    record_property("queries", said)
    assert len(SQL) >= 40
    assert COUNTED["sql"] >= 1_000, said
    assert COUNTED["orders"] >= 60, said
    assert COUNTED["pages"] >= 40, said
    assert COUNTED["days"] >= 60, said
    assert COUNTED["log lines"] >= 600, said
    assert COUNTED["cells"] >= 100, said
