"""What the pages say of signing in, of logs and of who may come in is what the code does."""

import json
import re
import secrets
import subprocess
import sys
from datetime import datetime, timedelta

import asyncpg

from domain.sign_in_rules import (
    LONGEST_PASSWORD,
    PARTNER,
    PATIENT,
    POWERFUL,
    SECOND_STEP_LASTS,
    SECOND_STEP_TRIES,
    SHORTEST_PASSWORD,
    STAFF,
    TimeOuts,
)
from models.migrations import migrate
from tests.fixtures.house import RunningHouse
from tests.security.source import ROOT, calls

PAGE = (ROOT / "docs" / "signing-in.md").read_text()
LIMITS = {
    "sign-in-from": "sign-ins from one network address | 60 in 10 minutes",
    "sign-in-as": "sign-ins as one account at one door | 10 in 10 minutes",
    "codes-of": "codes and confirmations of one person | 10 in 10 minutes, 60 a day",
    "passkeys-of": "passkeys from one address | 30 in 10 minutes",
    "register-from": "registrations, links asked for, from one address | 20 an hour each",
    "link-for": "links to one mail address | 5 an hour",
    "reset-from": "new passwords and accepted invitations from one address | 30 an hour each",
    "invite-by": "invitations sent by one organization | 100 an hour",
}
PROGRAM = """
import structlog
from gateways import logs

logs.configure("info")
structlog.get_logger("ours").info("booked", code="a" * 30, why='x\\n{"event": "forged", "level": "info"}')
structlog.get_logger("ours").warning("odd", id="line\\u2028separator")
"""


def in_words(times: TimeOuts) -> str:
    def span(delta: timedelta) -> str:
        number, unit = (delta.days, "day") if delta >= timedelta(days=1) else (delta.seconds // 3600, "hour")
        return f"{number} {unit}{'s' * (number > 1)}"

    return f"| {span(times.idle)} | {span(times.absolute)} |"


def test_the_page_about_signing_in_says_what_the_code_does() -> None:
    for who, times in (("patient", PATIENT), ("specialist, staff", STAFF), ("partner", PARTNER)):
        assert f"| {who} {in_words(times)}" in PAGE
    assert f"clinical lead {in_words(POWERFUL)}" in PAGE
    assert f"{SECOND_STEP_LASTS.seconds // 60} minutes, {SECOND_STEP_TRIES} tries" in PAGE
    assert f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters" in PAGE
    assert all(way in PAGE for way in ("| password |", "| second step |", "| passkey |", "| link in a mail |"))


def test_the_page_says_how_often_one_may_try() -> None:
    counted = {call.args[1].value: call for _, call in calls("limit") if len(call.args) == 5}  # type: ignore[attr-defined]
    assert counted.keys() >= LIMITS.keys()
    for what, row in LIMITS.items():
        assert f"| {row} |" in PAGE
        assert str(counted[what].args[3].value) in row, what  # type: ignore[attr-defined]


def test_every_line_of_the_log_is_json_in_utc() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    lines = done.stdout.rstrip("\n").split("\n")
    entries = [json.loads(line) for line in lines]
    assert [entry["event"] for entry in entries] == ["booked", "odd"]
    assert "forged" not in done.stdout
    for entry in entries:
        at = datetime.fromisoformat(entry["timestamp"].replace("Z", "+00:00"))
        assert at.utcoffset() == timedelta(0)
        assert {"level", "logger", "event"} <= entry.keys()


async def test_production_knows_nobody(postgres: str, house: RunningHouse) -> None:
    """A database that has only been migrated has no accounts; the demo's people come by the demo's own start."""
    connection = await asyncpg.connect(postgres)
    await connection.execute("create database newborn")
    await connection.close()
    url = postgres.rsplit("/", 1)[0] + "/newborn"
    password = house.settings.database_app_password
    assert password
    await migrate(url, [secrets.token_bytes(32)], password.get_secret_value())
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("alter table person no force row level security")
        assert await connection.fetchval("select count(*) from person") == 0
    finally:
        await connection.close()
    compose = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"packs/demo|cli\.py, (load|run)", compose)
